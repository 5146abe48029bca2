# SPDX-License-Identifier: AGPL-3.0-or-later
"""Handshake and epochs: which offers are accepted, who answers what, and what a server can't do with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chat.sealing import actions, handshake, offer
from chat.sealing.errors import Code, SealingError
from chat.sealing.help_seeker_seat import HelpSeekerSeat
from chat.sealing.offer import Mode, Purpose
from chat.sealing.staff_seat import StaffIdentity, StaffSeat
from tests.sealing.world import ANNA_ID, BEN_ID, CARLA_ID, Randomness, Side, World
from tests.vectors.make_handshake import make_offer
from tests.vectors.people import (
    ANNA,
    ANNA_CERT,
    ANNA_DRAFT,
    BEN,
    BEN_CERT,
    CARLA,
    CARLA_CERT,
    DAY,
    MANAGER_CERT,
    NOW,
    SID,
    TRUST,
    flip,
    some,
)


def waiting(slot: int = 0, mode: Mode = Mode.BROWSER) -> HelpSeekerSeat:
    return HelpSeekerSeat(SID, slot, TRUST, Randomness("h"), mode)


def answer(seat: HelpSeekerSeat, data: bytes, staff: bytes = ANNA_CERT) -> Code | str:
    """What a seat says to an offer: the code of a refusal, "hello", "asks", or "nothing"."""
    told = seat.offered(data, staff, MANAGER_CERT, NOW)
    for action in told:
        match action:
            case actions.RefusedOffer(code):
                return code
            case actions.SendHello():
                return "hello"
            case actions.NeedsConsent():
                return "asks"
    return "nothing"


def staff_seat(world: World, identity: StaffIdentity, slot: int = 0) -> Side:
    """Another staff browser in the same conversation."""
    return Side("s", StaffSeat(SID, slot, identity, Randomness(f"staff {slot} {world.now}")))


# --- 2: offers ---


def test_n02_other_sid():
    assert answer(waiting(), make_offer(sid=some("other", 16))) is Code.OTHER_SID


def test_n02_a_colleagues_certificate_over_the_same_key():
    """Key substitution: the signature would verify, and another alias would stand on the screen."""
    eva = replace(ANNA_DRAFT, alias="Eva", id=some("eva", 16)).make()

    assert answer(waiting(), make_offer(), eva) is Code.NOT_THE_SAME_STAFF


def test_n02_role_two_in_slot_one():
    data = make_offer(purpose=Purpose.SUPERVISE, slot=1)

    assert answer(waiting(slot=1), data) is Code.WRONG_SLOT
    carla = make_offer(CARLA, CARLA_CERT, purpose=Purpose.SUPERVISE, slot=1)
    assert answer(waiting(slot=1), carla, CARLA_CERT) == "asks"


def test_n02_purpose_changed():
    assert answer(waiting(), flip(make_offer(purpose=Purpose.HANDOVER), 1, 3)) is Code.BAD_SIGNATURE


def test_n02_mode_two_to_a_browser_and_mode_one_to_the_sealer():
    assert answer(waiting(), make_offer(mode=Mode.SERVER)) is Code.BAD_MODE
    assert answer(waiting(mode=Mode.SERVER), make_offer()) is Code.BAD_MODE
    assert answer(waiting(mode=Mode.SERVER), make_offer(mode=Mode.SERVER)) == "hello"


def test_n02_lower_epoch_and_a_new_offer_of_the_same():
    seat = waiting()

    assert answer(seat, make_offer(epoch=5)) == "hello"
    assert answer(seat, make_offer(epoch=4)) is Code.OLD_EPOCH
    assert answer(seat, make_offer(epoch=5, pk=handshake.key_pair(some("x", 32)).pk)) is Code.OLD_EPOCH


def test_n02_a_take_replayed_after_a_handover():
    world = World()
    world.take()
    (taken,) = [a for a in world.s.frames if isinstance(a, actions.SendOffer)]
    world.settle()
    handed_over(world, BEN_ID)

    world.deliver(taken, world.h)

    assert world.h.of(actions.RefusedOffer)[-1] == actions.RefusedOffer(Code.OLD_EPOCH)
    assert world.h.seat.peer.alias == "Ben"


def test_n02_a_new_take_of_an_open_conversation():
    """A rogue certified colleague and the server: there is no way in without a question."""
    world = World().open()
    world.write(world.s, "Good day")
    world.settle()

    assert answer(world.h.seat, make_offer(BEN, BEN_CERT, epoch=9), BEN_CERT) is Code.OUT_OF_STATE
    assert answer(world.h.seat, make_offer(epoch=9)) is Code.OUT_OF_STATE
    assert world.h.seat.peer.alias == "Anna"


@pytest.mark.parametrize(
    ("purpose", "slot", "who", "cert"),
    [(Purpose.HANDOVER, 0, BEN, BEN_CERT), (Purpose.SUPERVISE, 1, CARLA, CARLA_CERT)],
)
def test_n02_no_hello_before_the_yes(purpose: Purpose, slot: int, who: object, cert: bytes):
    seat = waiting(slot)
    data = make_offer(who, cert, purpose=purpose, slot=slot)  # type: ignore[arg-type]
    told = seat.offered(data, cert, MANAGER_CERT, NOW)
    told += seat.offered(data, cert, MANAGER_CERT, NOW)  # delivered again
    told += seat.connected(NOW)
    told += seat.set_peer_present(True, NOW) + seat.tick(NOW + 60)

    assert not any(isinstance(action, actions.SendHello) for action in told)
    cert_id = offer.parse(data).cert_id
    assert seat.consent(bytes(32), True, NOW) == []
    assert any(isinstance(a, actions.SendHello) for a in seat.consent(cert_id, True, NOW))


def test_n02_a_no_is_a_no():
    seat = waiting(1)
    data = make_offer(CARLA, CARLA_CERT, purpose=Purpose.SUPERVISE, slot=1)
    seat.offered(data, CARLA_CERT, MANAGER_CERT, NOW)

    told = seat.consent(offer.parse(data).cert_id, False, NOW)

    assert not any(isinstance(action, actions.SendHello) for action in told)
    assert seat.phase == "none"
    assert answer(seat, data, CARLA_CERT) is Code.OLD_EPOCH


def test_n02_an_announcement_counts_for_exactly_this_certificate():
    for announced in (True, False):
        world = World().open()
        cert_id = offer.parse(make_offer(BEN, BEN_CERT)).cert_id
        world.s.carry_out(
            world.s.seat.propose(Purpose.HANDOVER, cert_id if announced else bytes(32), world.now)
        )
        world.settle()
        data = make_offer(BEN, BEN_CERT, purpose=Purpose.HANDOVER, epoch=9)
        world.h.carry_out(world.h.seat.offered(data, BEN_CERT, MANAGER_CERT, world.now))

        (question,) = world.h.of(actions.NeedsConsent)
        assert question == actions.NeedsConsent("Ben", cert_id, Purpose.HANDOVER, announced)
        world.h.carry_out(world.h.seat.consent(cert_id, True, world.now))
        world.pump()
        expected = [actions.Answered(Purpose.HANDOVER, cert_id, True)] if announced else []
        assert world.s.of(actions.Answered) == expected


def test_n02_revoked_or_expired_staff_cannot_resume_either():
    world = World().open()
    revoked = frozenset({offer.parse(make_offer()).cert_id})
    world.h.seat.trust = replace(TRUST, revoked=revoked)

    assert answer(world.h.seat, make_offer(purpose=Purpose.RESUME, epoch=9)) is Code.REVOKED


# --- 3: hello and reply ---


def test_n03_the_same_hello_gets_the_same_bytes_and_another_none():
    world = World()
    world.take()
    world.deliver(world.s.sent.pop(0), world.h)
    (hello,) = world.h.sent
    first = world.deliver(hello, world.s)
    again = world.deliver(hello, world.s)
    second = handshake.make_hello(world.s.seat._offered.offer, bytes(32), handshake.key_pair(bytes(32)).pk)

    assert [a for a in again if isinstance(a, actions.SendReply)] == [
        a for a in first if isinstance(a, actions.SendReply)
    ]
    assert world.deliver(actions.SendHello(second), world.s) == []


def test_n03_the_same_offer_gets_the_same_hello():
    seat = waiting()
    data = make_offer()
    told = [seat.offered(data, ANNA_CERT, MANAGER_CERT, NOW) for _ in range(3)]
    hellos = {a.m1 for out in told for a in out if isinstance(a, actions.SendHello)}

    assert len(hellos) == 1


def test_n03_a_hello_for_another_offer_or_key_changes_nothing():
    world = World()
    world.take()
    for data in (make_offer(epoch=1), make_offer(epoch=2)):
        hello = handshake.make_hello(offer.parse(data), bytes(32), handshake.key_pair(bytes(32)).pk)
        assert world.deliver(actions.SendHello(hello), world.s) == []
    assert world.s.seat.phase == "offered"
    world.settle()
    assert world.at_peace()


def test_n03_a_reply_to_another_hello_changes_nothing():
    world = World()
    world.take()
    world.deliver(world.s.sent.pop(0), world.h)
    parsed = world.s.seat._offered.offer
    other = handshake.make_hello(parsed, bytes(32), handshake.key_pair(bytes(32)).pk)
    own = handshake.key_pair(world.h.seat._memory.seed)
    forged = handshake.make_reply(parsed, other, own.pk, bytes(32))

    assert world.h.seat.replied(forged, world.now) == []
    world.settle()
    assert world.at_peace()


def test_n03_an_offer_with_a_key_that_is_none_is_refused():
    """FIPS 203, 7.2: coefficients must be reduced."""
    bad = b"\xff" * 1184 + bytes(32)

    assert answer(waiting(), make_offer(pk=bad)) is Code.NOT_OPENED


# --- 4: resume ---


def resume_offer(world: World, identity: StaffIdentity, bond: bytes | None = None) -> Side:
    """Somebody with this certificate resumes this conversation, with a bond of their own or none of worth."""
    side = staff_seat(world, identity)
    seat = side.seat
    assert isinstance(seat, StaffSeat)
    seat._purpose, seat._bond, seat._epoch = Purpose.TAKE, bond or bytes(32), 50
    side.carry_out(seat.connected(world.now))
    return side


def run_handshake(world: World, thief: Side) -> None:
    for _ in range(4):
        for side, other in ((thief, world.h), (world.h, thief)):
            on_its_way, side.sent = side.sent, []
            for action in on_its_way:
                world.deliver(action, other)


def test_n04_a_stolen_staff_key_does_not_enter_a_running_conversation():
    """Key and certificate of Anna, the server's help, but not the bond: the ready does not open."""
    world = World().open()
    world.write(world.h, "The weather is mild")
    world.settle()
    thief = resume_offer(world, ANNA_ID)
    run_handshake(world, thief)

    assert thief.seat.phase != "active"
    assert thief.theirs() == []
    world.lose()
    world.write(world.h, "It rains now")
    world.settle(40, connected=True)
    assert world.at_peace()
    world.assert_same()


