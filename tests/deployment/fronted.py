# SPDX-License-Identifier: AGPL-3.0-or-later
"""The fronts as they run in production, before a service of the tests' own that notes what reaches it."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT
from tests.support.service import free_port

DEPLOY = ROOT / "deploy"
PATIENCE_S = 90.0

needs_haproxy = pytest.mark.skipif(shutil.which("haproxy") is None, reason="needs HAProxy")
needs_caddy = pytest.mark.skipif(shutil.which("caddy") is None, reason="needs Caddy")


@dataclass
class Behind:
    """A service that answers, and a page that grows as a test says."""

    port: int
    seen: list[dict[str, str]] = field(default_factory=list)
    """Headers of each request, names in small letters."""
    grow: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    """Each release lets the page grow by one line."""
    left: threading.Event = field(default_factory=threading.Event)
    """Whoever read the growing page is gone."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    behind: Behind

    def do_GET(self) -> None:
        self.behind.seen.append({name.lower(): value for name, value in self.headers.items()})
        if self.headers["Host"] == "healthy":
            self.send_response_only(421)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path == "/grows":
            self._grows()
        else:
            self.send_response_only(200)
            self.send_header("Content-Length", "4")
            self.send_header("Server", "behind")
            self.end_headers()
            self.wfile.write(b"here")

    def _grows(self) -> None:
        self.send_response_only(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        threading.Thread(target=self._watch, daemon=True).start()
        number = 0
        with contextlib.suppress(OSError):
            while not self.behind.left.is_set():
                if self.behind.grow.acquire(timeout=0.05):
                    line = f"<p>{number}</p>\n".encode()
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
                    number += 1
        self.close_connection = True

    def _watch(self) -> None:
        with contextlib.suppress(OSError):
            self.connection.recv(1, socket.MSG_PEEK)
        self.behind.left.set()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def behind() -> Iterator[Behind]:
    made = Behind(0)
    handler = type("Handler", (_Handler,), {"behind": made})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        made.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield made
        made.left.set()
        server.shutdown()


@contextmanager
def started(command: list[str], port: int, folder: Path, **environment: str) -> Iterator[Path]:
    """A front; gives the file of all that it prints."""
    printed = folder / "printed"
    with printed.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=environment)
        try:
            until = time.monotonic() + PATIENCE_S
            while not answers(port):
                assert process.poll() is None, printed.read_text()
                assert time.monotonic() < until
                time.sleep(0.05)
            yield printed
        finally:
            process.terminate()
            process.wait()


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def haproxy(folder: Path, service: Behind) -> tuple[list[str], int]:
    """The command that runs our haproxy.cfg before this service, and its port."""
    port = free_port()
    text = (DEPLOY / "haproxy.cfg").read_text()
    text = text.replace("bind :8080", f"bind 127.0.0.1:{port}").replace(
        " resolvers docker init-addr none", ""
    )
    for name in ("app1", "app2"):
        text = text.replace(f"server {name} {name}:8000", f"server {name} 127.0.0.1:{service.port}")
    (folder / "haproxy.cfg").write_text(text)
    return ["haproxy", "-db", "-f", str(folder / "haproxy.cfg")], port


def caddy(folder: Path, service: Behind) -> tuple[list[str], int, int, dict[str, str]]:
    """The command that runs our Caddyfile before this service, its ports (TLS, without), its environment."""
    port, plain = free_port(), free_port()
    text = (DEPLOY / "Caddyfile").read_text()
    text = text.replace(
        "admin off", f"admin off\n\thttp_port {plain}\n\thttps_port {port}\n\tskip_install_trust"
    )
    text = text.replace(":80, :443 {", f":{plain}, :{port} {{")
    for name in ("app1", "app2"):
        text = text.replace(f"{name}:8000", f"127.0.0.1:{service.port}")
    (folder / "Caddyfile").write_text(text)
    environment = {
        "KENTERING_HELP_SEEKER_HOST": "talk.example.org",
        "KENTERING_DESK_HOST": "desk.example.org",
        "KENTERING_TLS": "internal",
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "HOME": str(folder),
        "PATH": "/usr/bin:/bin",
    }
    command = ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    return [shutil.which("caddy") or "caddy", *command[1:]], port, plain, environment
