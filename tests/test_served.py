# SPDX-License-Identifier: AGPL-3.0-or-later
"""A real service behind a front that alters what it passes on: each way to slip code in is seen."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from chat import bundle, offline_root, set_up
from chat.machine.reach import Reach
from chat.offline_root import Root
from chat.served import compare
from chat.settings import load
from tests.support.service import Service, running

Headers = dict[str, str]
Alter = Callable[[str, bytes, Headers], bytes]


@dataclass
class Site:
    service: Service
    root: Root
    signed: bundle.Bundle


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("served")
    root = offline_root.create(folder / "offline", "the tide turns twice")
    real = {"KENTERING_DATA": str(folder / "data"), "KENTERING_DEMO": "0"}
    set_up.pin(load(real), folder / "offline" / "root.txt")
    with running(folder, KENTERING_DEMO="0", KENTERING_WORK="1") as service:
        yield Site(service, root, bundle.of(bundle.BUILD / "assets"))


@contextmanager
def altered(origin: str, alter: Alter) -> Iterator[tuple[str, int]]:
    """A front of this origin."""
    host, _, port = origin.removeprefix("http://").partition(":")

    class Front(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = http.client.HTTPConnection("127.0.0.1", int(port))
            asked.request("GET", self.path, headers={"Host": f"{host}:{port}"})
            answer = asked.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            body = alter(self.path, answer.read(), headers)
            asked.close()
            self.send_response_only(answer.status if body else 404)
            for name, value in {**headers, "content-length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Front) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield ("127.0.0.1", server.server_address[1])
        server.shutdown()


def test_both_origins_serve_what_was_signed(site: Site) -> None:
    for origin in (site.service.help_seeker, site.service.desk):
        assert compare(Reach(origin), site.signed, [site.root]) == []


def test_a_front_that_alters_nothing_is_clean(site: Site) -> None:
    with altered(site.service.help_seeker, lambda _, body, __: body) as address:
        assert compare(Reach(site.service.help_seeker, address), site.signed, [site.root]) == []


def on_page(old: bytes, new: bytes, path: str = "/private") -> Alter:
    return lambda asked, body, _: body.replace(old, new, 1) if asked == path else body


def on_script(alter: Callable[[bytes], bytes]) -> Alter:
    return lambda asked, body, _: (
        alter(body) if asked.startswith("/assets/help_seeker") and asked.endswith(".js") else body
    )


def on_trust(alter: Callable[[bytes], bytes]) -> Alter:
    return lambda asked, body, _: alter(body) if asked == "/assets/trust.js" else body


def looser(rule: str, other: str) -> Alter:
    def alter(_: str, body: bytes, headers: Headers) -> bytes:
        policy = "content-security-policy"
        headers.update({policy: headers[policy].replace(rule, other)} if policy in headers else {})
        return body

    return alter


@pytest.mark.parametrize(
    ("alter", "said"),
    [
        (on_script(lambda body: body + b";"), "is another file than was signed"),
        (on_script(lambda _: b""), "is not served"),
        (on_page(b"</main>", b"<script>1</script></main>"), "has code in the page itself"),
        (on_page(b"</main>", b"<script src=/assets/more.js></script></main>"), "loads /assets/more.js"),
        (on_page(b"</head>", b'<script src="https://example.org/a.js"></script></head>'), "which was not"),
        (on_page(b"</head>", b"<link rel=stylesheet href=//example.org/a.css></head>"), "which was not"),
        (on_page(b"<main", b"<main onfocus=1"), "runs code of an attribute"),
        (on_page(b"</main>", b"<a href='JavaScript:1'>x</a></main>"), "runs code of an address"),
        (on_page(b"</main>", b"<img src=https://example.org/a></main>"), "something from elsewhere"),
        (on_page(b"</head>", b"<base href=https://example.org></head>"), "no page of ours has: base"),
        (looser("script-src 'self'", "script-src 'self' 'unsafe-inline'"), "allows scripts from elsewhere"),
        (looser("default-src 'none'", "default-src 'self'"), "does not forbid enough"),
        (on_trust(lambda body: body + b"fetch('/');"), "is not the list of roots"),
        (on_trust(lambda body: body.replace(b"{", b"{x:1,", 1)), "is not the list of roots"),
        (on_trust(lambda body: body.replace(b'"roots": [', b'"roots": ["' + b"A" * 43 + b'",')), "list"),
    ],
)
def test_code_that_nobody_signed_is_seen(site: Site, alter: Alter, said: str) -> None:
    with altered(site.service.help_seeker, alter) as address:
        found = compare(Reach(site.service.help_seeker, address), site.signed, [site.root])

    assert any(said in line for line in found), found


def test_another_root_is_seen(site: Site, tmp_path: Path) -> None:
    stranger = offline_root.create(tmp_path, "the tide turns twice")

    assert compare(Reach(site.service.help_seeker), site.signed, [stranger]) == [
        "The site pins another root than the one that was named."
    ]


def test_a_site_that_is_away_is_no_clean_bill(site: Site) -> None:
    with altered(site.service.help_seeker, lambda _, body, __: body) as address:
        pass

    assert compare(Reach(site.service.help_seeker, address), site.signed, [site.root]) == [
        f"{site.service.help_seeker} does not answer."
    ]
