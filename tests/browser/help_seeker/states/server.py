# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every state of the pages that the server renders: with their intake, and the whole way without script.

A state is made of documents by path, the page itself and its frames. It is known which templates took part,
so that a new one without a state is seen.
"""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Callable, Coroutine, Iterator, Mapping
from functools import partial
from typing import Any

from fastapi import FastAPI
from starlette.routing import Route
from starlette.testclient import TestClient

from chat.protocol.types import About, EndedBy, ErrorCode, Urgency
from chat.records.content import shipped
from chat.rules import events as ev
from chat.rules.content import Kind as Setting
from chat.rules.conversation import step
from chat.rules.crisis_lines import CrisisLines
from chat.rules.reveals import Kind
from chat.rules.shown import Shown
from chat.rules.wait_estimate import Wait
from chat.sealing.lines import LineState
from chat.sealing.star import Said
from chat.web.apps import BUILD
from chat.web.assets import Assets
from chat.web.first_page import Intake, Stands, Times
from chat.web.help_seeker_pages import HelpSeekerPages, Site
from chat.web.texts import Texts, Translator
from chat.web.without_script import waiting, words
from chat.web.without_script.pages import Pages, Tongue
from chat.web.without_script.waiting import Taps
from chat.web.without_script.words import Panel, Question

TEXTS = Texts.load()
FORM = bytes(16)
OPENS = datetime.datetime(2026, 11, 28, 16, 0, tzinfo=zoneinfo.ZoneInfo("Europe/Brussels"))
Documents = Mapping[str, str]
"""Path -> page; the one at `/` or `/talk` is what is looked at."""
NOW, UNTIL = OPENS - datetime.timedelta(hours=22), OPENS - datetime.timedelta(hours=18)
HOURS = Times(NOW, UNTIL, OPENS)
INTAKES = {
    "open": Intake(Stands.OPEN),
    "short wait": Intake(Stands.SHORT_WAIT, Wait(0, 3)),
    "short wait, a range": Intake(Stands.SHORT_WAIT, Wait(3, 10)),
    "long wait": Intake(Stands.LONG_WAIT, Wait(10, 45)),
    "long wait, no end known": Intake(Stands.LONG_WAIT, Wait(20, None)),
    "full": Intake(Stands.FULL),
    "full, open until": Intake(Stands.FULL, times=HOURS),
    "closed": Intake(Stands.CLOSED),
    "closed, opens": Intake(Stands.CLOSED, times=Times(NOW, None, OPENS)),
    "closed, may open": Intake(Stands.CLOSED, times=HOURS),
    "lost": Intake(Stands.LOST),
}
assert {one.stands for one in INTAKES.values()} == set(Stands)


def site(stands: Callable[[], Intake] = lambda: INTAKES["short wait"]) -> Site:
    entries = Assets(BUILD, b"").entries
    lines = shipped()[Setting.LINES]
    assert isinstance(lines, CrisisLines)

    async def intake(_language: str) -> Intake:
        return stands()

    async def held() -> Shown | None:
        return HELD

    return Site(
        script="page.js",
        style=entries["help_seeker"]["style"],
        plain_style=entries["without_script"]["style"],
        leave_to="/leave",
        demo=False,
        https=True,
        fingerprints=lambda: ("13579 24680 11223 34455 66778 89900",),
        intake=intake,
        languages=TEXTS.translators,
        lines=lambda: lines.lines,
        held=held,
    )


def said(own: bool, text: str, state: LineState = LineState.DELIVERED, *, summary: bool = False) -> Said:
    return Said(bytes(16), 0, own, "" if own else "Anna", text, state, 0, True, summary)


TALK = (said(True, "The weather is mild"), said(False, "Good evening. It rains here."))
HELD = Shown(1, 2, 1, 1, 0)
TICKET = "0" * 32
UNSENT = (*TALK, said(True, "One more thing", LineState.SENT))


class ServerStates:
    """All of them, by name; each is rendered when it is asked for."""

    def __init__(self) -> None:
        self._intake = INTAKES["short wait"]
        self._pages = HelpSeekerPages(site(lambda: self._intake), TEXTS)
        self._app = FastAPI()
        self._app.include_router(self._pages.router())
        self._states: dict[str, Callable[[Translator], Documents]] = dict(self._all())

    def names(self) -> list[str]:
        return list(self._states)

    def render(self, name: str, text: Translator) -> Documents:
        self._intake = INTAKES.get(name.removeprefix("first: "), INTAKES["short wait"])
        return self._states[name](text)

    def templates(self) -> set[str]:
        """Those that took part so far."""
        return {str(name) for _, name in self._pages._jinja.cache or ()}

    def _all(self) -> Iterator[tuple[str, Callable[[Translator], Documents]]]:
        for name in INTAKES:
            yield f"first: {name}", partial(self._get, "/")
        for route in self._pages.router().routes:
            if isinstance(route, Route) and route.path not in {"/", "/icon.svg", "/reading/pieces"}:
                yield f"page: {route.path[1:]}", partial(self._get, route.path)
        for status in (404, 500, 503):
            yield f"error: {status}", partial(self._error, status)
        for name, make in PLAIN.items():
            yield f"without script: {name}", partial(self._plain, make)
        for by in EndedBy:
            yield f"without script: ended, {by.name}", partial(self._plain, partial(_ended, by))
        for code in distinct_refusals():
            yield f"without script: refused, {code.name}", partial(self._plain, partial(_refused, code))

    def _get(self, path: str, text: Translator) -> Documents:
        return {"/": TestClient(self._app).get(path, params={"language": text.language}).text}

    def _error(self, status: int, text: Translator) -> Documents:
        return {"/": self._pages.error(text, status)}

    def _plain(self, make: Callable[[Pages], Documents], text: Translator) -> Documents:
        return make(Pages(self._pages, Tongue(text, False)))


def distinct_refusals() -> list[ErrorCode]:
    """Of codes that are told in the same words, the first."""
    english = TEXTS.choose("en")
    told: dict[Panel, ErrorCode] = {}
    for code in ErrorCode:
        told.setdefault(words.refused(english, code), code)
    return list(told.values())


def at_once(work: Coroutine[Any, Any, str]) -> str:
    """The outcome of what waits for nothing here: the browser's driver has the loop of this thread."""
    try:
        work.send(None)
    except StopIteration as done:
        return str(done.value)
    raise AssertionError("it waits for something")


