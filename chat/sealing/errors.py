# SPDX-License-Identifier: AGPL-3.0-or-later
"""The closed set of refusals. An error carries its code and nothing of the input."""

from __future__ import annotations

import enum


class Code(enum.StrEnum):
    """Why something was refused. The same words stand in the vectors and in the browser."""

    # layouts
    BAD_LENGTH = "bad_length"
    """Too short, or trailing bytes."""
    UNKNOWN_VERSION = "unknown_version"
    """The first byte is not 1."""
    BAD_ROLE = "bad_role"
    BAD_PURPOSE = "bad_purpose"
    BAD_MODE = "bad_mode"
    BAD_SLOT = "bad_slot"
    BAD_TEXT = "bad_text"
    BAD_PADDING = "bad_padding"
    BAD_STATE = "bad_state"
    """A stored state, or a file, that is not one of ours."""
    # certificates
    BAD_SIGNATURE = "bad_signature"
    BAD_ISSUER = "bad_issuer"
    """The staff certificate names another manager."""
    UNKNOWN_ROOT = "unknown_root"
    REVOKED = "revoked"
    LIFETIME = "lifetime"
    """Valid for longer than this role may be, or it ends before it begins."""
    EXPIRED = "expired"
    """Past its end by more than the grace when the bundle was built."""
    CLOCK_AHEAD = "clock_ahead"
    """Past its end by this device's clock alone: the date may be wrong."""
    BAD_ALIAS = "bad_alias"
    # offers and the handshake
    OTHER_SID = "other_sid"
    WRONG_SLOT = "wrong_slot"
    OLD_EPOCH = "old_epoch"
    OUT_OF_STATE = "out_of_state"
    """This offer, hello or command is not possible in this state."""
    NOT_THE_SAME_STAFF = "not_the_same_staff"
    """The offer is by somebody else than the certificate beside it, or than the seat, says."""
    NO_BOND = "no_bond"
    NOT_OPENED = "not_opened"
    """Wrong key or changed bytes."""
    # enrolment
    BAD_INVITE = "bad_invite"
    """Made with another invitation, or the key was exchanged on its way."""
    BAD_PROOF = "bad_proof"
    """Not signed by the key it brings."""
    # seats
    TOO_LONG = "too_long"
    ENDED = "ended"


class SealingError(Exception):
    """Something was refused; `code` says why and is all it carries."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code
