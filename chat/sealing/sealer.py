# SPDX-License-Identifier: AGPL-3.0-or-later
"""Without script: our process plays the help-seeker's browser, and both sides are told so (mode 2).

How this works. The whole seat, this one with its sending chain, lies in the live store, sealed under a
key that only the cookie holds: `K = HKDF(salt = sid, ikm = token[32], info = L("nojs"), 32)`. Each
change is one script there: *if the version is unchanged, write the state and append the envelopes;
else* throw the ciphertext away, load, seal again. So an envelope is never published from a state that
was not kept. Each form that was rendered carries a one-time id, so a POST that comes twice is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chat.sealing.actions import Action
from chat.sealing.blob import pad_state, unpad_state
from chat.sealing.channel import Random
from chat.sealing.errors import Code, SealingError
from chat.sealing.help_seeker_seat import HelpSeekerSeat
from chat.sealing.labels import hkdf, label
from chat.sealing.trust import Trust

FORM = 16
"""Bytes of a form's one-time id."""
FORMS_KEPT = 32
"""How many forms can be open at once: pages left behind in other tabs, reloads."""
_HEAD, _IV, _TAG = 17, 12, 16


class _State(msgspec.Struct, array_like=True, frozen=True):
    version: Literal[1]
    forms: list[bytes]
    seat: bytes


_decode = msgspec.msgpack.Decoder(_State).decode


def _key(sid: bytes, token: bytes) -> bytes:
    return hkdf(sid, token, label("nojs"), 32)


@dataclass(slots=True)
class Sealer:
    """One help-seeker without script, between loading the state and writing it back."""

    seat: HelpSeekerSeat
    forms: list[bytes]

    def new_form(self, random: Random) -> bytes:
        """The one-time id of a form about to be rendered; write the state back before showing it."""
        form = random(FORM)
        self.forms = [*self.forms, form][-FORMS_KEPT:]
        return form

    def post(self, form: bytes, text: str, now: float) -> list[Action]:
        """A form came in: its text becomes a line, once; nothing for a form used before, or not ours.

        Raises:
            SealingError: too_long, ended.
        """
        if form not in self.forms:
            return []
        out = self.seat.compose(text, now)
        self.forms = [other for other in self.forms if other != form]
        return out

    def seal(self, token: bytes, iv: bytes) -> bytes:
        """The state for the live store. `iv` is 12 fresh random bytes."""
        sid = self.seat.sid
        head = b"\1" + sid
        state = msgspec.msgpack.encode(_State(1, self.forms, self.seat.snapshot_with_keys()))
        return head + iv + AESGCM(_key(sid, token)).encrypt(iv, pad_state(state), head)

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
        try:
            plain = AESGCM(_key(head[1:], token)).decrypt(iv, sealed[_HEAD + _IV :], head)
        except InvalidTag:
            raise SealingError(Code.NOT_OPENED) from None
        try:
            state = _decode(unpad_state(plain))
        except msgspec.MsgspecError:
            raise SealingError(Code.BAD_STATE) from None
        return cls(HelpSeekerSeat.restore(state.seat, trust, random), state.forms)
