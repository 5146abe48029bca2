# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages as a browser gets them: headers, TLS, the onion address, and the very scripts that were built."""

from __future__ import annotations

import hashlib
import http.client
import json
import ssl
import time
from collections.abc import Mapping
from email.message import Message
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from chat.doctor.finding import Finding, right, unseen, verdict
from chat.machine.reach import Reach
from chat.machine.socks import NoTor, through_tor
from chat.sealing.certificate import DAY

_NEEDED: Final = {
    "content-security-policy": ("default-src 'none'", "require-trusted-types-for 'script'"),
    "referrer-policy": ("no-referrer",),
    "x-content-type-options": ("nosniff",),
    "cross-origin-opener-policy": ("same-origin",),
    "cross-origin-embedder-policy": ("require-corp",),
    "cross-origin-resource-policy": ("same-origin",),
    "permissions-policy": ("camera=()", "microphone=()", "geolocation=()"),
    "cache-control": ("no-store",),
}
_NEVER: Final = ("server", "x-powered-by", "via", "etag", "last-modified", "set-cookie", "report-to", "nel")
_PATHS: Final = ("/", "/private", "/there-is-no-such-page")
_RENEW_WITHIN: Final = 14 * DAY


def headers(sides: Mapping[str, Reach]) -> list[Finding]:
    """What every page says to the browser, and what none may say."""
    wrong: list[str] = []
    hidden: list[str] = []
    for side, reach in sides.items():
        for path in _PATHS:
            try:
                answer = reach.get(path)
            except (OSError, http.client.HTTPException):
                hidden.append(f"{reach.origin} does not answer")
                continue
            wrong += [f"{side}, {path}: {one}" for one in _faults(answer.headers, https=reach.is_https)]
        try:
            status = reach.get("/", host="somewhere.invalid").status
        except (OSError, http.client.HTTPException):
            status = 421  # a front may close at once on a name that it does not serve
        if status != http.client.MISDIRECTED_REQUEST:
            wrong.append(f"{side}: any host name is answered ({status} instead of 421).")
    well = "Pages carry the headers that protect, and none that betrays."
    return verdict("headers", wrong, well, hidden)


def _faults(found: Message, *, https: bool) -> list[str]:
    needed = {**_NEEDED, "strict-transport-security": ("max-age=",)} if https else _NEEDED
    wrong = [
        f"the header {name} lacks {part}."
        for name, parts in needed.items()
        for part in parts
        if part not in (found.get(name) or "")
    ]
    return wrong + [f"the header {name} should not be there." for name in _NEVER if name in found]


def tls(sides: Mapping[str, Reach]) -> list[Finding]:
    """Certificates are good and do not end soon; no old version of TLS."""
    wrong: list[str] = []
    hidden: list[str] = []
    for side, reach in sides.items():
        if not reach.is_https:
            if not reach.is_loopback:
                wrong.append(f"{side} is served without TLS.")
            continue
        try:
            version, ends = reach.certificate()
        except ssl.SSLCertVerificationError as error:
            wrong.append(f"{side}: the certificate is not good ({error.verify_message}).")
            continue
        except (OSError, ValueError):
            hidden.append(f"{reach.origin} does not answer")
            continue
        if version not in {"TLSv1.2", "TLSv1.3"}:
            wrong.append(f"{side}: {version} is too old.")
        if ends < time.time() + _RENEW_WITHIN:
            wrong.append(f"{side}: the certificate ends within 14 days and was not renewed.")
    return verdict("tls", wrong, "Connections are encrypted, and certificates do not end soon.", hidden)


def onion(address: str | None, socks: tuple[str, int], *, runs: bool = False) -> list[Finding]:
    """The onion address answers, over Tor. `runs`: Tor belongs to what was started."""
    if address is None and runs:
        return unseen("onion", "Tor runs, and nobody says for which address; set KENTERING_ONION")
    if address is None:
        return right("onion", "There is no onion address.")
    try:
        with through_tor(socks, address, 80) as connection:
            connection.sendall(f"GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n".encode())
            answer = connection.recv(64)
    except NoTor:
        return unseen("onion", f"no Tor answers at {socks[0]}:{socks[1]}; set KENTERING_TOR_SOCKS")
    except OSError:
        answer = b""
    wrong = [] if answer.startswith(b"HTTP/1.1 200") else [f"{address} does not answer over Tor."]
    return verdict("onion", wrong, "The onion address answers over Tor.")


def bundle(sides: Mapping[str, Reach], manifest: Path) -> list[Finding]:
    """Scripts and styles are byte by byte those of the manifest, and pages load no other."""
    try:
        files: dict[str, dict[str, str]] = json.loads(manifest.read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError):
        files = {}
    if not files:
        return unseen("bundle", f"there is no manifest at {manifest}; run make build")
    wrong: list[str] = []
    hidden: list[str] = []
    for side, reach in sides.items():
        try:
            for name, said in files.items():
                if hashlib.sha256(reach.get(f"/assets/{name}").body).hexdigest() != said["sha256"]:
                    wrong.append(f"{side} serves another {name} than was built.")
            page = reach.get("/").body.decode(errors="replace")
        except (OSError, http.client.HTTPException):
            hidden.append(f"{reach.origin} does not answer")
            continue
        wrong += [
            f"{side}: the first page loads {urlsplit(name).path}, which the manifest does not name."
            for name in _loaded(page)
            if urlsplit(name).path.removeprefix("/assets/") not in {*files, "trust.js"}
        ]
    return verdict("bundle", wrong, "What is served is what was built.", hidden)


def _loaded(page: str) -> list[str]:
    parts = page.replace('"', "\0").split("\0")
    return [
        part for part in parts if part.startswith(("/assets/", "http")) and part.endswith((".js", ".css"))
    ]