def test_n04_nor_does_the_right_bond_with_another_certificate():
    world = World().open()
    thief = resume_offer(world, BEN_ID, world.s.seat._bond)
    run_handshake(world, thief)

    assert world.h.of(actions.RefusedOffer)[-1] == actions.RefusedOffer(Code.NOT_THE_SAME_STAFF)


def test_n04_without_a_bond_there_is_no_resume():
    assert answer(waiting(), make_offer(purpose=Purpose.RESUME)) is Code.NO_BOND


def test_n04_a_renewed_certificate_resumes():
    world = World().open()
    world.write(world.h, "The weather is mild")
    world.settle()
    renewed = replace(ANNA_DRAFT, issued=NOW, not_after=NOW + 30 * DAY).make()
    state = world.s.blobs[-1]
    world.s.seat = StaffSeat.restore(
        state, StaffIdentity(renewed, MANAGER_CERT, ANNA.sign), Randomness("renewed")
    )
    world.settle(10, connected=True)

    assert world.at_peace()
    assert world.h.seat.peer.cert_id == offer.parse(make_offer(cert=renewed)).cert_id


def test_n04_after_a_hello_made_by_the_server_nothing_is_lost():
    world = World().open()
    world.write(world.h, "one")
    world.settle()
    world.now += 10
    world.deliver(actions.AskResume(bytes(32)), world.s)
    offered = world.s.seat._offered.offer
    forged = handshake.make_hello(offered, bytes(32), handshake.key_pair(bytes(32)).pk)
    world.deliver(actions.SendHello(forged), world.s)
    assert world.s.seat.phase == "replied"
    world.lose(world.s)
    world.write(world.h, "two")
    world.write(world.s, "three")
    world.settle(60)

    assert world.at_peace()
    world.assert_same()
    assert world.h.texts(own=True) == ["one", "two"]


