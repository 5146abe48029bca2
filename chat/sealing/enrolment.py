# SPDX-License-Identifier: AGPL-3.0-or-later
"""Enrolment: the key a manager certifies is the key of the person who holds the invitation.

`invite[16]` travels outside the server (a QR code, a link's fragment); `inv_id[16]` is its public
name. The request `ed[32] | HMAC-SHA-256(invite, L("enrol") | inv_id | ed) | Ed25519(own key,
L("enrol") | inv_id | ed)` passes through the server, which can neither make nor change one.
"""

from __future__ import annotations

import hashlib
import hmac

from chat.sealing.certificate import Sign, verify_signature
from chat.sealing.errors import Code, SealingError
from chat.sealing.labels import label

INVITE = 16
"""Bytes of an invitation and of its id."""
REQUEST = 128


def _said(inv_id: bytes, ed: bytes) -> bytes:
    return label("enrol") + inv_id + ed


def make_request(sign: Sign, ed: bytes, invite: bytes, inv_id: bytes) -> bytes:
    """The applicant's request, 128 bytes.

    Raises:
        SealingError: bad_length, for a field of a wrong size.
    """
    if (len(ed), len(invite), len(inv_id)) != (32, INVITE, INVITE):
        raise SealingError(Code.BAD_LENGTH)
    said = _said(inv_id, ed)
    return ed + hmac.new(invite, said, hashlib.sha256).digest() + sign(said)


def check_request(request: bytes, invite: bytes, inv_id: bytes) -> bytes:
    """The manager's side: returns the key to certify.

    Raises:
        SealingError: bad_length, bad_invite (another invitation, or the key was exchanged), bad_proof.
    """
    if len(request) != REQUEST:
        raise SealingError(Code.BAD_LENGTH)
    ed, tag, signature = request[:32], request[32:64], request[64:]
    said = _said(inv_id, ed)
    if not hmac.compare_digest(tag, hmac.new(invite, said, hashlib.sha256).digest()):
        raise SealingError(Code.BAD_INVITE)
    if not verify_signature(ed, signature, said):
        raise SealingError(Code.BAD_PROOF)
    return ed
