# SPDX-License-Identifier: AGPL-3.0-or-later
"""A day of work over real sockets: every way a conversation goes, with something of its own in all that a
help-seeker's browser can send.
"""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import json
import os
from base64 import urlsafe_b64encode
from collections import Counter
from dataclasses import dataclass, field

from chat.protocol import frames
from chat.protocol.types import EndHow, HandoverAnswer, Left, Risk
from chat.rules.deadlines import LOST_MS
from chat.rules.roles import Role
from chat.rules.state import Member, Presence
from tests.faults.ageing import age, lease_ends, stored
from tests.faults.waiting import dropped, until
from tests.support.clients import HelpSeeker, envelope
from tests.support.company import Colleague, colleague_on, comes, delivered, let_in, opened
from tests.support.desk_http import api
from tests.support.people import Talk
from tests.support.service import Service


@dataclass
class Day:
    """Who works, and what help-seekers brought along."""

    service: Service
    anna: Colleague
    ben: Colleague
    sara: Colleague
    """A supervisor."""
    manager: str
    mark: bytes = field(default_factory=lambda: os.urandom(8))
    """Begins every sid, ticket and half."""
    word: str = field(default_factory=lambda: f"canary{os.urandom(6).hex()}")
    """Stands in every text and header."""
    people: int = 0
    secrets: dict[str, bytes] = field(default_factory=dict)
    """The rest of every sid, ticket and half, and the hash of every ticket."""
    happened: Counter[str] = field(default_factory=Counter)

    @classmethod
    async def begin(cls, service: Service) -> Day:
        first, second = service.workers()
        anna, ben = await colleague_on(service, first), await colleague_on(service, second)
        sara = await colleague_on(service, first, Role.SUPERVISOR)
        manager = await service.sign_in(os.urandom(16), os.urandom(16), Role.MANAGER)
        return cls(service, anna, ben, sara, manager)

    @property
    def needles(self) -> dict[str, bytes]:
        return {"mark": self.mark, "word": self.word.encode()}

    def text(self) -> bytes:
        return f"{self.word} The weather is mild".encode()

    def brought(self) -> dict[str, str]:
        """What a browser says of itself, and what a careless proxy adds."""
        return {
            "User-Agent": f"Nestbox/{self.people} ({self.word})",
            "Referer": f"https://{self.word}.example/searched-for",
            "Accept-Language": f"zz-{self.word}",
            "Cookie": f"c={self.word}",
            "X-Forwarded-For": f"198.51.100.77, {self.word}",
            "X-Real-IP": self.word,
            "Forwarded": f'for="{self.word}"',
        }

    async def visitor(self) -> HelpSeeker:
        """Somebody reads the first page, and begins to wait."""
        self.people += 1
        await asyncio.to_thread(self._reads)
        person = await HelpSeeker.open(self.service, self.brought())
        person.sid, person.ticket, person.half = (self.mark + os.urandom(size - 8) for size in (16, 32, 32))
        number = self.people
        self.secrets |= {
            f"sid {number}": person.sid[8:],
            f"ticket {number}": person.ticket[8:],
            f"half {number}": person.half[8:],
            f"hash {number}": hashlib.sha256(person.ticket).digest(),
        }
        await person.start(("en", "nl")[number % 2])
        self.happened["started"] += 1
        return person

    def _reads(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.service.port)
        headers = {"Host": self.service.help_seeker.removeprefix("http://")} | self.brought()
        for path in (f"/en?from={self.word}", f"/{self.word}"):
            connection.request("GET", path, headers=headers)
            connection.getresponse().read()
        connection.close()

    async def taken(self, person: HelpSeeker, by: Colleague) -> Talk:
        """Help next, and the handshake."""
        await by.desk.send(frames.HelpNext(by.half))
        taken = await by.desk.expect(frames.Taken)
        assert taken.sid == person.sid
        return await opened(person, by, taken)

    async def begun(self) -> Talk:
        """Somebody new, with the first counsellor."""
        talk = await self.taken(await self.visitor(), self.anna)
        self.happened["taken"] += 1
        return talk

    async def talked(self, talk: Talk, first: int = 1, last: int = 3) -> None:
        """Each writes, the other takes it in."""
        sid = talk.person.sid
        for n in range(first, last):
            await talk.say(n, self.text())
            await delivered(talk.desk)
            await talk.desk.send(frames.DeskTook(sid, 0, talk.epoch, n))
            await talk.answer(n, self.text())
            await talk.person.expect(frames.Delivery)
            await talk.person.send(frames.Took(0, talk.epoch, n))

    async def ended(self, talk: Talk, by: Colleague, how: EndHow | None = None) -> None:
        """The help-seeker leaves, or the counsellor ends it; then the wrap-up."""
        if how is None:
            await talk.end()
            await talk.desk.expect(frames.DeskClosed)
        else:
            await talk.desk.send(frames.DeskEnd(talk.person.sid, 0, how))
            await talk.person.expect(frames.Closed)
        await talk.person.close()
        said = {
            "once": urlsafe_b64encode(os.urandom(16)).rstrip(b"=").decode(), "matter": "online",
            "risk": "concern", "outcome": "steps", "referred": ["care"],
            "boundary": how is EndHow.BOUNDARY, "heavy": how is EndHow.BOUNDARY,
        }  # fmt: skip
        assert (await api(self.service, by.token, "POST", "/wrap-up", said))[0] == 204
        self.happened["matter"] += 1

    async def settings_change(self) -> None:
        """A manager sets a limit, a counsellor writes a quick reply, figures are looked at."""
        limits = json.loads((await api(self.service, self.manager, "GET", "/manage/limits"))[1])
        value = limits["value"] | {"pause_min": 5 + limits["version"] % 5}
        body = {"version": limits["version"], "value": value}
        assert (await api(self.service, self.manager, "PUT", "/manage/limits", body))[0] == 200
        content = json.loads((await api(self.service, self.anna.token, "GET", "/content"))[1])
        own = {"languages": {"en": [{"id": "mild", "name": "mild", "text": "The weather is mild."}]}}
        body = {"version": content["own_quick_replies"]["version"], "value": own}
        assert (await api(self.service, self.anna.token, "PUT", "/my/quick-replies", body))[0] == 200
        for path in ("/figures", "/audit", "/staff"):
            assert (await api(self.service, self.manager, "GET", path))[0] == 200

    async def close(self) -> None:
        for one in (self.anna, self.ben, self.sara):
            await one.desk.close()


