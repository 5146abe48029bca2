# SPDX-License-Identifier: AGPL-3.0-or-later
"""Duty: who comes to the desk, how a desk stands, whether intake is open, and whom a desk takes next.

Of many desks that press *help next* at once, several may pick the same person; the claim in the waiting
room lets one have it, and the others pick again. The cap is one script in the store, before the claim.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from chat.actions.house import House, Who
from chat.live.conversations import Seats
from chat.protocol.types import DutyStatus, ErrorCode
from chat.rules import duty as rules
from chat.rules import intake, state, waiting_room
from chat.rules.conversation import NotAllowed
from chat.rules.duty import Attending, Duty
from chat.rules.intake import PROOF, Intake
from chat.rules.presence import lease_after_pong
from chat.rules.roles import Permission
from chat.rules.state import Member

C, N = Member.COUNSELLOR, Member.NEWCOMER

Look = tuple[frozenset[str], Attending | None]
"""Languages closed by hand, and a desk that is probably on duty in the language; None when none is known."""


async def intake_of(house: House, language: str) -> Intake:
    """How intake of a language stands now: hours, hand, and whether somebody is on duty in it.

    Raises:
        StoreError: the live store does not answer.
    """
    return await intake_from(house, language, await look_at_intake(house, language))


def look_at_intake(house: House, language: str) -> asyncio.Future[Look]:
    """The first look, of what is nearly always enough; for `intake_from`.

    Raises (from the future):
        StoreError: the live store does not answer.
    """
    known = house.attendants.get(language)
    if known is not None:
        return house.duty.intake_with(known, house.now())
    nobody: asyncio.Future[Look] = asyncio.get_running_loop().create_future()
    nobody.set_result((frozenset(), None))
    return nobody


async def intake_from(house: House, language: str, look: Look) -> Intake:
    """How intake stands, with all desks looked at when the one is not on duty any more.

    Raises:
        StoreError: the live store does not answer.
    """
    now, (closed, desk) = house.now(), look
    attended = rules.attended([desk], now) if desk is not None else frozenset()
    if language not in attended:
        closed, desks = await house.duty.intake_stands(now)
        attended = rules.attended(desks, now)
        house.attendants = rules.attendants(desks, now)
    return intake.intake(
        language,
        within_hours=house.within_hours(language, now),
        closed_by_hand=language in closed,
        attended=attended,
    )


@dataclass(frozen=True, slots=True)
class Stands:
    """How intake of a language stands, and whether somebody closed it, whatever else keeps it closed."""

    intake: Intake
    by_hand: bool


async def intake_now(house: House) -> dict[str, Stands]:
    """How intake stands, by language, in the order in which the line offers them.

    Raises:
        StoreError: the live store does not answer.
    """
    now = house.now()
    closed, desks = await house.duty.intake_stands(now)
    attended = rules.attended(desks, now)
    found: dict[str, Stands] = {}
    for language in house.content.limits.languages:
        by_hand = language in closed
        hours = house.within_hours(language, now)
        stands = intake.intake(language, within_hours=hours, closed_by_hand=by_hand, attended=attended)
        found[language] = Stands(stands, by_hand)
    return found


async def close_intake(house: House, who: Who, language: str | None, *, closed: bool) -> None:
    """Close intake of a language by hand (None: of all), or open it again. Who waits already is still served.

    Raises:
        NotAllowed: not with this role, or the line does not offer this language.
        StoreError: the live store does not answer.
    """
    if not who.may(Permission.CLOSE_INTAKE):
        raise NotAllowed(ErrorCode.NOT_ALLOWED)
    offered = house.content.limits.languages
    if language is not None and language not in offered:
        raise NotAllowed(ErrorCode.MALFORMED)
    await house.duty.close_intake(offered if language is None else [language], house.now(), closed=closed)


async def came(house: House, device: bytes, who: Who) -> Duty:
    """A desk was opened: its status is what it was until just now, its roles are today's.

    Raises:
        StoreError: the live store does not answer.
    """
    before = await house.duty.find(device.hex(), house.now())
    house.duty.renew(
        [device.hex()], lease_after_pong(house.now())
    )  # after it was read: it makes all count again
    return await _stand(house, device, who, before)


async def seen_again(house: House, device: bytes, who: Who) -> Duty:
    """The session of an open desk was looked at again: as `came`, and no sign of life.

    Raises:
        StoreError: the live store does not answer.
    """
    return await _stand(house, device, who, await house.duty.find(device.hex(), house.now()))


async def _stand(house: House, device: bytes, who: Who, before: Duty | None) -> Duty:
    now = house.now()
    roles = tuple(sorted(who.roles))
    if before is None or before.staff != who.staff:
        stands = Duty(who.staff, who.alias, roles, since_ms=now)
    else:
        stands = Duty(who.staff, who.alias, roles, before.status, before.languages, before.since_ms)
        if not stands.may(Permission.BE_ON_DUTY):
            stands = rules.changed(stands, DutyStatus.OFF, (), now)
    if stands != before:
        await house.duty.stands(device.hex(), stands)
    return stands


async def set_duty(house: House, device: bytes, status: DutyStatus, languages: Iterable[str]) -> Duty:
    """This desk goes on duty, on a break, or off duty; of the languages those count that the line offers.

    Raises:
        NotAllowed: not with this role, or on duty in no language.
        StoreError: the live store does not answer.
    """
    stands = await standing(house, device)
    offered = frozenset({*house.content.limits.languages, PROOF})
    languages = [language for language in languages if language in offered]
    refused = rules.refuses_to_stand(stands, status, languages)
    if refused is not None:
        raise NotAllowed(refused)
    after = rules.changed(stands, status, languages, house.now())
    await house.duty.stands(device.hex(), after)
    return after


async def standing(house: House, device: bytes) -> Duty:
    """How this desk stands.

    Raises:
        NotAllowed: nothing of it counts any longer: it was away for too long, or signed out.
        StoreError: the live store does not answer.
    """
    found = await house.duty.find(device.hex(), house.now())
    if found is None:
        raise NotAllowed(ErrorCode.OFF_DUTY)
    return found


async def next_in_room(house: House, stands: Duty, tried: frozenset[bytes]) -> bytes:
    """Whom this desk takes next, without those it tried in vain just now.

    Raises:
        NotAllowed: nobody present waits in a language of this desk.
        StoreError: the live store does not answer.
    """
    entries = await house.room.snapshot()
    offered = {sid: entry for sid, entry in entries.items() if sid not in tried}
    on_duty: dict[bytes, frozenset[str]] = {}
    if any(stands.staff in entry.after_others for entry in offered.values()):
        now = house.now()
        on_duty = rules.languages_of(await house.duty.all(now), now)
    sid = waiting_room.next_for(offered, frozenset(stands.languages), stands.staff, on_duty)
    if sid is None:
        raise NotAllowed(ErrorCode.NOBODY_WAITS)
    return sid


async def reserve(house: House, device: bytes, sid: bytes) -> None:
    """This device is about to have one more conversation: its person may, if the cap is not reached.

    Undone by `release`, should nothing come of it.

    Raises:
        NotAllowed: as many conversations as one person may have, over all devices.
        StoreError: the live store does not answer.
    """
    mine = device.hex()
    stands = await standing(house, device)
    theirs = [*{mine, *(desk.device for desk in await _desks_of(house, stands.staff))}]
    if await house.desk.reserve(mine, theirs, sid, house.cap()):
        return
    # A worker that died between two steps can have left one behind that was never had: look, then again.
    for other in theirs:
        for held in await house.desk.mine(other):
            await _strike_if_lost(house, other, held)
    if not await house.desk.reserve(mine, theirs, sid, house.cap()):
        raise NotAllowed(ErrorCode.CAP_REACHED)


async def _desks_of(house: House, staff: bytes) -> list[Attending]:
    """Somebody's desks, at however many devices: they are few, and all desks together are many."""
    return await house.duty.among(await house.desk.devices(staff.hex()), house.now())


