# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the proof's people bring along and write, made so that it can be found again in any usual encoding.

How this works: everything random of one proof holds one mark, ten letters that occur nowhere else. A piece
of memory is searched for the mark in each encoding; only where it stands is it asked what it belongs to.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import enum
import ipaddress
import secrets
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote_from_bytes

LETTERS: Final = "bcdfghjklmnpqrstvwxz"
"""Made-up words are of these: no word of any language comes out."""
_MARK: Final = 10
_SLICE: Final = 16
"""Bytes of a sealed envelope that are looked for."""
_SLICE_AT: Final = 64


class Kind(enum.StrEnum):
    """What is looked for."""

    TEXT = "what a help-seeker wrote"
    ANSWER = "what a counsellor wrote"
    ADDRESS = "the address a proxy names"
    SOURCE = "the address of the connection"
    AGENT = "the user agent"
    REFERRER = "the referrer"
    COOKIE = "a cookie"
    LANGUAGE = "the made-up language tag"
    QUERY = "what stood in the address line"
    KEYS = "address, ticket and half key of a conversation"
    SEALED = "sealed text"
    TIME = "the time of something that happened"


_CLOCK: Final = "%H:%M:%S"
_DAYS: Final = (
    "%Y-%m-%dT", "%Y-%m-%d ", "%Y/%m/%d ", "%d/%b/%Y:",
    "%d %b %Y ", "{day:2} %b %Y ", "%b %d ", "%b {day:2} ",
)  # fmt: skip
"""How days are usually written before a time; some write 7 as 07, and some with a space."""
WHILE_IT_LASTS: Final = frozenset({Kind.KEYS, Kind.SEALED})
"""What the live store has to hold as long as a conversation goes on."""
_MARKED: Final = {
    Kind.TEXT: "t", Kind.ANSWER: "s", Kind.AGENT: "g", Kind.REFERRER: "r", Kind.COOKIE: "c",
    Kind.LANGUAGE: "l", Kind.QUERY: "q",
}  # fmt: skip