async def usual(day: Day) -> None:
    talk = await day.begun()
    await day.talked(talk)
    await day.ended(talk, day.anna, EndHow.USUAL)


async def leaves_while_waiting(day: Day) -> None:
    person = await day.visitor()
    await person.send(frames.Leave())
    await person.expect(frames.Closed)
    await person.close()


async def handed_over(day: Day) -> None:
    talk = await day.begun()
    await day.talked(talk)
    taken = await comes(talk.person.sid, day.anna, day.ben)
    epoch = await let_in(talk.person, day.ben, taken)
    await day.anna.desk.hears(frames.SeatLeft(talk.person.sid, 0, Left.HANDED_OVER))
    after = Talk(talk.person, day.ben.desk, epoch)
    await after.say(0, day.text())
    await delivered(day.ben.desk)
    await day.talked(after)
    await day.ended(after, day.ben)


async def handover_declined(day: Day) -> None:
    talk = await day.begun()
    sid = talk.person.sid
    taken = await comes(sid, day.anna, day.ben)
    await day.ben.offers(sid, 2, 0, taken.epoch_hint)
    await talk.person.expect(frames.Offered)
    await talk.person.send(frames.Decline(0))
    await day.ben.desk.hears(frames.SeatLeft(sid, 0, Left.DECLINED))
    await day.anna.desk.hears(frames.HandoverAnswered(sid, HandoverAnswer.DECLINED))
    await day.talked(talk)
    await day.ended(talk, day.anna)


