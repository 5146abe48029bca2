# SPDX-License-Identifier: AGPL-3.0-or-later
"""Our own vectors, from here and from the browser: the same bytes on both sides (tests/vectors/README.md)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chat.sealing import blob, certificate, enrolment, envelope, fingerprint, handshake, offer
from chat.sealing.actions import RefusedOffer, SendHello
from chat.sealing.alias import is_alias
from chat.sealing.chain import ChainKey
from chat.sealing.errors import SealingError
from chat.sealing.help_seeker_seat import HelpSeekerSeat
from chat.sealing.trust import Trust
from tests.vectors import make
from tests.vectors.make_envelopes import inner as make_inner
from tests.vectors.read import FOLDER, Case, cases

FILES = sorted(path.name for path in FOLDER.glob("*.txt"))


def outcome(call: Callable[[], object]) -> tuple[str, object]:
    try:
        return "ok", call()
    except SealingError as refused:
        return str(refused.code), None


def trust_of(case: Case) -> Trust:
    revoked = frozenset(case.list("revoked"))
    return Trust(tuple(case.list("root")), revoked, case.number("built_n"), demo=False)


def expects(case: Case, call: Callable[[], object]) -> object:
    """What came of it, None when it was rightly refused."""
    code, result = outcome(call)
    assert code == case.word("expect"), case.name
    return result


def check_certificate(case: Case) -> None:
    chain = expects(
        case,
        lambda: certificate.verify_chain(
            case.bytes("staff"), case.bytes("manager"), trust_of(case), case.number("now_n")
        ),
    )
    if isinstance(chain, certificate.Chain):
        assert chain.staff.cert_id == case.bytes("cert_id")
        assert chain.manager.cert_id == case.bytes("manager_id")
        assert chain.staff.alias == case.text()
        assert chain.staff.data == case.bytes("staff")


def check_alias(case: Case) -> None:
    assert ("ok" if is_alias(case.text()) else "bad_alias") == case.word("expect")


def check_fingerprint(case: Case) -> None:
    assert fingerprint.root_fingerprint(case.bytes("root")) == case.word("fingerprint")


def check_enrolment(case: Case) -> None:
    request, invite, inv_id = case.bytes("request"), case.bytes("invite"), case.bytes("inv_id")
    ed = expects(case, lambda: enrolment.check_request(request, invite, inv_id))
    if ed is not None:
        assert ed == case.bytes("ed")


def check_offer(case: Case) -> None:
    seat = HelpSeekerSeat(case.bytes("sid"), case.number("slot_n"), trust_of(case), bytes)
    seat._highest = case.number("highest_n")
    told = seat.offered(case.bytes("offer"), case.bytes("staff"), case.bytes("manager"), case.number("now_n"))
    refused = [action.code for action in told if isinstance(action, RefusedOffer)]
    if case.word("expect") == "ok":
        assert not refused, case.name
        assert offer.parse(case.bytes("offer")).oh == case.bytes("oh")
    else:
        assert [str(code) for code in refused] == [case.word("expect")], case.name
        assert not any(isinstance(action, SendHello) for action in told)


def check_keypair(case: Case) -> None:
    assert handshake.key_pair(case.bytes("seed")).pk == case.bytes("pk")


def check_handshake(case: Case) -> None:
    parsed, m1, m2 = offer.parse(case.bytes("offer")), case.bytes("m1"), case.bytes("m2")
    pair_s, pair_h = handshake.key_pair(case.bytes("seed_s")), handshake.key_pair(case.bytes("seed_h"))
    s_h, pk_h = handshake.open_hello(parsed, pair_s, m1)
    s_c = handshake.open_reply(parsed, m1, pair_h, m2)
    t = handshake.transcript(parsed, m1, m2)
    keys = handshake.keys(t, s_h, s_c, case.bytes("psk"))

    assert (len(m1), len(m2)) == (handshake.M1, handshake.M2)
    assert (parsed.pk, pk_h) == (pair_s.pk, pair_h.pk)
    assert (s_h, s_c, t) == (case.bytes("s_h"), case.bytes("s_c"), case.bytes("transcript"))
    assert (keys.ck_h, keys.ck_s, keys.bond) == (case.bytes("ck_h"), case.bytes("ck_s"), case.bytes("bond"))


def check_hello(case: Case) -> None:
    pair = handshake.key_pair(case.bytes("seed_s"))
    got = expects(
        case, lambda: handshake.open_hello(offer.parse(case.bytes("offer")), pair, case.bytes("m1"))
    )
    if got is not None:
        assert got == (case.bytes("s_h"), case.bytes("pk_h"))


def check_reply(case: Case) -> None:
    parsed, pair = offer.parse(case.bytes("offer")), handshake.key_pair(case.bytes("seed_h"))
    got = expects(case, lambda: handshake.open_reply(parsed, case.bytes("m1"), pair, case.bytes("m2")))
    if got is not None:
        assert got == case.bytes("s_c")


def check_peer_hello(case: Case) -> None:
    parsed, pair = offer.parse(case.bytes("offer")), handshake.key_pair(case.bytes("seed_s"))
    got = expects(
        case,
        lambda: handshake.open_peer_hello(
            parsed,
            pair,
            case.bytes("m1"),
            case.bytes("staff"),
            case.bytes("manager"),
            trust_of(case),
            case.number("now_n"),
        ),
    )
    if isinstance(got, tuple):
        assert got[:2] == (case.bytes("s_h"), case.bytes("pk_h"))


def check_ratchet(case: Case) -> None:
    standing, keys = ChainKey(0, 0, case.bytes("ck")), []
    for _ in range(3):
        standing, mk = standing.next()
        keys.append(mk)

    assert keys == [case.bytes(f"mk{i}") for i in range(3)]
    assert standing.ck == case.bytes("ck3")


def check_seal(case: Case) -> None:
    standing = ChainKey(case.number("epoch_n"), case.number("n_n"), case.bytes("ck"))
    inner = envelope.Inner(
        envelope.Kind(case.number("kind_n")),
        case.number("seq_n"),
        case.number("ack_n"),
        case.bytes("mid"),
        case.bytes("content"),
    )
    slot, direction = case.number("slot_n"), envelope.Direction(case.number("dir_n"))
    sealed, _ = envelope.seal(standing, slot, direction, inner, case.bytes("iv"))

    assert sealed == case.bytes("envelope"), case.name
    assert envelope.open_envelope(standing, slot, direction, sealed)[0] == inner


def check_open(case: Case) -> None:
    standing = ChainKey(case.number("epoch_n"), case.number("n_n"), case.bytes("ck"))
    slot, direction = case.number("slot_n"), envelope.Direction(case.number("dir_n"))
    outcome_, inner = "ok", None
    try:
        inner, after = envelope.open_envelope(standing, slot, direction, case.bytes("envelope"))
    except SealingError as refused:
        outcome_ = type(refused).__name__.lower()
    assert outcome_ == case.word("expect"), case.name
    if inner is not None:
        assert (inner.kind, inner.seq, inner.ack) == tuple(map(case.number, ("kind_n", "seq_n", "ack_n")))
        assert (inner.mid, inner.content) == (case.bytes("mid"), case.bytes("content"))
        assert after.n == standing.n + 1


def check_size(case: Case) -> None:
    kind = envelope.Kind(case.number("kind_n"))
    inner = make_inner(kind, b"a" * case.number("content_n"))
    code, plain = outcome(lambda: envelope.pad(inner.pack()))
    if isinstance(plain, bytes):
        assert len(plain) + 39 == case.number("size_n")
    else:
        assert code == case.word("expect")


def check_blob(case: Case) -> None:
    sid, d, half = case.bytes("sid"), case.bytes("d"), case.bytes("half")
    sealed = blob.seal_blob(sid, d, half, case.bytes("state"), case.bytes("iv"))

    assert sealed == case.bytes("blob")
    assert blob.read_head(sealed) == (sid, d)
    assert blob.open_blob(sealed, half) == case.bytes("state")
    assert blob.ticket_of(d) == case.bytes("ticket")
    assert blob.ticket_hash(blob.ticket_of(d)) == case.bytes("ticket_hash")


def check_blob_open(case: Case) -> None:
    state = expects(case, lambda: blob.open_blob(case.bytes("blob"), case.bytes("half")))
    if state is not None:
        assert state == case.bytes("state")


CHECKS = {
    name.removeprefix("check_").replace("_", "-"): check
    for name, check in globals().items()
    if name.startswith("check_")
}


@pytest.mark.parametrize("file", FILES)
def test_every_case(file: str):
    found = cases(file)
    assert found
    for case in found:
        CHECKS[case.kind](case)


def test_every_kind_is_checked():
    assert {case.kind for file in FILES for case in cases(file)} == set(CHECKS)


@pytest.mark.parametrize("file", make.FILES)
def test_the_files_are_what_the_script_makes(file: str):
    again = make.FILES[file][1]()
    assert [(c.kind, c.name, c.fields) for c in cases(file)] == [(c.kind, c.name, c.fields) for c in again]
