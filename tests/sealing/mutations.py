# SPDX-License-Identifier: AGPL-3.0-or-later
"""Planted faults. Each changes the sealing in a way that a test has to notice (test_mutations.py).

`old` stands exactly once in its file, so the list breaks loudly when the code is rewritten. The browser's
list is mutations.ts.
"""

from __future__ import annotations

from typing import NamedTuple


class Mutation(NamedTuple):
    name: str
    by: str
    """The test file that has to find it, `test_<by>.py`."""
    file: str
    """In chat/sealing."""
    old: str
    now: str


MUTATIONS = (
    # --- the order of keeping, sending, showing, acknowledging ---
    Mutation(
        "everything is sent and shown before it is kept",
        "crashes",
        "seat.py",
        "return [actions.Persist(self.snapshot()), *out] if",
        "return [*out, actions.Persist(self.snapshot())] if",
    ),
    Mutation(
        "what is taken in is not kept",
        "crashes",
        "seat.py",
        "            return self._finish()\n        return self._done()\n\n    def stored(",
        "            return self._finish()\n        return self._done(changed=False)\n\n    def stored(",
    ),
    Mutation(
        "a line is not kept",
        "crashes",
        "seat.py",
        "        self.channel.compose(kind, content, now)\n        return self._done()",
        "        self.channel.compose(kind, content, now)\n        return self._done(changed=False)",
    ),
    Mutation(
        "an offer's epoch is not kept",
        "crashes",
        "staff_seat.py",
        "self._epoch = max(self._epoch, hint) + 1",
        "self._epoch = max(self.channel.rx.epoch if self.channel.rx else 0, hint) + 1",
    ),
    # --- no key twice ---
    Mutation(
        "a blob holds the sending chain",
        "crashes",
        "help_seeker_seat.py",
        "return self._pack(None)",
        "return self.snapshot_with_keys()",
    ),
    Mutation(
        "the chain does not move on",
        "crashes",
        "chain.py",
        "return ChainKey(self.epoch, self.n + 1, ck), mk",
        "return ChainKey(self.epoch, self.n + 1, self.ck), mk",
    ),
    # --- numbers and ids ---
    Mutation(
        "a line that was shown is shown again",
        "reloads",
        "channel.py",
        "        if any(line.mid == inner.mid and not line.own for line in self.lines):\n"
        "            return\n",
        "",
    ),
    Mutation(
        "the counter is not set to the ready's ack",
        "crashes",
        "channel.py",
        "        self.out_seq = ack\n",
        "",
    ),
    Mutation(
        "the counter is only raised",
        "crashes",
        "channel.py",
        "        self.out_seq = ack\n",
        "        self.out_seq = max(self.out_seq, ack)\n",
    ),
    Mutation(
        "a fork is not noticed by the mid",
        "reloads",
        "channel.py",
        "there = any(self.lines[i].seq == ack and self.lines[i].mid == mid for i in mine)",
        "there = True",
    ),
    Mutation(
        "a hole in the numbers is taken in",
        "seats",
        "channel.py",
        "        if inner.seq > self.in_seq + 1:\n            raise Gap(Code.OUT_OF_STATE)\n",
        "",
    ),
    Mutation(
        "a duplicate is taken in",
        "seats",
        "channel.py",
        "        if inner.seq <= self.in_seq:\n            return\n",
        "",
    ),
    # --- what "delivered" means, and what is repaired ---
    Mutation(
        "what the server stored counts as delivered",
        "seats",
        "channel.py",
        "self._move(mid, LineState.KEPT, LineState.SENT)",
        "self._move(mid, LineState.KEPT, LineState.DELIVERED)",
    ),
    Mutation(
        "a gap is not repaired",
        "seats",
        "seat.py",
        "        except Gap:\n            self._want_epoch(now)\n",
        "        except Gap:\n            return []\n",
    ),
    Mutation(
        "a lost socket's envelopes are not sent again",
        "epochs",
        "channel.py",
        "self.out.extend(actions.SendEnvelope(envelope) for _, envelope in self.unstored)",
        "return",
    ),
    Mutation(
        "a reload forgets the receiving chain",
        "crashes",
        "channel.py",
        "self.in_seq, self.in_mid, self.rx = state.in_seq, state.in_mid, state.rx",
        "self.in_seq, self.in_mid, self.rx = state.in_seq, state.in_mid, None",
    ),
    Mutation(
        "the bond is not mixed into a resume",
        "handshake",
        "help_seeker_seat.py",
        "psk = self._bond if offer.purpose is Purpose.RESUME and self._bond else handshake.NO_PSK",
        "psk = handshake.NO_PSK",
    ),
    # --- who gets in ---
    Mutation(
        "nobody is asked",
        "offers",
        "offered_seat.py",
        "        if asks and not self._has_agreed(outstanding):\n",
        "        if False:\n",
    ),
    Mutation(
        "a take enters an open conversation",
        "offers",
        "offered_seat.py",
        "if (before is not None and not again) or self._left_at is not None:",
        "if False:",
    ),
    Mutation(
        "a newcomer gets what was said before",
        "members",
        "help_seeker_seat.py",
        "return repeated or (line.seq == 0 and index >= since)",
        "return True",
    ),
    Mutation(
        "a form can be used twice",
        "sealer",
        "sealer.py",
        "        self.forms = [other for other in self.forms if other != form]\n",
        "",
    ),
    Mutation(
        "the half is not needed to open a blob",
        "blob",
        "blob.py",
        'return hkdf(sid, d + half, label("blob"), 32)',
        'return hkdf(sid, d, label("blob"), 32)',
    ),
)