def _ended(by: EndedBy, pages: Pages) -> Documents:
    return {"/talk": pages.over(pages.ended(by, "Anna"), UNSENT, ticket=TICKET)}


def _refused(code: ErrorCode, pages: Pages) -> Documents:
    return {"/talk": pages.refused(words.refused(pages.text, code, HOURS))}


def _shell(pages: Pages, stream: str, write: str | None = None) -> Documents:
    return {
        "/talk": pages.shell(FORM),
        "/talk/live": pages.live(),
        "/talk/stream": stream,
        "/talk/write": write or pages.write(FORM),
        "/talk/felt": pages.felt(),
        "/talk/describe": pages.taps(Taps(About.ME, Urgency.ACUTE)),
    }


def _streamed(pages: Pages, *pieces: bytes) -> str:
    return b"".join((pages.opening(), *pieces, pages.closing())).decode()


def _waits(pages: Pages) -> bytes:
    t = pages.text.t
    return pages.standing(Panel(t("You are in the waiting room"), (t("You are next."),)), waits=True)


def _talks(pages: Pages) -> bytes:
    t = pages.text.t
    here = pages.standing(
        Panel(t("You are talking with {name}", name="Anna"), (t("The counsellor is here"),)),
        waits=False,
    )
    lines = pages.lines(TALK, several=False)
    return here + lines + pages.mark(words.mark(pages.text, TALK)) + pages.sign_of_life(1)


def _waiting(pages: Pages) -> Documents:
    return _shell(pages, _streamed(pages, _waits(pages)))


def _nobody(pages: Pages) -> Documents:
    return _in_room(pages, waiting.Place(2, attended=False), 0)


