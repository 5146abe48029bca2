# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every key of the live store is in its table and has a clock; no record changes for a conversation."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

import pytest

from chat.live import key_table
from chat.protocol import frames
from tests.faults.ageing import counted
from tests.faults.waiting import until
from tests.support.clients import Desk, HelpSeeker
from tests.support.people import help_seeker_on, offer, talk
from tests.support.service import Service

pytestmark = pytest.mark.anyio


def patterns(service: Service) -> set[str]:
    """Rows of the table that are in use now; a key without a row or without a clock fails."""
    used = set()
    with contextlib.closing(service.look()) as store:
        for key in store.keys("*"):
            row = key_table.find(key)
            assert row is not None, key
            assert store.ttl(key) > 0 or not store.exists(key), f"{row.pattern} has no clock"
            used.add(row.pattern)
    return used


def dump(service: Service) -> list[str]:
    """Every row of every table."""
    path = service.data / "records" / "records.sqlite3"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as records:
        return list(records.iterdump())


def files(folder: Path) -> dict[str, bytes]:
    """The bytes of the records and of their journal; the index of the journal is shared memory."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.endswith("-shm")}


async def signed_in(service: Service) -> tuple[str, str]:
    """Two desks of two people, whom the records know from now on."""
    return (
        await service.sign_in(os.urandom(16), os.urandom(16)),
        await service.sign_in(os.urandom(16), os.urandom(16)),
    )


async def a_whole_conversation(service: Service, token: str, another: str) -> set[str]:
    """Waiting, lost and taken again, open, reloaded on both sides, ended; returns the rows that were used."""
    used = patterns(service)
    desk = await Desk.open(service, token)
    await desk.begin()
    used |= patterns(service)
    person = await help_seeker_on(service)
    used |= patterns(service)
    assert isinstance(await desk.take(person.sid), frames.Taken)
    used |= patterns(service)
    await desk.send(frames.DeskOffer(person.sid, 0, offer(person.sid, 1), bytes(160), bytes(160)))
    await person.expect(frames.Offered)
    used |= patterns(service)
    other = await Desk.open(service, another)
    await other.begin()
    assert isinstance(await other.take(person.sid), frames.DeskRefused)
    await other.close()
    used |= patterns(service)
    await person.send(frames.Hello(0, 1, bytes(2384)))
    await desk.expect(frames.DeskHello)
    used |= patterns(service)
    again = await HelpSeeker.open(service)
    again.same_browser(person)
    assert isinstance(await again.attach(), frames.Welcome)
    back = await Desk.open(service, token)
    await back.begin(take_over=True)
    await back.send(frames.Rejoin(person.sid, 0))
    await back.expect(frames.Rejoined)
    used |= patterns(service)
    await again.send(frames.Leave())
    await again.expect(frames.Closed)
    await back.expect(frames.DeskClosed)
    second = await talk(await help_seeker_on(service), back)
    await second.say(1)
    await second.answer(1)
    used |= patterns(service)
    await second.end()
    await back.expect(frames.DeskClosed)
    used |= patterns(service)
    for client in (desk, person, again, back, second.person):
        await client.close()
    return used


async def test_every_key_is_in_the_table_and_has_a_clock(service: Service) -> None:
    used = await a_whole_conversation(service, *await signed_in(service))

    assert used >= {
        "k:{S}:state", "k:{S}:relay", "k:{S}:lane:<slot>:<dir>", "k:{S}:hand:<member>", "k:{S}:seat",
        "k:{room}:entries", "k:{clock}:due", "k:{desk}:session:<hash>", "k:{desk}:device:<device>",
        "k:{desk}:duty", "k:{desk}:standing", "k:{desk}:mine:<device>", "k:{tally}:<day>", "k:{store}:era",
    }  # fmt: skip


async def test_after_the_end_no_key_is_left(service: Service) -> None:
    await a_whole_conversation(service, *await signed_in(service))

    await until("no key is left", lambda: not service.conversation_keys())
    assert patterns(service) <= {
        "k:{desk}:session:<hash>", "k:{desk}:of-staff:<staff>", "k:{desk}:of-device:<device>",
        "k:{desk}:device:<device>", "k:{desk}:duty", "k:{desk}:standing", "k:{tally}:<day>",
        "k:{tally}:since", "k:{store}:era", "k:{room}:takes",
    }  # fmt: skip


async def test_the_records_are_the_same_before_and_after(service: Service) -> None:
    desks = await signed_in(service)
    before, bytes_before = dump(service), files(service.data / "records")
    counts = counted(service)

    await a_whole_conversation(service, *desks)
    await until("no key is left", lambda: not service.conversation_keys())

    assert counted(service) != counts  # they are written with the finished day, not with a conversation
    assert dump(service) == before
    assert files(service.data / "records") == bytes_before