async def _strike_if_lost(house: House, device: str, sid: bytes) -> None:
    """A conversation that is over, or somebody else's. One that nobody has, or about which this device is
    asked, may just be being taken: asked is read first, since with a yes it ends as the seat begins.
    """
    found = await house.conversations.load(sid)
    asked = state.load(found[1]).asked if found else None
    if asked is not None and bytes.fromhex(device) in asked.devices:
        return
    seats = await house.conversations.seats(sid)
    if seats is None or ((holders := _of_slot_0(seats)) and device not in holders):
        await house.desk.drop_mine(device, sid)


async def release(house: House, device: bytes, sid: bytes) -> None:
    """Strike a conversation from a device's list, unless the device has slot 0 of it, or comes to it.

    Raises:
        StoreError: the live store does not answer.
    """
    seats = await house.conversations.seats(sid)
    if seats is None or device.hex() not in _of_slot_0(seats):
        await house.desk.drop_mine(device.hex(), sid)


def _of_slot_0(seats: Seats) -> set[str]:
    """Who has slot 0, and who comes to it; a supervisor beside them has another list."""
    return {device for member in (C, N) if (device := seats.devices.get(member)) is not None}


async def free_desks(house: House, staff: bytes) -> list[str]:
    """The devices of somebody that are on duty and under the cap: who may be asked to take one over.

    Raises:
        StoreError: the live store does not answer.
    """
    now = house.now()
    theirs = await _desks_of(house, staff)
    held = [len(await house.desk.mine(desk.device)) for desk in theirs]
    return [desk.device for desk in theirs if desk.is_on(now)] if sum(held) < house.cap() else []