# --- 8: loss of every single frame ---


@pytest.mark.parametrize("resume", [False, True])
@pytest.mark.parametrize("lost", range(8))
@pytest.mark.parametrize("dead", ["nobody", "h", "s", "both"])
def test_n08_each_frame_lost_and_each_side_dead(resume: bool, lost: int, dead: str):
    """One frame of the handshake is lost, a side dies right then, and all come back."""
    world = World()
    world.write(world.h, "one")
    if resume:
        world.open()
        world.reload(world.h)
        world.h.carry_out(world.h.seat.connected(world.now))
    else:
        world.take()
    for step in range(8):
        side, other = (world.s, world.h) if world.s.sent else (world.h, world.s)
        if not side.sent:
            break
        action = side.sent.pop(0)
        if step == lost:
            break
        world.deliver(action, other)
    for side in {"nobody": [], "h": [world.h], "s": [world.s], "both": [world.h, world.s]}[dead]:
        side.sent.clear()
        if side.blobs:
            world.reload(side)
    world.write(world.s, "two")
    world.settle(1, connected=True)
    world.until(world.at_peace, 120)
    world.assert_same()


def test_n08_a_ready_that_never_came_is_repaired_by_the_same_take():
    world = World()
    world.write(world.h, "one")
    world.take()
    world.deliver(world.s.sent.pop(0), world.h)
    world.deliver(world.h.sent.pop(0), world.s)
    world.deliver(world.s.sent.pop(0), world.h)
    assert world.h.seat.phase == "active"
    world.h.sent.clear()
    world.h.seat.channel.unstored.clear()  # as if the server had said that it stored them
    world.settle(60)

    assert world.at_peace()
    world.assert_same()
    assert world.h.of(actions.RefusedOffer) == []


