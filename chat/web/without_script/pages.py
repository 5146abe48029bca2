# SPDX-License-Identifier: AGPL-3.0-or-later
"""Renders the pages without script, and the pieces a stream appends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chat.protocol.types import EndedBy
from chat.rules.reveals import Kind
from chat.sealing.lines import LineState
from chat.sealing.star import Said
from chat.web.help_seeker_pages import HelpSeekerPages
from chat.web.reading import pieces
from chat.web.texts import Translator
from chat.web.without_script import guard, words
from chat.web.without_script.waiting import Taps
from chat.web.without_script.words import Panel, Question

_AGAIN_AFTER = 3  # seconds
_PIECE = 1024
"""A piece is filled up to a multiple of this many bytes, so that its length says little of what is in it."""


@dataclass(frozen=True, slots=True)
class Tongue:
    """The language a page is in."""

    text: Translator
    chosen: bool
    """By a tap: then every address of the conversation says so, since there is no other memory of it."""

    @property
    def query(self) -> str:
        """What addresses end with."""
        return f"?language={self.text.language}" if self.chosen else ""


class Pages:
    """Pages and pieces in one language."""

    def __init__(self, site: HelpSeekerPages, tongue: Tongue) -> None:
        self._site = site
        self.tongue = tongue
        self.text = tongue.text

    async def start(self) -> str:
        """Where one may start."""
        return self._render("start", intake=await self._site.intake(self.text))

    def refused(self, panel: Panel) -> str:
        """One may not start now."""
        return self._render("refused", panel=panel, unsent=[])

    def shell(self, form: bytes) -> str:
        """The page around the conversation; its address never changes."""
        return self._render("shell", form=form.hex(), pieces=pieces(self.text))

    def over(self, panel: Panel, lines: Sequence[Said] = (), *, ticket: str = "") -> str:
        """It is over. With a ticket it is asked how it feels now."""
        return self._render("over", panel=panel, unsent=_unsent(lines), ticket=ticket, framed=False)

    def felt(self, said: str = "") -> str:
        """The frame that asks how heavy it feels before a talk, or what became of it."""
        return self._render("felt", said=said, ticket="")

    def thanks(self, *, counted: bool, framed: bool) -> str:
        """How it feels was said, in the page or in the frame of the stream."""
        return self._render(
            "gone" if framed else "over", panel=words.counted(self.text, counted), unsent=[], ticket=""
        )

    def write(
        self,
        form: bytes | None,
        *,
        text: str = "",
        flaw: str = "",
        noticed: Sequence[Kind] = (),
        sent: bool = False,
    ) -> str:
        """The field to write in; without a form: it is over. `noticed`: asked before the text is sent."""
        return self._render(
            "write",
            form=form.hex() if form else "",
            text=text,
            flaw=flaw,
            noticed=words.noticed(self.text, noticed),
            told=guard.written(noticed),
            sent=sent,
        )

    def taps(self, said: Taps | None) -> str:
        """The frame in which two things can be said by a tap; None: nobody waits any more."""
        return self._render("taps", taps=said)

    def live(self) -> str:
        """The frame around the stream."""
        return self._render("live")

    def refresh(self, generation: int) -> str:
        """The header that brings a broken stream back. A refresh counts from when a document is complete, and
        the frame is not before what is in it is (HTML, declarative refresh). A document that breaks off
        itself never is: so there is a frame around it.
        """
        return f"{_AGAIN_AFTER};url=/talk/live?after={generation}{self.tongue.query.replace('?', '&')}"

    def elsewhere(self) -> str:
        """Another tab goes on with it."""
        return self._render("elsewhere")

    def gone(self, panel: Panel) -> str:
        """In the frame of the stream: it is over."""
        return self._render("gone", panel=panel, unsent=[])

    def trouble(self) -> str:
        """The live store is away; the frame around it tries again."""
        return self._render("trouble")

    # --- pieces ---

    def opening(self) -> bytes:
        """The beginning of a stream."""
        return _filled(self._render("stream"))

    def standing(self, panel: Panel, *, waits: bool) -> bytes:
        """Who is here; takes the place of the one before. `waits`: in the room, where the organisation
        has words of its own.
        """
        return _filled(self._render("now", panel=panel, waits=waits))

    def lines(self, lines: Sequence[Said], *, several: bool) -> bytes:
        """Lines of the conversation."""
        return _filled("".join(self._render("line", said=said, several=several) for said in lines))

    def mark(self, mark: str) -> bytes:
        """How far the person's own lines have come; takes the place of the one before."""
        return _filled(self._render("mark", mark=mark))

    def asked(self, question: Question | None, form: bytes) -> bytes:
        """A question, or that there is none any more; takes the place of the one before."""
        return _filled(self._render("asked", asked=question, form=form.hex()))

    def notice(self, notice: str) -> bytes:
        """Something that happened."""
        return _filled(self._render("notice", notice=notice))

    def finish(self, panel: Panel, lines: Sequence[Said], ticket: str) -> bytes:
        """It is over."""
        return _filled(self._render("finish", panel=panel, unsent=_unsent(lines), ticket=ticket, framed=True))

    def sign_of_life(self, beat: int) -> bytes:
        """A picture to fetch: so we see that the browser is there."""
        return _filled(self._render("beat", beat=beat))

    def closing(self) -> bytes:
        """The end of a stream."""
        return _filled(self._render("stream_end"))

    def ended(
        self, by: EndedBy, name: str | None, *, said_inside: bool = False, left: tuple[str, ...] = ()
    ) -> Panel:
        """How it ended, in words."""
        return words.ended(self.text, by, name, said_inside=said_inside, left=left)

    def _render(self, page: str, **values: object) -> str:
        return self._site.render(f"talk/{page}.html", self.text, chosen=self.tongue.query, **values)


def _unsent(lines: Sequence[Said]) -> list[str]:
    return [said.text for said in lines if said.own and said.state is not LineState.DELIVERED]


def _filled(html: str) -> bytes:
    data = html.encode() + b"\n"
    return data.ljust(-(-len(data) // _PIECE) * _PIECE)
