# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace

import pytest

from chat.sealing import certificate, trust
from chat.sealing.certificate import DAY, GRACE, certify, parse, verify_chain, verify_manager
from chat.sealing.errors import Code, SealingError
from chat.sealing.fingerprint import root_fingerprint
from tests.vectors.people import (
    ANNA,
    ANNA_CERT,
    ANNA_DRAFT,
    BEN,
    BEN_CERT,
    CARLA_CERT,
    MANAGER_CERT,
    MANAGER_DRAFT,
    NOW,
    OTHER_ROOT,
    ROOT,
    TRUST,
    flip,
)


def code_of(staff: bytes, manager: bytes = MANAGER_CERT, pinned: trust.Trust = TRUST, now: int = NOW) -> Code:
    with pytest.raises(SealingError) as refused:
        verify_chain(staff, manager, pinned, now)
    return refused.value.code


def test_a_good_chain_says_who_it_is():
    chain = verify_chain(CARLA_CERT, MANAGER_CERT, TRUST, NOW)

    assert (chain.staff.alias, chain.staff.role) == ("Carla", certificate.Role.SUPERVISOR)
    assert chain.manager.alias == "Maria"


@pytest.mark.parametrize("which", ["staff", "manager"])
def test_n01_every_byte_flipped(which: str):
    data = ANNA_CERT if which == "staff" else MANAGER_CERT
    for at in range(len(data)):
        for bit in (1, 128):
            spoilt = flip(data, at, bit)
            pair = (spoilt, MANAGER_CERT) if which == "staff" else (ANNA_CERT, spoilt)
            with pytest.raises(SealingError):
                verify_chain(*pair, TRUST, NOW)


@pytest.mark.parametrize("length", [0, 1, 50, 90, 91, 155, len(ANNA_CERT) - 1])
def test_n01_cut_short(length: int):
    assert code_of(ANNA_CERT[:length]) is Code.BAD_LENGTH


def test_n01_trailing_byte():
    assert code_of(ANNA_CERT + b"\0") is Code.BAD_LENGTH
    assert code_of(ANNA_CERT, MANAGER_CERT + b"\0") is Code.BAD_LENGTH


def test_n01_role_swapped():
    assert code_of(MANAGER_CERT, ANNA_CERT) is Code.BAD_ROLE
    assert code_of(MANAGER_CERT, MANAGER_CERT) is Code.BAD_ROLE


def test_n01_staff_as_manager():
    below = replace(ANNA_DRAFT, signer=BEN, issuer=parse(BEN_CERT).cert_id).make()

    assert code_of(below, BEN_CERT) is Code.BAD_ROLE


def test_n01_other_root():
    assert code_of(ANNA_CERT, pinned=replace(TRUST, roots=(OTHER_ROOT.ed,))) is Code.UNKNOWN_ROOT
    assert code_of(ANNA_CERT, replace(MANAGER_DRAFT, signer=OTHER_ROOT).make()) is Code.BAD_SIGNATURE


def test_n01_revoked():
    for data in (ANNA_CERT, MANAGER_CERT):
        revoked = frozenset({parse(data).cert_id})
        assert code_of(ANNA_CERT, pinned=replace(TRUST, revoked=revoked)) is Code.REVOKED


def test_n01_a_second_signature_does_not_escape_revocation():
    """cert_id is over the body: whatever signature stands behind it, it is the same certificate."""
    other = parse(ANNA_CERT).body + BEN.sign(b"anything")

    assert parse(other).cert_id == parse(ANNA_CERT).cert_id


@pytest.mark.parametrize(("days", "good"), [(90, True), (91, False), (-1, False)])
def test_n01_lifetime_of_staff(days: int, good: bool):
    made = replace(ANNA_DRAFT, issued=NOW, not_after=NOW + days * DAY).make()
    if good:
        assert verify_chain(made, MANAGER_CERT, TRUST, NOW).staff.not_after == NOW + days * DAY
    else:
        assert code_of(made) is Code.LIFETIME