def _long_wait(pages: Pages) -> Documents:
    return _in_room(pages, waiting.Place(2, Wait(10, None)), 16)


def _in_room(pages: Pages, place: waiting.Place, minutes: int) -> Documents:
    t = pages.text
    began = ev.Started("en", 1, 0)
    found = step(None, began).state
    assert found is not None
    where = waiting.texts(t, place, found, HOURS, minutes * 60_000)
    return _shell(
        pages, _streamed(pages, pages.standing(Panel(t.t("You are in the waiting room"), where), waits=True))
    )


def _left(pages: Pages) -> Documents:
    left = waiting.left(pages.text, Intake(Stands.OPEN, times=HOURS))
    return {"/talk": pages.over(pages.ended(EndedBy.HELP_SEEKER, None, left=left))}


def _kept(pages: Pages) -> Documents:
    kept = (said(True, "The weather is mild", LineState.WAITING),)
    pieces = (pages.lines(kept, several=False), pages.mark(words.mark(pages.text, kept)))
    return _shell(pages, _streamed(pages, _waits(pages), *pieces), pages.write(FORM, sent=True))


def _talking(pages: Pages) -> Documents:
    return _shell(pages, _streamed(pages, _talks(pages)))


def _flaw(pages: Pages) -> Documents:
    text = "look at www.example.org"
    field = pages.write(FORM, text=text, flaw=words.not_sent(pages.text, "link"))
    return _shell(pages, _streamed(pages, _talks(pages)), field)


def _may_show(pages: Pages) -> Documents:
    text = "My number is 06 12 34 56 78, write to anna@example.com"
    return _shell(pages, _streamed(pages, _talks(pages)), pages.write(FORM, text=text, noticed=list(Kind)))


def _asked(pages: Pages) -> Documents:
    t = pages.text.t
    title, about = (
        t("Go on with {name}?", name="Ben"),
        t(
            "{current} hands the conversation over to {name}. {name} can't see what was written before.",
            current="Anna",
            name="Ben",
        ),
    )
    question = Question(0, bytes(32), title, about, "We spoke about the weather.")
    return _shell(pages, _streamed(pages, _talks(pages), pages.asked(question, FORM)))


def _noticed(pages: Pages) -> Documents:
    t = pages.text.t
    notice = pages.notice(t("{name} is here now.", name="Anna"))
    summary = pages.lines((said(False, "We spoke about the weather.", summary=True),), several=True)
    return _shell(pages, _streamed(pages, _talks(pages), notice, summary))


def _finished(pages: Pages) -> Documents:
    end = pages.finish(pages.ended(EndedBy.COUNSELLOR, "Anna", said_inside=True), UNSENT, TICKET)
    return _shell(pages, _streamed(pages, _talks(pages), end), pages.write(None))


def _gone(pages: Pages) -> Documents:
    return _shell(pages, pages.gone(pages.ended(EndedBy.UNKNOWN, None)), pages.write(None, text="Too late"))


PLAIN: dict[str, Callable[[Pages], Documents]] = {
    "start": lambda pages: {"/talk": at_once(pages.start())},
    "waiting": _waiting,
    "waiting for long": _long_wait,
    "nobody on duty": _nobody,
    "left the waiting room": _left,
    "two taps": lambda pages: {"/talk": pages.taps(Taps(About.ME, Urgency.ACUTE))},
    "taps too late": lambda pages: {"/talk": pages.taps(None)},
    "kept": _kept,
    "talking": _talking,
    "a link": _flaw,
    "asked": _asked,
    "noticed": _noticed,
    "finished": _finished,
    "gone": _gone,
    "in another tab": lambda pages: _shell(pages, pages.elsewhere()),
    "trouble": lambda pages: _shell(pages, pages.trouble()),
    "what it felt like": lambda pages: {"/talk": pages.thanks(counted=True, framed=False)},
    "too late to count": lambda pages: _shell(pages, pages.thanks(counted=False, framed=True)),
    "may show who": _may_show,
    "erased": lambda pages: {"/talk": pages.over(words.erased(pages.text, 3, "Anna"))},
}
