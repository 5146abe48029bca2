# SPDX-License-Identifier: AGPL-3.0-or-later
"""Offers and handshakes of our vectors. What HPKE makes is random: those cases are tested by opening them."""

from __future__ import annotations

from dataclasses import replace

from chat.sealing import handshake, offer
from chat.sealing.actions import RefusedOffer, SendHello
from chat.sealing.errors import SealingError
from chat.sealing.help_seeker_seat import HelpSeekerSeat
from chat.sealing.labels import sha256
from chat.sealing.offer import Mode, Purpose
from tests.vectors.people import (
    ANNA,
    ANNA_CERT,
    ANNA_DRAFT,
    BEN,
    BEN_CERT,
    CARLA,
    CARLA_CERT,
    MANAGER_CERT,
    NOW,
    SID,
    TRUST,
    Key,
    flip,
    outcome,
    some,
)
from tests.vectors.read import Case, case

PAIR = handshake.key_pair(some("offer seed", 32))


def make_offer(
    who: Key = ANNA,
    cert: bytes = ANNA_CERT,
    purpose: int = Purpose.TAKE,
    mode: int = Mode.BROWSER,
    slot: int = 0,
    sid: bytes = SID,
    epoch: int = 1,
    pk: bytes = PAIR.pk,
) -> bytes:
    cert_id = sha256(cert[:-64])
    fields = {"mode": mode, "slot": slot, "sid": sid, "epoch": epoch, "cert_id": cert_id, "pk": pk}
    return offer.make(who.sign, purpose=purpose, **fields)


def offer_case(name: str, data: bytes, staff: bytes = ANNA_CERT, highest: int = 0, slot: int = 0) -> Case:
    """Asks a help-seeker's seat that is waiting and has seen epochs up to `highest`."""
    seat = HelpSeekerSeat(SID, slot, TRUST, lambda n: some("random", n))
    seat._highest = highest
    (answer,) = [
        action
        for action in seat.offered(data, staff, MANAGER_CERT, NOW)
        if isinstance(action, (RefusedOffer, SendHello))
    ]
    fields: dict[str, object] = {}
    if isinstance(answer, SendHello):
        fields["oh"] = offer.parse(data).oh
    expect = answer.code if isinstance(answer, RefusedOffer) else "ok"
    return case(
        "offer",
        name,
        offer=data,
        staff=staff,
        manager=MANAGER_CERT,
        root=list(TRUST.roots),
        built=TRUST.built,
        now=NOW,
        sid=SID,
        slot=slot,
        highest=highest,
        expect=str(expect),
        **fields,
    )


def offers() -> list[Case]:
    good = make_offer()
    colleague = replace(ANNA_DRAFT, alias="Eva", id=some("Eva id", 16)).make()  # the same key, another name
    carla = {"who": CARLA, "cert": CARLA_CERT}
    return [
        offer_case("take", good),
        offer_case("take by a supervisor", make_offer(**carla), CARLA_CERT),
        offer_case("take above what was seen", make_offer(epoch=8), highest=7),
        offer_case("take at the highest epoch", make_offer(epoch=0xFFFFFFFF)),
        offer_case("same epoch as seen", make_offer(epoch=7), highest=7),
        offer_case("lower epoch", make_offer(epoch=6), highest=7),
        offer_case("epoch 0", make_offer(epoch=0)),
        offer_case("other sid", make_offer(sid=some("other sid", 16))),
        offer_case("a colleague's certificate over the same key", good, colleague),
        offer_case("another's certificate", good, BEN_CERT),
        offer_case("signed by another", make_offer(who=BEN)),
        offer_case("mode 2 to a browser", make_offer(mode=2)),
        offer_case("mode 3", make_offer(mode=3)),
        offer_case("purpose 0", make_offer(purpose=0)),
        offer_case("purpose 6", make_offer(purpose=6)),
        offer_case("purpose 5, between staff", make_offer(purpose=5)),
        offer_case("slot 2", make_offer(slot=2)),
        offer_case("slot 1 to the seat of slot 0", make_offer(slot=1)),
        offer_case("take in slot 1", make_offer(**carla, slot=1), CARLA_CERT, slot=1),
        offer_case("supervise in slot 0", make_offer(**carla, purpose=3), CARLA_CERT),
        offer_case("counsellor in slot 1", make_offer(purpose=3, slot=1), slot=1),
        offer_case("resume without bond", make_offer(purpose=4)),
        offer_case("version 2", b"\x02" + good[1:]),
        offer_case("trailing byte", good + b"\0"),
        offer_case("cut short", good[:-1]),
        *(offer_case(f"byte {i} flipped", flip(good, i)) for i in (1, 4, 19, 23, 24, 56, 1271, 1272, 1335)),
        offer_case("purpose changed to resume, not signed", flip(good, 1, 5)),
    ]