def encodings(needle: bytes) -> frozenset[bytes]:
    """How something is usually written down: as it is, in hexadecimal, in base64 wherever it begins in what
    was encoded, in a URL, and in UTF-16.
    """
    written = {needle, needle.hex().encode(), needle.hex().upper().encode()}
    for before in range(3):
        whole = b64encode(bytes(before) + needle)
        part = whole[(0, 2, 3)[before] : (before + len(needle)) * 8 // 6]
        written |= {part, part.translate(bytes.maketrans(b"+/", b"-_"))}
    written.add(quote_from_bytes(needle, safe="").encode())
    with contextlib.suppress(UnicodeDecodeError):
        text = needle.decode()
        written |= {text.encode("utf-16-le"), text.encode("utf-16-be")}
    return frozenset(written)


class Canaries:
    """Those of one proof."""

    def __init__(self) -> None:
        self.mark = "".join(secrets.choice(LETTERS) for _ in range(_MARK))
        self.address = str(ipaddress.IPv6Address(b"\x20\x01\x0d\xb8" + secrets.token_bytes(12)))
        self._keys = secrets.token_bytes(8)
        self._first: list[bytes] = []
        self._known: set[bytes] = set()
        self._all: list[tuple[Kind, bytes]] = []
        self._mark_forms = sorted(encodings(self.mark.encode()))
        for kind, letter in _MARKED.items():
            self._all += [(kind, form) for form in encodings((self.mark + letter).encode())]
        self._look_for(Kind.ADDRESS, encodings(self.address.encode()))
        self._look_for(Kind.ADDRESS, [ipaddress.IPv6Address(self.address).packed])
        self._look_for(Kind.KEYS, encodings(self._keys))

    def _look_for(self, kind: Kind, forms: Iterable[bytes]) -> None:
        for form in forms:
            if form not in self._known:
                self._known.add(form)
                self._first.append(form)
                self._all.append((kind, form))

    # --- to make ---

    def word(self, kind: Kind) -> str:
        """A word of this kind."""
        return self.mark + _MARKED[kind]

    def text(self, kind: Kind, more: str) -> str:
        """Something to write; `more` tells one text from another."""
        return f"The weather is mild {self.word(kind)}{more}"

    def headers(self) -> dict[str, str]:
        """What a browser says of itself, and what a careless proxy adds."""
        address = self.address
        return {
            "User-Agent": f"Nestbox/1 ({self.word(Kind.AGENT)})",
            "Referer": f"https://{self.word(Kind.REFERRER)}.example/searched-for",
            "Accept-Language": f"zz-{self.word(Kind.LANGUAGE)}",
            "X-Forwarded-For": address,
            "X-Real-IP": address,
            "Forwarded": f'for="[{address}]"',
        }

    def cookie(self) -> str:
        """One that we never set."""
        return f"c={self.word(Kind.COOKIE)}"

    def keys(self, length: int) -> bytes:
        """Random bytes that can be found again: an address of a conversation, a ticket, a half key."""
        return self._keys + secrets.token_bytes(length - len(self._keys))

    def sealed(self, envelope: bytes) -> None:
        """Look for this envelope, too: sealed bytes are random and so unlike all others."""
        self._look_for(Kind.SEALED, [envelope[_SLICE_AT : _SLICE_AT + _SLICE]])

    def conversation(self, sid: bytes, token: bytes) -> None:
        """Look for a conversation without script: its address, and the token that only its cookie holds."""
        self._look_for(Kind.KEYS, encodings(sid))
        self._look_for(Kind.COOKIE, encodings(token))

    def connected_from(self, address: str, port: int) -> None:
        """Look for an end of a connection: with its port, as programs print it and as the kernel writes it.

        Alone, too, where the address is unlike others.
        """
        ip = ipaddress.ip_address(address)
        at = port.to_bytes(2, "big")
        if ip.version == 4:
            six = ipaddress.IPv6Address(b"\0" * 10 + b"\xff\xff" + ip.packed)
            self._look_for(Kind.SOURCE, [b"\x02\x00" + at + ip.packed])
            printed = [f"{ip}:{port}", f"{ip}]:{port}", f"{ip}', {port}"]
        else:
            six = ip
            printed = [f"[{ip}]:{port}", f"{ip}', {port}"]
        self._look_for(Kind.SOURCE, [b"\x0a\x00" + at + bytes(4) + six.packed])
        for text in printed:
            self._look_for(Kind.SOURCE, encodings(text.encode()))
        if address not in {"127.0.0.1", "::1"} and ip.is_loopback:
            self._look_for(Kind.SOURCE, encodings(address.encode()))

    # --- to find ---

    @property
    def kinds(self) -> list[Kind]:
        """What there is to look for: no connection and no sealed text is known before there was one."""
        known = {kind for kind, _ in self._all}
        return [kind for kind in Kind if kind in known]

    def count(self, piece: bytes) -> dict[Kind, int]:
        """What stands in a piece of memory or of a file, and how often."""
        if not any(form in piece for form in self._first) and not any(
            form in piece for form in self._mark_forms
        ):
            return {}
        found: dict[Kind, int] = {}
        for kind, form in self._all:
            if (times := piece.count(form)) > 0:
                found[kind] = found.get(kind, 0) + times
        return found


@dataclass(frozen=True, slots=True)
class Moments:
    """Times as they are usually written."""

    dated: tuple[bytes, ...] = ()
    """With their day, or as seconds since 1970: unlike anything else."""
    bare: tuple[bytes, ...] = ()
    """The time of the day alone, as the service's own log has it."""


def moments(times: Sequence[float], zone: dt.tzinfo | None = None) -> Moments:
    """How logs, files and tables usually write these times (unix seconds), to the second and finer.

    With the second after each: what happens is often written down a moment later.
    """
    dated: set[str] = set()
    bare: set[str] = set()
    for second in {int(time) + later for time in times for later in range(2)}:
        dated.add(str(second))
        for at in (dt.datetime.fromtimestamp(second, dt.UTC), dt.datetime.fromtimestamp(second, zone)):
            bare.add(at.strftime(_CLOCK))
            dated |= {at.strftime(form.format(day=at.day) + _CLOCK) for form in _DAYS}
    return Moments(*(tuple(text.encode() for text in sorted(texts)) for texts in (dated, bare)))
