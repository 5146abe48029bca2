# SPDX-License-Identifier: AGPL-3.0-or-later
"""The running production set as raw connections reach it, by TLS or by the onion address; its containers."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from chat.live.live import Live
from chat.protocol import frames
from chat.protocol.types import VERSION, About, Urgency
from chat.records import Records
from chat.records.refusals import RecordsRefused
from chat.rules.content import Kind, OwnWords, Texts
from chat.rules.roles import Role
from chat.web.desk_sessions import DeskSessions
from tests.support.clients import HelpSeeker
from tests.support.enrolled import enrolled
from tests.support.service import Service
from tests.support.work import solve

FOLDER = os.environ.get("KENTERING_SET", "")
SOCKS = os.environ.get("KENTERING_SET_SOCKS", "")
HEALS_S = 120.0


def compose(*arguments: str) -> str:
    command = ["docker", "compose", *arguments]
    return subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=True).stdout


def settings() -> dict[str, str]:
    lines = (Path(FOLDER) / ".env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def inspected(name: str, what: str) -> str:
    container = compose("ps", "--all", "--quiet", name).strip()
    command = ["docker", "inspect", "-f", what, container]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def health(name: str) -> str:
    """The number of its first process on this computer, and how it is."""
    return inspected(name, "{{.State.Pid}} {{.State.Health.Status}}")


def kill(name: str) -> None:
    """Kill a container and wait until it is well again."""
    heals(name, end_first_process(name))


def end_first_process(name: str) -> str:
    """End the first process of a container as the kernel would; returns its number on this computer."""
    pid = health(name).split()[0]
    os.kill(int(pid), signal.SIGKILL)
    return pid


def heals(name: str, before: str) -> None:
    until = time.monotonic() + HEALS_S
    while True:
        pid, standing = health(name).split()
        if pid not in {"0", before} and standing == "healthy":
            return
        assert time.monotonic() < until, f"{name} is {standing}"
        time.sleep(0.2)


def _unchecked() -> ssl.SSLContext:
    """The set's certificates are made by itself, for trying it out."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@dataclass
class Reached:
    """What tests of connections ask of a service."""

    help_seeker: str
    desk: str
    live_url: str
    records_url: str
    reach: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def found(cls) -> Reached:
        """The set that runs, by TLS; the stores by their addresses in the networks of the containers."""
        names, secrets = settings(), Path(FOLDER) / "secrets"
        live, records = ((secrets / f"{one}_password").read_text().strip() for one in ("live", "records"))
        addresses = [
            inspected(one, "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}")
            for one in ("live", "records")
        ]
        return cls(
            f"https://{names['KENTERING_HELP_SEEKER_HOST']}",
            f"https://{names['KENTERING_DESK_HOST']}",
            f"redis://kentering:{live}@{addresses[0]}:6379",
            f"postgresql://kentering:{records}@{addresses[1]}/kentering",
            {"host": "127.0.0.1", "ssl": _unchecked()},
        )

    def over_tor(self) -> Reached:
        """Help-seekers by the onion address."""
        onion = f"http://{settings()['KENTERING_ONION']}"
        return Reached(onion, self.desk, self.live_url, self.records_url, {"proxy": f"socks5h://{SOCKS}"})

    def as_service(self) -> Service:
        """For the clients, who ask no more of a service."""
        return cast("Service", self)

    async def sign_in(self, staff: bytes, device: bytes, *roles: Role, alias: str | None = None) -> str:
        """A desk session as the passkey would make it; returns the cookie's value."""
        await enrolled(self.records_url, [(staff, device)], roles or (Role.SUPERVISOR,), alias)
        live = await Live.open(self.live_url)
        try:
            return await DeskSessions(live.desk, lambda: int(time.time()), os.urandom).create(staff, device)
        finally:
            await live.close()

    async def opens_intake(self) -> None:
        """A manager stands behind the wording in English."""
        records = await Records.open(self.records_url)
        words = Texts({"en": OwnWords(confidentiality="It rains", approved=True)})
        try:
            with suppress(RecordsRefused):  # it is set already
                await records.content.put(Kind.TEXTS, words, version=0, by=None, now=int(time.time()))
        finally:
            await records.close()

    async def help_seeker_waits(self, by: Reached | None = None) -> HelpSeeker:
        """Somebody who waits; `by`: who comes another way. The work is fetched by TLS."""
        person = await HelpSeeker.open((by or self).as_service())
        await person.send(frames.Work(solve(await asyncio.to_thread(self._challenge))))
        hashed = hashlib.sha256(person.ticket).digest()
        await person.send(
            frames.Start(VERSION, person.sid, hashed, person.half, "en", About.UNSAID, Urgency.USUAL)
        )
        person.welcome = await person.expect(frames.Welcome)
        return person

    def _challenge(self) -> dict[str, Any]:
        host = self.help_seeker.partition("//")[2]
        connection = http.client.HTTPConnection(host)
        plain = socket.create_connection(("127.0.0.1", 443))
        connection.sock = _unchecked().wrap_socket(plain, server_hostname=host)
        with closing(connection):
            connection.request("GET", "/work")
            made: dict[str, Any] = json.load(connection.getresponse())
            return made
