# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a visitor brings along is nowhere; what a conversation needs is there, and gone with it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import subprocess
import sys
from urllib.parse import quote

import pytest

from chat.protocol import codec, frames
from chat.protocol.types import VERSION, About, Urgency
from tests.faults.raw import PING, TEXT, RawSocket, upgrade
from tests.faults.waiting import kill_workers, until
from tests.privacy.scan import found, scanned
from tests.support.clients import PATIENCE, HelpSeeker, envelope
from tests.support.people import desk_on, help_seeker_on, talk
from tests.support.service import Service

pytestmark = pytest.mark.anyio  # those that are asynchronous

BROUGHT = {
    "address": b"198.51.100.77",
    "user agent": b"Canarybrowser/7.5 (Nestbox)",
    "referrer": b"https://canary.example/searched-for",
    "cookie": b"canary_cookie_5f1c",
    "query": b"canary_query_91aa",
    "path": b"canary_path_27bd",
    "body": b"canary_body_c0de",
    "language": b"zz-canary",
    "token": b"canary_desk_token_44",
    "a header": b"canary_header_08",
}


def headers() -> list[str]:
    text = {name: value.decode() for name, value in BROUGHT.items()}
    return [
        f"X-Forwarded-For: {text['address']}",
        f"X-Real-IP: {text['address']}",
        f"Forwarded: for={text['address']}",
        f"User-Agent: {text['user agent']}",
        f"Referer: {text['referrer']}",
        f"Cookie: c={text['cookie']}; kentering_desk={text['token']}",
        f"Accept-Language: {text['language']}",
        f"X-Anything: {text['a header']}",
    ]


