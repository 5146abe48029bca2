# SPDX-License-Identifier: AGPL-3.0-or-later
"""`kentering manifest verify-served`: whether a site serves what was signed, seen as a browser sees it.

Every file of the list is fetched and compared. Pages are read from the first one along their links: they may
run nothing but scripts of the list, and the one module that is written at run time, which must hold the known
roots and no code at all.

What this can't see: a server can answer somebody else otherwise. So it is worth most from many places, at
times that nobody knows, and over Tor.
"""

from __future__ import annotations

import gzip
import hashlib
import http.client
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

from chat.bundle import Bundle
from chat.machine.reach import Answer, Reach
from chat.machine.socks import NoTor, through_tor
from chat.offline_root import Root
from chat.sealing import trust
from chat.sealing.errors import SealingError

MOST_PAGES: Final = 40
_TRUST: Final = "/assets/trust.js"
_MODULE = re.compile(r"export const trust = (\{.*\});\n", re.DOTALL)
_POLICY: Final = ("default-src 'none'", "base-uri 'none'", "require-trusted-types-for 'script'")
_RUNS_NOTHING: Final = frozenset({"self", "none"})
_REFUSED: Final = frozenset({"style", "base", "object", "embed", "applet", "portal", "frame"})
_GZIP: Final = {"Accept-Encoding": "gzip"}


@dataclass(frozen=True, slots=True)
class OverTor(Reach):
    """An onion address, through a Tor client of this computer."""

    socks: tuple[str, int] = ("127.0.0.1", 9050)

    def open(self) -> socket.socket:
        """A connection through Tor."""
        return through_tor(self.socks, urlsplit(self.origin).hostname or "", 80)


def compare(reach: Reach, bundle: Bundle, roots: list[Root]) -> list[str]:
    """What is served otherwise than it was signed, in plain sentences; an empty list is a clean bill."""
    try:
        return [*_assets(reach, bundle), *_trust(reach, roots), *_pages(reach, bundle)]
    except NoTor:
        return ["There is no Tor client at the address that was named."]
    except (OSError, http.client.HTTPException):
        return [f"{reach.origin} does not answer."]


def _body(answer: Answer) -> bytes:
    """As a browser unpacks it."""
    if answer.headers.get("content-encoding") != "gzip":
        return answer.body
    try:
        return gzip.decompress(answer.body)
    except (OSError, EOFError):
        return b""


def _assets(reach: Reach, bundle: Bundle) -> Iterator[str]:
    for name, digest in sorted(bundle.files.items()):
        for headers in ({}, _GZIP):
            answer = reach.get(f"/assets/{name}", headers)
            if answer.status != http.client.OK:
                yield f"{name} is not served."
                break
            if hashlib.sha256(_body(answer)).hexdigest() != digest:
                yield f"{name} is another file than was signed."
                break


def _trust(reach: Reach, roots: list[Root]) -> Iterator[str]:
    answer = reach.get(_TRUST, _GZIP)
    module = _MODULE.fullmatch(_body(answer).decode(errors="replace"))
    try:
        pinned = trust.from_json(module[1]) if module else None
    except SealingError:
        pinned = None
    if pinned is None or module is None or trust.to_module(pinned) != module[0]:
        yield "trust.js is not the list of roots that it should be."
    elif pinned.demo:
        yield "The site says itself that it is a demonstration."
    elif not pinned.roots or not set(pinned.roots) <= {root.ed for root in roots}:
        yield "The site pins another root than the one that was named."


def _pages(reach: Reach, bundle: Bundle) -> Iterator[str]:
    known = {f"/assets/{name}" for name in bundle.files} | {_TRUST}
    seen: set[str] = set()
    ahead = ["/"]
    while ahead and len(seen) < MOST_PAGES:
        path = ahead.pop(0)
        if path in seen:
            continue
        seen.add(path)
        answer = reach.get(path, _GZIP)
        if "text/html" not in (answer.headers.get("content-type") or ""):
            continue
        page = _Page(reach.origin + path)
        page.feed(_body(answer).decode(errors="replace"))
        page.close()
        yield from (f"{path} {fault}" for fault in _policy(answer.headers.get("content-security-policy")))
        yield from (f"{path} {fault}" for fault in page.faults(reach.origin, known))
        ahead += [link for link in page.inside(reach.origin) if link not in seen]


def _policy(header: str | None) -> Iterator[str]:
    rules = [rule.strip() for rule in (header or "").split(";")]
    yield from (f"does not forbid enough: {rule} is missing." for rule in _POLICY if rule not in rules)
    for rule in rules:
        name, *sources = rule.split()
        if name.startswith("script-src") and not {source.strip("'") for source in sources} <= _RUNS_NOTHING:
            yield "allows scripts from elsewhere."


@dataclass
class _Page(HTMLParser):
    """What a page loads, and where it leads."""

    address: str
    scripts: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    _in_script: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the browser would fetch or run."""
        given = {name: value or "" for name, value in attrs}
        if tag in _REFUSED:
            self.wrong.append(f"has an element that no page of ours has: {tag}.")
        if any(name.startswith("on") for name in given):
            self.wrong.append(f"runs code of an attribute of {tag}.")
        if given.get("href", "").strip().lower().startswith(("javascript:", "data:")):
            self.wrong.append(f"runs code of an address of {tag}.")
        match tag:
            case "script":
                self._in_script = True
                self.scripts.append(given.get("src", ""))
            case "link" if {"stylesheet", "modulepreload", "preload"} & set(given.get("rel", "").split()):
                self.scripts.append(given.get("href", ""))
            case "a":
                self.links.append(given.get("href", ""))
            case "iframe":
                self.links.append(given.get("src", ""))
            case _ if "src" in given:
                self.loaded.append(given["src"])
            case _:
                pass

    def handle_endtag(self, tag: str) -> None:
        """The end of a script."""
        self._in_script = self._in_script and tag != "script"

    def handle_data(self, data: str) -> None:
        """Text inside a script is code that nobody signed."""
        if self._in_script and data.strip():
            self.wrong.append("has code in the page itself.")

    def faults(self, origin: str, known: set[str]) -> list[str]:
        """What a page of ours would not have."""
        found = list(self.wrong)
        for source in self.scripts:
            whole = urljoin(self.address, source)
            if not source or not whole.startswith(origin + "/") or urlsplit(whole).path not in known:
                found.append(f"loads {source or 'code'}, which was not signed.")
        found += [
            f"loads something from elsewhere: {source}."
            for source in self.loaded
            if not urljoin(self.address, source).startswith(origin + "/")
        ]
        return found

    def inside(self, origin: str) -> list[str]:
        """Paths of this origin that the page leads to."""
        whole = [urlsplit(urljoin(self.address, link)) for link in self.links]
        here = urlsplit(origin)
        return [
            link.path + (f"?{link.query}" if link.query else "")
            for link in whole
            if (link.scheme, link.netloc) == (here.scheme, here.netloc)
        ]