def handshakes() -> list[Case]:
    found = [
        case("keypair", name, seed=some(name, 32), pk=handshake.key_pair(some(name, 32)).pk)
        for name in ("offer seed", "hello seed")
    ]
    own = handshake.key_pair(some("hello seed", 32))
    s_h, s_c = some("s_h", 32), some("s_c", 32)
    bond = some("bond", 32)
    for name, purpose, psk in (("take", 1, handshake.NO_PSK), ("resume", 4, bond)):
        data = make_offer(purpose=purpose)
        parsed = offer.parse(data)
        m1 = handshake.make_hello(parsed, s_h, own.pk)
        m2 = handshake.make_reply(parsed, m1, own.pk, s_c)
        t = handshake.transcript(parsed, m1, m2)
        keys = handshake.keys(t, s_h, s_c, psk)
        found.append(
            case(
                "handshake",
                name,
                offer=data,
                seed_s=some("offer seed", 32),
                seed_h=some("hello seed", 32),
                m1=m1,
                m2=m2,
                psk=psk,
                s_h=s_h,
                s_c=s_c,
                transcript=t,
                ck_h=keys.ck_h,
                ck_s=keys.ck_s,
                bond=keys.bond,
            )
        )
    return found + hellos() + replies() + peer_hellos()


def hellos() -> list[Case]:
    data = make_offer()
    s_h, own = some("s_h", 32), handshake.key_pair(some("hello seed", 32))
    good = handshake.make_hello(offer.parse(data), s_h, own.pk)
    other = handshake.make_hello(offer.parse(make_offer(epoch=2)), s_h, own.pk)
    found = []
    for name, m1, seed in (
        ("good", good, "offer seed"),
        ("for another offer", other, "offer seed"),
        ("to another key", good, "another seed"),
        ("first byte flipped", flip(good, 0), "offer seed"),
        ("last byte of the encapsulation flipped", flip(good, 1119), "offer seed"),
        ("last byte flipped", flip(good, 2383), "offer seed"),
    ):
        expect, fields = "ok", {"s_h": s_h, "pk_h": own.pk}
        try:
            handshake.open_hello(offer.parse(data), handshake.key_pair(some(seed, 32)), m1)
        except SealingError as refused:
            expect, fields = str(refused.code), {}
        found.append(case("hello", name, offer=data, seed_s=some(seed, 32), m1=m1, expect=expect, **fields))
    return found


def replies() -> list[Case]:
    data = make_offer()
    parsed = offer.parse(data)
    own = handshake.key_pair(some("hello seed", 32))
    s_c = some("s_c", 32)
    m1 = handshake.make_hello(parsed, some("s_h", 32), own.pk)
    another = handshake.make_hello(parsed, some("s_h", 32), own.pk)
    good = handshake.make_reply(parsed, m1, own.pk, s_c)
    found = []
    for name, m1_, m2, seed in (
        ("good", m1, good, "hello seed"),
        ("to another m1", another, good, "hello seed"),
        ("to another key", m1, good, "another seed"),
        ("byte 500 flipped", m1, flip(good, 500), "hello seed"),
        ("last byte flipped", m1, flip(good, 1167), "hello seed"),
    ):
        pair = handshake.key_pair(some(seed, 32))
        expect = outcome(lambda a=m1_, b=m2, p=pair: handshake.open_reply(parsed, a, p, b))
        fields = {"s_c": s_c} if expect == "ok" else {}
        found.append(
            case("reply", name, offer=data, m1=m1_, seed_h=some(seed, 32), m2=m2, expect=expect, **fields)
        )
    return found


def peer_hellos() -> list[Case]:
    data = make_offer(purpose=5)
    parsed = offer.parse(data)
    own = handshake.key_pair(some("hello seed", 32))
    carla_id = sha256(CARLA_CERT[:-64])
    colleague = replace(ANNA_DRAFT, alias="Eva", id=some("Eva id", 16), ed=CARLA.ed).make()

    def hello(cert_id: bytes, who: Key) -> bytes:
        return handshake.make_peer_hello(parsed, some("s_h", 32), own.pk, cert_id, who.sign)

    found = []
    for name, m1, staff in (
        ("good", hello(carla_id, CARLA), CARLA_CERT),
        ("signed by another", hello(carla_id, BEN), CARLA_CERT),
        ("a colleague's certificate over the same key", hello(carla_id, CARLA), colleague),
        ("manager as peer", hello(sha256(MANAGER_CERT[:-64]), CARLA), MANAGER_CERT),
        ("hello of a help-seeker", handshake.make_hello(parsed, some("s_h", 32), own.pk), CARLA_CERT),
    ):
        expect = outcome(
            lambda m=m1, s=staff: handshake.open_peer_hello(parsed, PAIR, m, s, MANAGER_CERT, TRUST, NOW)
        )
        fields = {"s_h": some("s_h", 32), "pk_h": own.pk} if expect == "ok" else {}
        found.append(
            case(
                "peer-hello",
                name,
                offer=data,
                seed_s=some("offer seed", 32),
                m1=m1,
                staff=staff,
                manager=MANAGER_CERT,
                root=list(TRUST.roots),
                built=TRUST.built,
                now=NOW,
                expect=expect,
                **fields,
            )
        )
    return found
