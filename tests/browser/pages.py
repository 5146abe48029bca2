# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages as somebody uses them: tests speak of these, only this file knows the markup."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self, TypeVar

from playwright.sync_api import Browser, BrowserContext, Locator, Page, WebSocket, expect

from chat.protocol import codec, frames
from chat.protocol.types import DutyStatus
from tests.support.service import Service

PATIENCE = 90_000
"""Milliseconds until what does not happen fails a test; never a measure of speed."""

T = TypeVar("T")
Passkey = dict[str, object]
"""A credential as the DevTools protocol's WebAuthn domain writes it."""


class _Wires:
    """The frames a page received, as its WebSockets carry them."""

    def __init__(self, page: Page, decode: Callable[[bytes], object]) -> None:
        self.received: list[object] = []
        self._decode = decode
        page.on("websocket", self._opened)

    def _opened(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._frame)

    def _frame(self, data: str | bytes) -> None:
        if isinstance(data, bytes):
            self.received.append(self._decode(data))

    def since(self, earlier: type[object], kind: type[T]) -> T | None:
        """The last frame of a kind that came after the last of another."""
        for frame in reversed(self.received):
            if isinstance(frame, earlier):
                return None
            if isinstance(frame, kind):
                return frame
        return None

    def last(self, kind: type[T]) -> T | None:
        return next((frame for frame in reversed(self.received) if isinstance(frame, kind)), None)


class HelpSeekerPage:
    """The one page of a help-seeker."""

    def __init__(self, page: Page, service: Service) -> None:
        self.page = page
        self.service = service
        self.wires = _Wires(page, codec.decode_to_help_seeker)
        page.set_default_timeout(PATIENCE)

    @classmethod
    def open(cls, browser: Browser, service: Service, **context: object) -> Self:
        made = cls(browser.new_context(**context).new_page(), service)  # type: ignore[arg-type]  # options of a context
        made.page.goto(service.help_seeker)
        return made

    def start(self) -> str:
        """Press the one button; returns the worker."""
        self.page.get_by_role("button", name="Start talking").click()
        self.page.get_by_role("heading", name="You are in the waiting room").wait_for()
        return self.worker()

    def worker(self) -> str:
        welcome = self.wires.last(frames.Welcome)
        assert welcome is not None
        return welcome.worker

    def stop_waiting(self) -> None:
        self.page.get_by_role("button", name="Stop waiting").click()
        self.page.get_by_role("button", name="Yes, stop waiting").click()
        self.is_over()

    def is_over(self) -> None:
        """Over, and the server has confirmed that it deleted what it held."""
        self.page.get_by_role("heading", name="The conversation is over").wait_for()
        self.page.get_by_text("What our server held of it is deleted.").wait_for()

    def with_counsellor(self, alias: str) -> None:
        self.page.get_by_role("heading", name=f"You are talking with {alias}").wait_for()

    def write(self, text: str) -> None:
        self.page.get_by_label("Your message").fill(text)
        self.page.get_by_role("button", name="Send", exact=True).click()

    def lines(self) -> list[tuple[str, str]]:
        """What the page shows: ("own" | "peer", text), in order."""
        return [
            ("own" if "own" in (line.get_attribute("class") or "") else "peer", _text(line, ".text"))
            for line in self.page.locator("[role=log] .line").all()
        ]

    def shows(self, text: str) -> None:
        expect(self.page.locator("[role=log] .line .text").filter(has_text=text)).to_have_count(
            1, timeout=PATIENCE
        )

    def all_delivered(self, count: int) -> None:
        expect(self.page.locator("[role=log] .line.own .state")).to_have_text(
            ["delivered"] * count, timeout=PATIENCE
        )

    def resume_after_reload(self) -> None:
        self.page.reload()
        self.page.get_by_role("heading", name="Continue the conversation?").wait_for()
        assert self.lines() == []
        self.page.get_by_role("button", name="Continue", exact=True).click()
        self.page.get_by_role("heading", name="You are talking with").wait_for()

    def end(self) -> None:
        self.page.get_by_role("button", name="End the conversation").click()
        self.page.get_by_role("button", name="Yes, end it").click()

    def close(self) -> None:
        self.page.context.close()