async def supervised(day: Day) -> None:
    talk = await day.begun()
    sid, sara = talk.person.sid, day.sara
    await sara.desk.send(frames.Supervise(sid, sara.half))
    epoch = await let_in(talk.person, sara, await sara.desk.expect(frames.Taken))
    await talk.person.send(frames.Put(envelope(0, epoch, 0, day.text(), slot=1)))
    await talk.person.expect(frames.Stored)
    await delivered(sara.desk)
    await sara.desk.send(frames.PeerSend(day.anna.device, b"sealed among staff"))
    await day.anna.desk.expect(frames.PeerReceived)
    await sara.desk.send(frames.DeskEnd(sid, 1, EndHow.USUAL))
    await sara.desk.hears(frames.SeatLeft(sid, 1, Left.BY_ITSELF))
    await day.talked(talk)
    await day.ended(talk, day.anna)


async def given_back(day: Day) -> None:
    talk = await day.begun()
    await day.talked(talk)
    await day.anna.desk.send(frames.GiveBack(talk.person.sid))
    await day.anna.desk.hears(frames.SeatLeft(talk.person.sid, 0, Left.GIVEN_BACK))
    after = await day.taken(talk.person, day.ben)
    await day.talked(after)
    await day.ended(after, day.ben)


async def counsellor_lost(day: Day) -> None:
    talk = await day.begun()
    sid = talk.person.sid
    await talk.say(1, day.text())
    await dropped(day.anna.desk)
    lease_ends(day.service, sid, Member.COUNSELLOR)

    def away() -> bool:
        found = stored(day.service, sid)
        return found is not None and found.counsellor.presence is Presence.AWAY

    await until("away", away)
    age(day.service, sid, LOST_MS)
    await talk.person.hears(frames.BackToWaiting(Left.LOST))
    await day.anna.back()
    await day.anna.desk.hears(frames.SeatLeft(sid, 0, Left.LOST))
    after = await day.taken(talk.person, day.anna)
    await day.talked(after)
    await day.ended(after, day.anna)


async def at_risk(day: Day) -> None:
    talk = await day.begun()
    sid = talk.person.sid
    for risk in (Risk.CONCERN, Risk.IMMINENT):
        await day.anna.desk.send(frames.SetRisk(sid, risk))
        await day.anna.desk.hears(frames.RiskSet(sid, risk))
    while (alarm := await day.sara.desk.expect(frames.Alarm)).sid != sid:
        pass
    await day.sara.desk.send(frames.AnswerAlarm(alarm.alarm))
    await day.anna.desk.expect(frames.AlarmAnswered)
    await day.talked(talk)
    await day.ended(talk, day.anna, EndHow.USUAL)


async def boundary(day: Day) -> None:
    talk = await day.begun()
    await day.talked(talk)
    await day.ended(talk, day.anna, EndHow.BOUNDARY)


async def both_reload(day: Day) -> None:
    talk = await day.begun()
    await day.talked(talk)
    await dropped(talk.person)
    person = await HelpSeeker.open(day.service, day.brought())
    person.same_browser(talk.person)
    assert isinstance(await person.attach(), frames.Welcome)
    await day.anna.back()
    await day.anna.rejoin(person.sid)
    after = Talk(person, day.anna.desk, talk.epoch)
    await day.talked(after, 3, 4)
    await day.ended(after, day.anna)


WAYS = (
    usual,
    leaves_while_waiting,
    handed_over,
    handover_declined,
    supervised,
    given_back,
    counsellor_lost,
    at_risk,
    boundary,
    both_reload,
)  # fmt: skip


async def work(day: Day, conversations: int) -> None:
    """So many, in every way there is, one after the other; settings are changed in between."""
    for number in range(conversations):
        await WAYS[number % len(WAYS)](day)
        if number % len(WAYS) == 0:
            await day.settings_change()