def test_n08_a_handover_made_again_is_not_asked_about_again():
    """Ben's browser did not hear our ready and offers the same once more: the yes was to him."""
    world = World().open()
    world.s = staff_seat(world, BEN_ID)
    world.s.carry_out(world.s.seat.offer(Purpose.HANDOVER, 1, world.now))
    world.deliver(world.s.sent.pop(0), world.h)
    (question,) = world.h.of(actions.NeedsConsent)
    world.h.carry_out(world.h.seat.consent(question.cert_id, True, world.now))
    world.pump()
    world.h.sent.clear()
    world.h.seat.channel.unstored.clear()
    world.write(world.h, "to Ben")
    world.lose()
    world.settle(60)

    assert world.h.of(actions.NeedsConsent) == [question]
    assert world.at_peace()
    assert world.s.texts(own=False) == ["to Ben"]


def test_n08_a_ready_that_comes_after_the_offer_was_made_again():
    world = World()
    world.take()
    world.deliver(world.s.sent.pop(0), world.h)
    world.deliver(world.h.sent.pop(0), world.s)
    world.deliver(world.s.sent.pop(0), world.h)
    (late,) = world.h.sent
    world.lose()
    world.s.carry_out(world.s.seat.set_peer_present(True, world.now))
    world.tick(30)
    assert world.s.seat.phase == "offered"
    world.deliver(late, world.s)
    assert world.s.seat._offered is None  # the bond is known now, so the next offer is a resume
    world.write(world.h, "one")
    world.settle(10)

    assert world.at_peace()
    world.assert_same()
    assert world.h.of(actions.Active) == [actions.Active(1, "Anna"), actions.Active(3, "Anna")]