class DeskPage:
    """The desk of one counsellor."""

    def __init__(self, page: Page, service: Service) -> None:
        self.page = page
        self.service = service
        self.wires = _Wires(page, codec.decode_to_desk)
        page.set_default_timeout(PATIENCE)

    @classmethod
    def open(cls, context: BrowserContext, service: Service) -> Self:
        return cls(context.new_page(), service)

    def give_passkeys(self, *passkeys: Passkey) -> None:
        """A virtual authenticator, instead of a finger; it may bring passkeys along."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        for passkey in passkeys:
            session.send("WebAuthn.addCredential", {**made, "credential": passkey})
        self._authenticator = (session, made)

    def passkeys(self) -> list[Passkey]:
        """What the authenticator holds; it is no part of the browser's profile."""
        session, made = self._authenticator
        held: list[Passkey] = session.send("WebAuthn.getCredentials", made)["credentials"]
        return held

    def enrol(self, link: str, alias: str) -> None:
        """Follow a one-time link to the open desk, and go on duty."""
        self.give_passkeys()
        self.page.goto(link)
        self.page.get_by_label("The name that help-seekers see").fill(alias)
        self.page.get_by_role("button", name="Make my key and passkey").click()
        self.sign_in()

    def ask_to_be_certified(self, link: str) -> None:
        """Follow a one-time link as far as one comes alone."""
        self.give_passkeys()
        self.page.goto(link)
        self.page.get_by_role("button", name="Make my key and passkey").click()
        self.page.get_by_text("Your request is sent").wait_for()

    def sign_in(self) -> None:
        self.page.get_by_role("button", name="Sign in").click()
        self.is_open()
        self.go_on_duty()

    def go_on_duty(self) -> None:
        """In every language there is, if this desk is off duty."""
        if self.stands() is not DutyStatus.OFF:
            return
        self.page.get_by_role("button", name="Go on duty").click()
        self.page.get_by_role("dialog").get_by_role("button", name="Go on duty").click()
        self.page.get_by_role("button", name="Take a break").wait_for()

    def stands(self) -> DutyStatus:
        """How the server says this desk stands, since it welcomed it."""
        while (duty := self.wires.since(frames.DeskWelcome, frames.Duty)) is None:
            self.page.wait_for_timeout(20)
        return duty.status

    def sign_out(self) -> None:
        with self.page.expect_response("**/api/sign-out"):
            self.page.get_by_role("banner").get_by_role("button", name="Sign out").click()
        self.is_signed_out()

    def is_signed_out(self) -> None:
        self.page.get_by_role("heading", name="The counsellors' desk").wait_for()

    def token(self) -> str:
        """The session's cookie."""
        (cookie,) = self.page.context.cookies(self.service.desk)
        return cookie["value"]

    def go(self, place: str) -> None:
        """To the desk, the team or one's devices; always drawn anew."""
        places = self.page.get_by_role("navigation", name="Places")
        places.get_by_role("button", name="Desk").click()
        places.get_by_role("button", name=place).click()

    def invite(self, alias: str, *roles: str) -> str:
        """As a manager: the one-time link for a new person; a counsellor, and what else is named."""
        self.go("Team")
        self.page.get_by_label("Name", exact=True).fill(alias)
        for role in roles:
            self.page.get_by_role("checkbox", name=role).check()
        self.page.get_by_role("button", name="Make the link").click()
        link = self.page.get_by_label("The link for this person").input_value()
        self.page.get_by_role("button", name="I have handed it over").click()
        return link

    def asking(self, alias: str) -> Locator:
        """The row of somebody who asks to be certified."""
        rows = self.page.get_by_role("listitem").filter(has_text=alias)
        return rows.filter(has_text="Asks to be certified")

    def certify(self, alias: str) -> None:
        self.go("Team")
        self.asking(alias).get_by_role("button", name="Certify").click()
        self.asking(alias).wait_for(state="detached")

    def is_open(self) -> None:
        self.page.get_by_role("heading", name="Waiting room").wait_for()
        self.page.get_by_text("Connected", exact=True).wait_for()

    def worker(self) -> str:
        welcome = self.wires.last(frames.DeskWelcome)
        assert welcome is not None
        return welcome.worker

    def sees_waiting(self, count: int) -> None:
        """So many rows in the waiting room."""
        expect(self.page.locator(".entries .entry")).to_have_count(count)

    def help_next(self) -> None:
        """Once there is somebody to help."""
        self.page.get_by_role("button", name="Help the next person").click()

    def pane(self, label: str) -> Locator:
        return self.page.get_by_role("region", name=f"Conversation {label}")

    def labels(self) -> list[str]:
        return [label.inner_text() for label in self.page.locator(".list-label").all()]

    def write(self, label: str, text: str) -> None:
        self.page.get_by_role("textbox", name=f"Reply to {label}").fill(text)
        self.page.get_by_role("button", name=f"Send to {label}").click()

    def lines(self, label: str) -> list[tuple[str, str]]:
        return [
            ("own" if "own" in (line.get_attribute("class") or "") else "peer", _text(line, ".line-text"))
            for line in self.pane(label).locator("[role=log] .line").all()
        ]

    def shows(self, label: str, text: str) -> None:
        lines = self.pane(label).locator("[role=log] .line .line-text").filter(has_text=text)
        expect(lines).to_have_count(1, timeout=PATIENCE)

    def end(self, label: str) -> None:
        self.pane(label).get_by_role("button", name=f"End {label}").click()
        self.page.get_by_role("dialog").get_by_role("button", name="End the conversation").click()

    def put_away(self, label: str) -> None:
        """Wrap up what was said, the first choice of each; or, without a line, just put it away."""
        pane = self.pane(label)
        if pane.locator("[role=log] .line").count() == 0:
            pane.get_by_role("button", name="Done").click()
        else:
            for group in ("What was it about?", "Risk", "How did it end?"):
                pane.get_by_role("group", name=group).get_by_role("radio").first.check()
            pane.get_by_role("button", name="Send, and put the text away").click()
        pane.wait_for(state="detached")

    def all_delivered(self, label: str, count: int) -> None:
        lines = self.pane(label).locator("[role=log] .line.own")
        expect(lines).to_have_count(count, timeout=PATIENCE)
        expect(lines.and_(self.page.locator(".delivered"))).to_have_count(count, timeout=PATIENCE)

    def close(self) -> None:
        self.page.context.close()


def _text(line: Locator, selector: str) -> str:
    """The words of a line, without what only a screen reader gets."""
    return str(
        line.locator(selector).evaluate(
            "node => [...node.childNodes].filter(child => child.nodeType === 3)"
            ".map(child => child.data).join('')"
        )
    )
