# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import pytest

from chat.sealing.enrolment import check_request, make_request
from chat.sealing.errors import Code, SealingError
from chat.sealing.labels import label
from tests.vectors.people import ANNA, BEN, flip, some

INVITE, INV_ID = some("invite", 16), some("inv_id", 16)
GOOD = make_request(ANNA.sign, ANNA.ed, INVITE, INV_ID)


def code_of(request: bytes, invite: bytes = INVITE, inv_id: bytes = INV_ID) -> Code:
    with pytest.raises(SealingError) as refused:
        check_request(request, invite, inv_id)
    return refused.value.code


def test_the_key_that_is_certified_is_the_applicants():
    assert check_request(GOOD, INVITE, INV_ID) == ANNA.ed


def test_n15_a_key_swapped_by_the_server():
    """It can sign with a key of its own, but it does not have the invitation."""
    said = label("enrol") + INV_ID + BEN.ed

    assert code_of(BEN.ed + GOOD[32:64] + BEN.sign(said)) is Code.BAD_INVITE
    assert code_of(BEN.ed + GOOD[32:]) is Code.BAD_INVITE


def test_n15_a_wrong_invitation():
    assert code_of(GOOD, invite=some("another", 16)) is Code.BAD_INVITE
    assert code_of(GOOD, inv_id=some("another", 16)) is Code.BAD_INVITE


def test_n15_somebody_elses_key_with_a_good_invitation():
    """Whoever holds an invitation cannot have a key certified that is not theirs."""
    assert code_of(make_request(BEN.sign, ANNA.ed, INVITE, INV_ID)) is Code.BAD_PROOF


def test_n15_every_byte_flipped():
    for at in range(len(GOOD)):
        assert code_of(flip(GOOD, at)) in {Code.BAD_INVITE, Code.BAD_PROOF}


@pytest.mark.parametrize("request_", [b"", GOOD[:-1], GOOD + b"\0"])
def test_n15_wrong_length(request_: bytes):
    assert code_of(request_) is Code.BAD_LENGTH


def test_fields_of_a_wrong_size_are_refused():
    with pytest.raises(SealingError) as refused:
        make_request(ANNA.sign, ANNA.ed, INVITE + b"\0", INV_ID)
    assert refused.value.code is Code.BAD_LENGTH
