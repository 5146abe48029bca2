# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages that are not as they should be, from a server that a test makes; those that are, from the service."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import http.server
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chat.doctor import web
from chat.doctor.finding import Finding, Standing
from chat.machine.reach import Reach

GOOD = {
    "Content-Security-Policy": "default-src 'none'; require-trusted-types-for 'script'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
    "Strict-Transport-Security": "max-age=63072000",
}


class Site(http.server.BaseHTTPRequestHandler):
    headers_sent: dict[str, str] = GOOD
    script = b"let a = 1;\n"
    page = b'<script type="module" src="/assets/a.js"></script>'

    def do_GET(self) -> None:
        own = self.headers["Host"] != "somewhere.invalid"
        body = self.script if self.path.startswith("/assets/") else self.page
        self.wfile.write(f"HTTP/1.1 {200 if own else 421} said\r\n".encode())
        for name, value in self.headers_sent.items():
            self.wfile.write(f"{name}: {value}\r\n".encode())
        self.wfile.write(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def log_message(self, *args: object) -> None:
        pass


@contextlib.contextmanager
def serving(context: ssl.SSLContext | None = None, **attributes: object) -> Iterator[Reach]:
    site = type("Site", (Site,), attributes)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), site)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield Reach(f"http{'s' if context else ''}://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def says(found: list[Finding]) -> list[str]:
    return [one.says for one in found if one.standing is Standing.WRONG]


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in GOOD.items() if key != name}


@pytest.mark.parametrize("name", sorted(set(GOOD) - {"Strict-Transport-Security"}))
def test_a_header_that_lacks_is_wrong(name: str) -> None:
    with serving(headers_sent=without(name)) as reach:
        assert f"the header {name.lower()} lacks" in says(web.headers({"desk": reach}))[0]


@pytest.mark.parametrize("name", ["Server", "ETag", "Via", "Set-Cookie"])
def test_a_header_that_betrays_is_wrong(name: str) -> None:
    with serving() as reach:
        assert says(web.headers({"desk": reach})) == []
    with serving(headers_sent={**GOOD, name: "a"}) as reach:
        assert f"the header {name.lower()} should not be there" in says(web.headers({"desk": reach}))[0]


def test_other_scripts_than_were_built_are_wrong(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    hashed = hashlib.sha256(Site.script).hexdigest()
    manifest.write_text(json.dumps({"files": {"a.js": {"sha256": hashed}}}))
    with serving() as reach:
        assert [one.standing for one in web.bundle({"desk": reach}, manifest)] == [Standing.RIGHT]
    with serving(script=b"let a = 2;\n") as reach:
        assert says(web.bundle({"desk": reach}, manifest)) == ["desk serves another a.js than was built."]
    with serving(page=b'<script src="/assets/b.js"></script>') as reach:
        assert "loads /assets/b.js" in says(web.bundle({"desk": reach}, manifest))[0]
    (found,) = web.bundle({}, tmp_path / "none.json")
    assert found.standing is Standing.UNSEEN


def test_what_is_wrong_on_one_side_is_said_though_the_other_does_not_answer(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    hashed = hashlib.sha256(Site.script).hexdigest()
    manifest.write_text(json.dumps({"files": {"a.js": {"sha256": hashed}}}))
    nobody = Reach("http://127.0.0.1:1")
    with serving(script=b"let a = 2;\n", headers_sent=without("Referrer-Policy")) as reach:
        for order in ({"a": nobody, "b": reach}, {"b": reach, "a": nobody}):
            for found in (web.headers(order), web.bundle(order, manifest)):
                assert {one.standing for one in found} == {Standing.WRONG, Standing.UNSEEN}
    tls = web.tls({"a": Reach("https://127.0.0.1:1"), "b": Reach("http://desk.example.org")})
    assert {one.standing for one in tls} == {Standing.WRONG, Standing.UNSEEN}


def test_an_empty_manifest_is_not_seen(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"files": {}}')
    with serving() as reach:
        assert [one.standing for one in web.bundle({"desk": reach}, tmp_path / "manifest.json")] == [
            Standing.UNSEEN
        ]


def certified(folder: Path, days: int) -> ssl.SSLContext:
    """A certificate of its own that ends in so many days; its PEM file is `ca.pem`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "ca.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    return context


@pytest.mark.parametrize(
    ("days", "known", "wrong"), [(90, True, ""), (5, True, "within 14 days"), (90, False, "not good")]
)
def test_a_certificate_that_ends_or_is_not_good_is_wrong(
    tmp_path: Path, days: int, known: bool, wrong: str
) -> None:
    with serving(certified(tmp_path, days)) as reach:
        asked = Reach(reach.origin, ca=tmp_path / "ca.pem" if known else None)
        found = says(web.tls({"desk": asked}))
        lacking = says(web.headers({"desk": asked})) if known else []

    assert [wrong in one for one in found] == [True] * bool(wrong)
    assert lacking == []


def test_no_tls_is_wrong_but_on_this_computer() -> None:
    assert says(web.tls({"desk": Reach("http://127.0.0.1:1")})) == []
    assert says(web.tls({"desk": Reach("http://desk.example.org")})) == ["desk is served without TLS."]


@contextlib.contextmanager
def socks(status: int, page: bytes) -> Iterator[tuple[str, int]]:
    """A SOCKS port that reaches every name, or none."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            made, _ = listening.accept()
            with made:
                made.recv(3)
                made.sendall(b"\x05\x00")
                made.recv(512)
                made.sendall(bytes([5, status, 0, 1, 0, 0, 0, 0, 0, 0]))
                if status == 0:
                    made.recv(1024)
                    made.sendall(page)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield listening.getsockname()
        thread.join()


def test_an_onion_address_that_does_not_answer_is_wrong() -> None:
    address = "a" * 56 + ".onion"
    with socks(0, b"HTTP/1.1 200 OK\r\n\r\n") as tor:
        assert web.onion(address, tor)[0].standing is Standing.RIGHT
    for status, page in ((4, b""), (0, b"HTTP/1.1 502 Bad\r\n\r\n")):
        with socks(status, page) as tor:
            assert web.onion(address, tor)[0].standing is Standing.WRONG
    assert web.onion(address, ("127.0.0.1", 1))[0].standing is Standing.UNSEEN
    assert web.onion(None, ("127.0.0.1", 1))[0].standing is Standing.RIGHT
    assert web.onion(None, ("127.0.0.1", 1), runs=True)[0].standing is Standing.UNSEEN