def request(service: Service, line: str, origin: str, body: bytes = b"", *more: str) -> bytes:
    host = origin.partition("//")[2]
    lines = [line, f"Host: {host}", *headers(), *more, f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def answer(service: Service, data: bytes) -> bytes:
    """Everything the service says to this, until it closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    writer.write(data)
    with contextlib.suppress(ConnectionError):
        said = await asyncio.wait_for(reader.read(), PATIENCE)
    writer.transport.abort()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    return said


async def visit(service: Service) -> list[bytes]:
    """Pages, errors of every kind, and what no browser sends; returns all answers."""
    path, query = BROUGHT["path"].decode(), BROUGHT["query"].decode()
    body = b'{"code": "' + BROUGHT["body"] + b'"}'
    json = "Content-Type: application/json"
    origins = (service.help_seeker, service.desk)
    requests = [
        request(service, line, origin)
        for origin in origins
        for line in (
            f"GET /?q={query} HTTP/1.1",
            f"GET /private?{query} HTTP/1.1",
            f"GET /{path}?{query} HTTP/1.1",
            f"GET /assets/{path}.js HTTP/1.1",
            f"GET /{quote('ü')}{path}%00%2e%2e/ HTTP/1.1",
            f"DELETE /{path} HTTP/1.1",
            "PUT / HTTP/1.1",
        )
    ]
    requests += [
        request(service, f"{method} /api/{path}?{query} HTTP/1.1", service.desk, body, json)
        for method in ("GET", "POST", "DELETE")
    ]
    requests += [
        request(service, f"POST /api/{name} HTTP/1.1", service.desk, sent, json, f"Origin: {service.desk}")
        for name in ("sign-in/options", "sign-in", "enrol", "invitations", "sign-out")
        for sent in (body, b"[" * 5000 + BROUGHT["body"], b"\xff" + BROUGHT["body"])
    ]
    requests += [
        request(service, "GET / HTTP/1.1", f"http://{path}.example"),
        b"BROKEN " + BROUGHT["body"] + b"\r\n\r\n",
        b"GET /" + BROUGHT["path"] + b" HTTP/9.9\r\n\r\n",
        upgrade(f"127.0.0.1:{service.port}", BROUGHT["referrer"].decode(), *headers()),
        upgrade(
            f"localhost:{service.port}", service.desk, "Cookie: kentering_desk=\xff" + path, *headers()[:3]
        ),
        upgrade(f"{path}.example", service.desk, *headers()),
    ]
    return [await answer(service, data) for data in requests]


async def provoke(socket: RawSocket) -> None:
    """Frames that are refused for every reason, each with something that must not be kept."""
    for data in (
        b"\x92\x03\xda" + BROUGHT["body"],
        BROUGHT["body"] * 40,
        b"\x93\x07" + BROUGHT["body"],
        bytes(8193),
    ):
        await socket.send(data)
    await socket.send(BROUGHT["body"], TEXT)
    await socket.send(BROUGHT["body"], PING)
    await socket.echo()


def test_the_scan_finds_what_was_planted(service: Service) -> None:
    control = {"control": os.urandom(12).hex().encode()}
    text = control["control"].decode()
    assert not found(service, control)

    with service.output.open("ab") as log:
        log.write(control["control"] + b"\n")
    (service.data / "planted").write_text(text, encoding="utf-8")
    with contextlib.closing(sqlite3.connect(service.data / "records" / "records.sqlite3")) as records:
        records.execute("CREATE TABLE planted (control TEXT)")
        records.execute("INSERT INTO planted VALUES (?)", [text])
        records.commit()
        sleeper = subprocess.Popen(
            [sys.executable, "-c", "input()", text],
            stdin=subprocess.PIPE,
            env={**os.environ, "PLANTED": text},
        )
        with service.look() as store:
            store.set("k:planted", text)
            store.xadd(f"k:{text}", {"e": text})
            places = {place for _, place in found(service, control, sleeper.pid)}
            store.delete("k:planted", f"k:{text}")
        sleeper.communicate()
        records.execute("DROP TABLE planted")
        records.commit()
    (service.data / "planted").unlink()

    assert places >= {
        "log", "file planted", "key k:planted", "names of keys", f"key k:{text}", "environ of a process",
        "cmdline of a process",
    }  # fmt: skip
    assert places & {"file records/records.sqlite3", "file records/records.sqlite3-wal"}


async def test_nothing_a_visitor_brings_is_kept_or_said_back(service: Service) -> None:
    desk = await desk_on(service)
    answers = await visit(service)
    assert {said.split(b" ", 2)[1] for said in answers if said} >= {
        b"200",
        b"400",
        b"403",
        b"404",
        b"405",
        b"421",
    }

    person = await RawSocket.help_seeker(service, *headers())
    await provoke(person)
    await person.send(
        codec.encode(
            frames.Start(VERSION, os.urandom(16), bytes(32), bytes(32), "en", About.UNSAID, Urgency.USUAL)
        )
    )
    await provoke(person)
    token = await service.sign_in(os.urandom(16), os.urandom(16))
    counsellor = await RawSocket.desk(service, token, *headers()[:5])
    await provoke(counsellor)

    assert not found(service, BROUGHT)
    assert {path.name for path in scanned(service)} >= {"records.sqlite3", "trust.json"}
    for said in answers:
        assert not [name for name, value in BROUGHT.items() if value in said], said[:300]

    await kill_workers(service)
    assert not found(service, BROUGHT)
    await person.abort()
    await counsellor.abort()
    await asyncio.gather(desk.connection.wait_closed())


async def test_a_conversation_is_where_it_has_to_be_and_then_nowhere(service: Service) -> None:
    desk = await desk_on(service)
    person = await help_seeker_on(service)
    opened = await talk(person, desk)
    written, answered = os.urandom(24), os.urandom(24)
    needles = {"sid": person.sid, "ticket": person.ticket, "half": person.half}
    needles |= {"written": written, "answered": answered}

    await opened.say(1, written)
    await opened.answer(1, answered)
    prefix = f"key k:{{{person.sid.hex()}}}"
    assert found(service, {name: needles[name] for name in ("written", "answered", "half", "ticket")}) == {
        ("written", f"{prefix}:lane:0:0"),
        ("answered", f"{prefix}:lane:0:1"),
        ("half", f"{prefix}:seat"),
    }
    allowed = {"names of keys", "key k:{clock}:due", f"{prefix}:hand:0"}
    allowed |= {f"{prefix}:lane:0:0", f"{prefix}:lane:0:1"}
    mine = {
        place for _, place in found(service, {"sid": person.sid}) if place.startswith("key k:{desk}:mine:")
    }
    assert len(mine) == 1
    assert {place for _, place in found(service, {"sid": person.sid})} <= allowed | mine

    await person.send(frames.Took(0, 1, 1))
    await desk.send(frames.DeskTook(person.sid, 0, 1, 1))
    await until(
        "acknowledged envelopes are gone",
        lambda: not found(service, {"written": written, "answered": answered}),
    )

    await opened.end()
    await until("all of it is gone", lambda: not found(service, needles))
    await person.close()
    await desk.close()


async def test_nothing_is_left_when_nobody_says_goodbye(service: Service) -> None:
    desk = await desk_on(service)
    person = await help_seeker_on(service)
    await talk(person, desk)
    body = os.urandom(24)
    await person.send(frames.Put(envelope(0, 1, 1, body)))
    await desk.expect(frames.DeskDelivery)
    await kill_workers(service)
    back = await HelpSeeker.open(service)
    back.same_browser(person)
    assert isinstance(await back.attach(), frames.Welcome)
    await back.send(frames.Leave())
    await back.expect(frames.Closed)

    await until("all of it is gone", lambda: not found(service, {"sid": person.sid, "body": body}))
    await back.close()
    person.drop()
    desk.drop()
    await person.connection.wait_closed()
    await desk.connection.wait_closed()
