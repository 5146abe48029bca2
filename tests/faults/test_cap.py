# SPDX-License-Identifier: AGPL-3.0-or-later
"""As many conversations as managers set, over all devices of a person, whichever way they come."""

from __future__ import annotations

import asyncio
import json
import os
from collections import Counter
from collections.abc import Iterator

import pytest

from chat.protocol import frames
from chat.protocol.types import DutyStatus, ErrorCode
from chat.rules.roles import Role
from tests.faults.ageing import stored
from tests.faults.waiting import until
from tests.support.clients import PATIENCE
from tests.support.company import Colleague, colleague_on, helped
from tests.support.desk_http import api
from tests.support.people import Talk, help_seeker_on
from tests.support.service import Service, running

pytestmark = pytest.mark.anyio

DEFAULT = 3
"""Until a manager sets another."""


@pytest.fixture
def managed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The operator fixes no cap: it is for managers to decide."""
    with running(tmp_path_factory.mktemp("managed"), KENTERING_CONVERSATIONS_CAP="") as started:
        yield started


async def set_cap(service: Service, cap: int, *desks: Colleague) -> None:
    """A manager sets the cap; returns when these desks are told the new one."""
    token = await service.sign_in(os.urandom(16), os.urandom(16), Role.MANAGER)
    found = json.loads((await api(service, token, "GET", "/manage/limits"))[1])
    body = {"version": found["version"], "value": {**found["value"], "cap": cap}}
    status, answer = await api(service, token, "PUT", "/manage/limits", body)
    assert status == 200, answer
    async with asyncio.timeout(PATIENCE):
        for one in desks:
            while (await one.desk.stand(DutyStatus.ON, "en")).cap != cap:  # noqa: ASYNC110 - it asks each time
                await asyncio.sleep(0.05)


async def over(*talks: Talk) -> None:
    for talk in talks:
        await talk.end()
        await talk.person.close()


async def refusal(one: Colleague) -> ErrorCode | None:
    """How *help next* is refused; None when it is not."""
    await one.desk.send(frames.HelpNext(one.half))
    while True:
        frame = await one.desk.next()
        if isinstance(frame, frames.DeskRefused):
            return frame.code
        if isinstance(frame, frames.Taken):
            return None


async def test_the_cap_is_the_managers_where_the_operator_fixes_none(managed: Service) -> None:
    anna = await colleague_on(managed)
    people = [await help_seeker_on(managed) for _ in range(DEFAULT + 2)]

    assert (await anna.desk.stand(DutyStatus.ON, "en")).cap == DEFAULT
    assert [await refusal(anna) for _ in range(DEFAULT + 1)] == [None] * DEFAULT + [ErrorCode.CAP_REACHED]

    await set_cap(managed, DEFAULT + 1, anna)
    assert [await refusal(anna) for _ in range(2)] == [None, ErrorCode.CAP_REACHED]

    await set_cap(managed, 1, anna)  # nobody is taken from anybody
    assert await refusal(anna) is ErrorCode.CAP_REACHED
    for person in people:
        await person.send(frames.Leave())
        await person.expect(frames.Closed)
        await person.close()
    await anna.desk.close()


async def accepted(one: Colleague, sid: bytes) -> ErrorCode | None:
    """How a yes to this question is refused; None when the desk comes."""
    await one.desk.send(frames.AnswerHandover(sid, accept=True, half=one.half))
    while True:
        frame = await one.desk.next()
        if isinstance(frame, frames.Taken | frames.DeskRefused) and frame.sid == sid:
            return frame.code if isinstance(frame, frames.DeskRefused) else None


async def test_twenty_handovers_accepted_at_once_stay_under_the_cap(managed: Service) -> None:
    """One person at twenty devices on two workers, each asked by another colleague."""
    workers = list(managed.workers())
    carol = os.urandom(16)
    hers = [await colleague_on(managed, workers[n % 2], staff=carol) for n in range(20)]
    others = [await colleague_on(managed) for _ in range(20)]
    for one in hers:
        await one.desk.stand(DutyStatus.BREAK, "en")  # so that nobody is offered to her meanwhile
    talks = [await helped(managed, one) for one in others]
    for one in hers:
        await one.desk.stand(DutyStatus.ON, "en")
    for talk, one in zip(talks, others, strict=True):
        await one.desk.send(frames.HandOver(talk.person.sid, carol))

    def all_asked() -> bool:
        return all((found := stored(managed, talk.person.sid)) and found.asked for talk in talks)

    await until("every question is asked", all_asked)
    pairs = zip(hers, talks, strict=True)
    answers = await asyncio.gather(*(accepted(one, talk.person.sid) for one, talk in pairs))

    assert Counter(answers) == {None: DEFAULT, ErrorCode.CAP_REACHED: 20 - DEFAULT}
    coming = [
        talk for talk in talks if (found := stored(managed, talk.person.sid)) and found.newcomer.is_held
    ]
    assert len(coming) == DEFAULT

    await over(*talks)
    for one in (*hers, *others):
        await one.desk.close()