def test_n08_lost_before_it_opened_the_place_is_first_again():
    """Lines written while waiting go to the next counsellor; those written to Anna do not."""
    world = World()
    world.write(world.h, "to whoever comes")
    world.take()
    world.deliver(world.s.sent.pop(0), world.h)
    world.deliver(world.h.sent.pop(0), world.s)
    world.deliver(world.s.sent.pop(0), world.h)
    world.write(world.h, "to Anna")
    world.lose()
    world.h.carry_out(world.h.seat.back_to_waiting())
    ben = World(BEN_ID)
    ben.h = world.h
    ben.s.seat._hint = 1
    ben.s.carry_out(ben.s.seat.offer(Purpose.TAKE, 1, ben.now))
    ben.settle()

    assert ben.s.texts(own=False) == ["to whoever comes"]
    assert [line.state.name for line in ben.h.own()] == ["DELIVERED", "UNDELIVERED"]


def test_back_to_waiting_is_no_way_out_of_an_open_conversation():
    world = World().open()
    world.write(world.s, "Good day")
    world.settle()

    assert world.h.seat.back_to_waiting() == []
    assert world.h.seat.phase == "active"


# --- who is in it: 18, handover and supervision ---


def handed_over(world: World, identity: StaffIdentity, purpose: Purpose = Purpose.HANDOVER) -> World:
    """The conversation goes on with somebody else; returns the world before, whose staff side is left."""
    before = World()
    before.s, before.h = world.s, world.h
    world.s = staff_seat(world, identity)
    world.s.carry_out(world.s.seat.offer(purpose, world.h.seat._highest, world.now))
    world.deliver(world.s.sent.pop(0), world.h)
    (question,) = world.h.of(actions.NeedsConsent)[-1:]
    world.h.carry_out(world.h.seat.consent(question.cert_id, True, world.now))
    world.h.sent = [a for a in world.h.sent if isinstance(a, actions.SendHello)]
    world.settle()
    assert world.h.seat.phase == "active"
    return before


def test_n18_a_newcomer_gets_nothing_of_before_and_the_one_who_left_nothing_of_after():
    world = World().open()
    world.write(world.h, "to Anna")
    world.settle()
    world.write(world.h, "to Anna, not delivered")
    world.lose(world.h)
    before = handed_over(world, BEN_ID)
    world.write(world.h, "to Ben")
    world.settle()
    for data in world.h.envelopes():
        before.s.carry_out(before.s.seat.delivered(data, world.now))

    assert world.s.texts(own=False) == ["to Ben"]
    # What was sealed to Anna may still reach her; nothing that was sealed to Ben opens.
    assert before.s.texts(own=False) == ["to Anna", "to Anna, not delivered"]
    assert [(line.text, line.state.name) for line in world.h.own()] == [
        ("to Anna", "DELIVERED"),
        ("to Anna, not delivered", "UNDELIVERED"),
        ("to Ben", "DELIVERED"),
    ]


def test_n18_the_old_bond_opens_no_resume_after_a_handover():
    world = World().open()
    before = handed_over(world, BEN_ID)
    before.s.seat._epoch = 60
    before.s.carry_out(before.s.seat.gap(world.now + 20))
    (offered,) = [a for a in before.s.sent if isinstance(a, actions.SendOffer)]

    world.deliver(offered, world.h)

    assert world.h.of(actions.RefusedOffer)[-1] == actions.RefusedOffer(Code.NOT_THE_SAME_STAFF)


