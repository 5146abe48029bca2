# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the two seats have in common. A seat is sans-IO: commands, frames and ticks in, actions out.

Every method returns the actions in the order they must be carried out; `Persist` comes first
whenever anything changed, so that what is shown, acknowledged or sent is always kept before. `now`
is unix seconds, fractions allowed. All methods of one seat are called one after the other.
"""

from __future__ import annotations

import abc

from chat.sealing import actions
from chat.sealing.actions import Action
from chat.sealing.channel import Channel, Random
from chat.sealing.envelope import MAX_TEXT, Broken, Direction, Gap, Kind, read_header
from chat.sealing.errors import Code, SealingError
from chat.sealing.lines import Line
from chat.sealing.offer import Purpose

ASK_EVERY = 5.0
"""Seconds between offers of one seat, and between requests for one, at least."""
MAX_LINE = MAX_TEXT - 1
"""Bytes of UTF-8 in a line: one fewer than fits, so that every line can be passed on as a relay."""


class Seat(abc.ABC):
    """One pairwise session; base of both sides."""

    def __init__(self, sid: bytes, slot: int, out_dir: Direction, random: Random) -> None:
        self.sid = sid
        self.slot = slot
        self.random = random
        self.channel = Channel(slot, out_dir, random)
        self.peer_present = False
        self.draft = ""
        self._ended = False
        self._dirty = False

    # --- what each side does in its own way ---

    @abc.abstractmethod
    def snapshot(self) -> bytes:
        """The state for the blob: never a sending chain, a message key or a handshake key."""

    @abc.abstractmethod
    def _wipe(self) -> None:
        """Forget bond and handshake."""

    @abc.abstractmethod
    def _take(self, envelope: bytes, now: float) -> None:
        """One envelope whose header can be read."""

    @abc.abstractmethod
    def _want_epoch(self, now: float) -> None:
        """Something is missing: offer, or ask for, a new epoch."""

    @abc.abstractmethod
    def _tick(self, now: float) -> None:
        """Whatever is due on this side."""

    # --- commands ---

    def compose(self, text: str, now: float, kind: Kind = Kind.TEXT) -> list[Action]:
        """Add a line of one's own (text or summary); it is sealed at once, or when an epoch is active.

        Raises:
            SealingError: too_long (more than 4068 bytes of UTF-8), ended.
        """
        content = text.encode()
        self._check_open(len(content))
        self.draft = ""
        self.channel.compose(kind, content, now)
        return self._done()

    def typing(self, now: float) -> list[Action]:
        """Somebody is typing."""
        self.channel.typing(now)
        return self._done(changed=False)

    def set_draft(self, text: str) -> list[Action]:
        """Keep a draft over a reload; it never leaves the blob."""
        self.draft = text
        return self._done()

    def end(self, now: float) -> list[Action]:
        """Say "end" inside the channel, and wipe. The frame that ends the conversation goes after it."""
        if self._ended:
            return []
        if self.channel.tx is not None:
            self.channel.compose(Kind.END, b"", now)
        return self._finish()

    def closed(self) -> list[Action]:
        """The server says that it is over: wipe. It says nothing about the peer's will."""
        return [] if self._ended else self._finish()

    # --- frames ---

    def delivered(self, envelope: bytes, now: float) -> list[Action]:
        """One envelope of the peer, or anything that pretends to be."""
        if self._ended:
            return []
        try:
            header = read_header(envelope)
            if (header.slot, header.dir) != (self.slot, self.channel.in_dir):
                return []
            self._take(envelope, now)
        except Gap:
            self._want_epoch(now)
        except Broken as broken:
            self.channel.out.append(actions.Dead(broken.code))
            return self._finish()
        except SealingError:  # Ignored: not next, not genuine
            return []
        self.channel.acknowledge(now)
        if any(isinstance(action, actions.PeerEnded) for action in self.channel.out):
            return self._finish()
        return self._done()

    def stored(self, epoch: int, n: int) -> list[Action]:
        """The server has this lane up to here."""
        self.channel.stored(epoch, n)
        return self._done()

    def gap(self, now: float) -> list[Action]:
        """The server refused an envelope as out of order: what came before it is lost there."""
        if not self._ended:
            self._want_epoch(now)
        return self._done()

    def set_peer_present(self, present: bool, now: float) -> list[Action]:
        """Whether the peer is connected, as the server says."""
        if present and not self.peer_present:
            self.channel.peer_returned(now)
        self.peer_present = present
        return self.tick(now)

    def tick(self, now: float) -> list[Action]:
        """Call about once a second: acknowledgements, and what is due."""
        if self._ended:
            return []
        self.channel.acknowledge(now)
        if self.peer_present and self.channel.no_ack(now):
            self.channel.unacked_since = now
            self._want_epoch(now)
        self._tick(now)
        return self._done(changed=self._dirty)

    # --- to look at ---

    def lines(self) -> list[Line]:
        """The conversation as it is shown."""
        return [line for line in self.channel.lines if line.shown]

    @property
    def ended(self) -> bool:
        """Whether this seat is over."""
        return self._ended

    # --- inside ---

    def _check_open(self, length: int) -> None:
        if self._ended:
            raise SealingError(Code.ENDED)
        if length > MAX_LINE:
            raise SealingError(Code.TOO_LONG)

    def _say(self, kind: Kind, content: bytes, now: float, mid: bytes | None = None) -> list[Action]:
        self._check_open(0)
        self.channel.compose(kind, content, now, mid)
        return self._done()

    def _finish(self) -> list[Action]:
        """End: no `Persist`, the shell drops the blob."""
        self._ended = True
        self.draft = ""
        self.channel.end()
        self._wipe()
        out, self.channel.out = self.channel.out, []
        return [action for action in out if not isinstance(action, actions.Persist)]

    def _done(self, changed: bool = True) -> list[Action]:
        out, self.channel.out = self.channel.out, []
        self._dirty = False
        return [actions.Persist(self.snapshot()), *out] if changed and not self._ended else out


def proposal(purpose: Purpose, cert_id: bytes) -> bytes:
    """Content of a propose, and the beginning of its answer."""
    return bytes([purpose]) + cert_id
