# SPDX-License-Identifier: AGPL-3.0-or-later
"""Without script: our process plays the help-seeker's browser, and both sides are told so (mode 2).

How this works. Both seats, these with their sending chains, lie in the live store, sealed under a key that
only the cookie holds: `K = HKDF(salt = sid, ikm = token[32], info = L("nojs"), 32)`. Each change is one
script there: *if the version is unchanged, write the state and append the envelopes; else* throw the
ciphertext away, load, seal again. So an envelope is never published from a state that was not kept. Each
form that was rendered carries a one-time id, so a POST that comes twice is dropped.

The address of the conversation comes from the token as well, so that the cookie holds nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chat.sealing import actions
from chat.sealing.blob import pad_state, unpad_state
from chat.sealing.channel import Random
from chat.sealing.envelope import read_header
from chat.sealing.errors import Code, SealingError
from chat.sealing.labels import hkdf, label, sha256
from chat.sealing.star import Out, Star, StarState
from chat.sealing.stored import decoder
from chat.sealing.trust import Trust

TOKEN = 32
"""Bytes of the cookie's token."""
FORM = 16
"""Bytes of a form's one-time id."""
FORMS_KEPT = 256
"""How many forms can be open at once: pages left behind in other tabs, reloads."""
USED_KEPT = 256
"""How many that were used are told apart from those that never were ours."""
_HEAD, _IV, _TAG = 17, 12, 16


class _State(msgspec.Struct, array_like=True, frozen=True):
    version: Literal[1]
    forms: list[bytes]
    used: list[bytes]
    fed: dict[str, bytes]
    shell: bytes
    star: StarState


_decode = decoder(_State)


def sid_of(token: bytes) -> bytes:
    """The address of the conversation that a cookie opens; it says nothing of the token."""
    return hkdf(b"", token, label("nojs sid"), 16)


def _key(sid: bytes, token: bytes) -> bytes:
    return hkdf(sid, token, label("nojs"), 32)


@dataclass(frozen=True, slots=True)
class Posted:
    """One mailbox of a handshake, as the live store has it."""

    name: str
    """Whose it is: two may have an offer out for one slot."""
    slot: int
    offer: bytes
    staff: bytes
    manager: bytes
    m2: bytes | None


@dataclass(slots=True)
class Sealer:
    """One help-seeker without script, between loading the state and writing it back."""

    star: Star
    forms: list[bytes] = field(default_factory=list)
    used: list[bytes] = field(default_factory=list)
    fed: dict[str, bytes] = field(default_factory=dict)
    """By mailbox: SHA-256 of the offer taken in last."""
    shell: bytes = b""
    """Whatever the pages want kept with it."""

    # --- forms ---

    def new_form(self, random: Random) -> bytes:
        """The one-time id of a form about to be rendered; write the state back before showing it."""
        form = random(FORM)
        self.forms = [*self.forms, form][-FORMS_KEPT:]
        return form

    def form(self, form: bytes) -> Literal["open", "used", "unknown"]:
        """Whether a form that came in is still good."""
        if form in self.forms:
            return "open"
        return "used" if form in self.used else "unknown"

    def use(self, form: bytes) -> bool:
        """Use a form up, if it is still good."""
        if form not in self.forms:
            return False
        self.forms = [other for other in self.forms if other != form]
        self.used = [*self.used, form][-USED_KEPT:]
        return True

    def post(self, form: bytes, text: str, now: float) -> Out:
        """A form came in: its text becomes a line, once; nothing for a form used before, or not ours.

        Raises:
            SealingError: too_long, ended.
        """
        if form not in self.forms:
            return []
        out = self.star.say(text, now)
        self.use(form)
        return out

    # --- what lies in the live store ---

    def take_in(self, posted: Iterable[Posted], envelopes: Iterable[bytes], now: float) -> Out:
        """Everything that lies there for the help-seeker; what was taken in before changes nothing."""
        out: Out = []
        standing: tuple[list[bytes], list[bytes]] = ([], [])
        for box in posted:
            found = sha256(box.offer)
            standing[box.slot].append(found)
            if found not in self.fed.values():  # it may also have moved to another mailbox with who made it
                out += self.star.offered(box.slot, box.offer, box.staff, box.manager, now)
            self.fed[box.name] = found
            if box.m2 is not None:
                out += self.star.replied(box.slot, box.m2, now)
        self.fed = {box: found for box, found in self.fed.items() if found in {*standing[0], *standing[1]}}
        for slot in (0, 1):
            out += self.star.offers_are(slot, standing[slot])
        for envelope in envelopes:
            out += self.star.delivered(envelope[1], envelope, now)
        return out

    def offering(self, slot: int) -> str | None:
        """Whose mailbox holds the offer that this seat is answering."""
        answered = self.star.seats[slot].answering
        return next((box for box, found in self.fed.items() if found == answered), None)

    def published(self, out: Out) -> None:
        """What is published with this state lies in the store as soon as the state does: it is *sent*."""
        for slot, action in out:
            if isinstance(action, actions.SendEnvelope):
                header = read_header(action.envelope)
                self.star.seats[slot].stored(header.epoch, header.n)

    def fell_behind(self, slot: int, now: float) -> Out:
        """The store has other envelopes of this seat than this state knows: it was rolled back."""
        return [(slot, action) for action in self.star.seats[slot].gap(now)]

    # --- keeping ---

    def plain(self) -> bytes:
        """The whole state, unsealed: to see whether anything has changed."""
        return msgspec.msgpack.encode(
            _State(1, self.forms, self.used, self.fed, self.shell, self.star.state())
        )

    def seal(self, token: bytes, iv: bytes) -> bytes:
        """The state for the live store. `iv` is 12 fresh random bytes."""
        sid = self.star.seats[0].sid
        head = b"\1" + sid
        return head + iv + AESGCM(_key(sid, token)).encrypt(iv, pad_state(self.plain()), head)

    @classmethod
    def open(cls, sealed: bytes, token: bytes, trust: Trust, random: Random) -> Sealer:
        """Back from the live store.

        Raises:
            SealingError: bad_length, unknown_version, not_opened (another token), bad_padding, bad_state.
        """
        if len(sealed) < _HEAD + _IV + _TAG:
            raise SealingError(Code.BAD_LENGTH)
        if sealed[0] != 1:
            raise SealingError(Code.UNKNOWN_VERSION)
        head, iv = sealed[:_HEAD], sealed[_HEAD : _HEAD + _IV]
        sid = head[1:]
        try:
            plain = AESGCM(_key(sid, token)).decrypt(iv, sealed[_HEAD + _IV :], head)
        except InvalidTag:
            raise SealingError(Code.NOT_OPENED) from None
        state = _decode(unpad_state(plain))
        star = Star.restore(sid, state.star, trust, random)
        return cls(star, state.forms, state.used, state.fed, state.shell)