def test_n18_a_counsellor_who_lost_everything_comes_back_as_a_newcomer():
    world = World().open()
    world.write(world.h, "before")
    world.settle()
    handed_over(world, ANNA_ID)
    world.write(world.h, "after")
    world.settle()

    assert world.s.texts(own=False) == ["after"]


def supervised() -> tuple[World, World]:
    """The star: one seat for the counsellor, one for the supervisor, both with the same browser."""
    counsellor = World().open()
    supervisor = World(CARLA_ID, slot=1)
    supervisor.take(Purpose.SUPERVISE)
    supervisor.settle(1)
    (question,) = supervisor.h.of(actions.NeedsConsent)
    supervisor.h.carry_out(supervisor.h.seat.consent(question.cert_id, True, supervisor.now))
    supervisor.settle()
    return counsellor, supervisor


def test_n18_a_supervisor_gets_what_the_browser_passes_on_and_only_that():
    counsellor = World().open()
    waiting_for = World(CARLA_ID, slot=1)
    counsellor.write(counsellor.s, "before she joined")
    counsellor.settle()
    (line,) = counsellor.h.theirs()
    assert waiting_for.h.seat.relay(0, line, counsellor.now) == []

    counsellor, supervisor = supervised()
    counsellor.write(counsellor.s, "The weather is mild")
    counsellor.settle()
    (line,) = counsellor.h.theirs()
    for _ in range(2):  # a reload of the page passes everything on again
        supervisor.h.carry_out(supervisor.h.seat.relay(0, line, supervisor.now))
    supervisor.h.carry_out(supervisor.h.seat.room(True, True, supervisor.now))
    supervisor.settle()

    assert [(got.text, got.origin) for got in supervisor.s.theirs()] == [("The weather is mild", 0)]
    assert supervisor.s.of(actions.RoomChanged) == [actions.RoomChanged(True, True)]
    assert supervisor.h.own() == []


def test_n18_none_after_leaving():
    counsellor, supervisor = supervised()
    supervisor.s.carry_out(supervisor.s.seat.end(supervisor.now))
    supervisor.settle(1)
    assert supervisor.h.of(actions.PeerEnded) == [actions.PeerEnded()]
    before = len(supervisor.h.envelopes())
    counsellor.write(counsellor.s, "after she left")
    counsellor.settle()
    (line,) = counsellor.h.theirs()

    with pytest.raises(SealingError) as refused:
        supervisor.h.seat.relay(0, line, supervisor.now)
    assert refused.value.code is Code.ENDED
    assert len(supervisor.h.envelopes()) == before


def test_the_two_slots_share_nothing():
    counsellor, supervisor = supervised()
    counsellor.write(counsellor.h, "to the counsellor")
    for data in counsellor.h.envelopes():
        supervisor.s.carry_out(supervisor.s.seat.delivered(data, supervisor.now))

    assert supervisor.s.theirs() == []


# --- staff among themselves ---


def test_a_peer_hello_proves_both_sides():
    pair, own = handshake.key_pair(some("p", 32)), handshake.key_pair(some("q", 32))
    parsed = offer.parse(make_offer(purpose=Purpose.PEER, pk=pair.pk))
    cert_id = offer.parse(make_offer(CARLA, CARLA_CERT)).cert_id
    m1 = handshake.make_peer_hello(parsed, some("s_h", 32), own.pk, cert_id, CARLA.sign)
    s_h, pk_h, chain = handshake.open_peer_hello(parsed, pair, m1, CARLA_CERT, MANAGER_CERT, TRUST, NOW)

    assert (s_h, pk_h, chain.staff.alias) == (some("s_h", 32), own.pk, "Carla")
    assert len(m1) == handshake.M1_PEER
    with pytest.raises(SealingError) as refused:
        handshake.open_peer_hello(parsed, pair, m1, BEN_CERT, MANAGER_CERT, TRUST, NOW)
    assert refused.value.code is Code.NOT_THE_SAME_STAFF


def test_a_peer_offer_is_not_for_a_help_seeker():
    assert answer(waiting(), make_offer(purpose=Purpose.PEER)) is Code.BAD_PURPOSE