def test_n01_lifetime_of_managers():
    longest = replace(MANAGER_DRAFT, issued=NOW, not_after=NOW + 800 * DAY)

    assert verify_manager(longest.make(), TRUST, NOW).alias == "Maria"
    with pytest.raises(SealingError) as refused:
        verify_manager(replace(longest, not_after=longest.not_after + 1).make(), TRUST, NOW)
    assert refused.value.code is Code.LIFETIME


def test_n01_a_slow_clock_never_locks_out():
    assert verify_chain(ANNA_CERT, MANAGER_CERT, TRUST, 0).staff.alias == "Anna"


def test_n01_a_clock_eight_days_past():
    end = parse(ANNA_CERT).not_after

    assert verify_chain(ANNA_CERT, MANAGER_CERT, TRUST, end + GRACE).staff.alias == "Anna"
    assert code_of(ANNA_CERT, now=end + 8 * DAY) is Code.CLOCK_AHEAD


def test_n01_a_slow_clock_does_not_reach_behind_the_build():
    built = parse(ANNA_CERT).not_after + GRACE + 1

    assert code_of(ANNA_CERT, pinned=replace(TRUST, built=built), now=0) is Code.EXPIRED


def test_the_desk_gives_its_own_chain_no_grace():
    end = parse(ANNA_CERT).not_after

    assert verify_chain(ANNA_CERT, MANAGER_CERT, TRUST, end, grace=0).staff.alias == "Anna"
    with pytest.raises(SealingError):
        verify_chain(ANNA_CERT, MANAGER_CERT, TRUST, end + 1, grace=0)


def test_n17_an_unknown_version_byte():
    assert code_of(b"\2" + ANNA_CERT[1:]) is Code.UNKNOWN_VERSION


def test_what_is_made_is_what_is_read():
    fields = {"role": certificate.Role.COUNSELLOR, "id": bytes(16), "ed": ANNA.ed, "issuer": bytes(32)}
    made = certify(ANNA.sign, **fields, issued=1, not_after=2, alias="Łucja Ana")
    read = parse(made)

    assert (read.alias, read.issued, read.not_after, read.ed) == ("Łucja Ana", 1, 2, ANNA.ed)
    assert read.data == made


def test_nobody_can_be_made_with_a_name_that_would_be_refused():
    with pytest.raises(SealingError) as refused:
        replace(ANNA_DRAFT, alias="Anna \u200b").make()
    assert refused.value.code is Code.BAD_ALIAS
    with pytest.raises(SealingError) as refused:
        replace(ANNA_DRAFT, id=bytes(15)).make()
    assert refused.value.code is Code.BAD_LENGTH


def test_an_error_carries_nothing_of_the_input():
    with pytest.raises(SealingError) as refused:
        parse(ANNA_CERT[:-1])
    assert refused.value.args == ("bad_length",)


def test_trust_goes_to_its_file_and_back():
    pinned = trust.Trust((ROOT.ed, OTHER_ROOT.ed), frozenset({bytes(32), bytes(31) + b"\1"}), NOW, demo=True)
    module = trust.to_module(pinned)

    assert trust.from_json(trust.to_json(pinned)) == pinned
    assert trust.from_json(module.removeprefix("export const trust = ").rstrip().removesuffix(";")) == pinned


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"roots": [], "revoked": [], "built": 1}',
        '{"roots": ["AAAA"], "revoked": [], "built": 1, "demo": false}',
        '{"roots": ["!"], "revoked": [], "built": 1, "demo": false}',
        '{"roots": [], "revoked": [], "built": 1, "demo": false, "more": 1}',
    ],
)
def test_a_spoilt_trust_file_is_refused(text: str):
    with pytest.raises(SealingError) as refused:
        trust.from_json(text)
    assert refused.value.code is Code.BAD_STATE


def test_a_fingerprint_is_six_groups_of_five_digits():
    groups = root_fingerprint(ROOT.ed).split(" ")

    assert [len(group) for group in groups] == [5] * 6
    assert all(group.isdecimal() for group in groups)
    assert root_fingerprint(OTHER_ROOT.ed).split(" ") != groups
