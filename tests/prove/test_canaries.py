# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is looked for is found, however it was written down."""

from __future__ import annotations

import base64
import datetime as dt
import ipaddress
import secrets
from urllib.parse import quote

import pytest

from chat.prove.canaries import Canaries, Kind, moments

AROUND = secrets.token_bytes(300)


@pytest.mark.parametrize("before", range(3))
@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.ANSWER, Kind.AGENT, Kind.COOKIE, Kind.QUERY])
def test_a_word_is_found_in_every_usual_encoding(kind: Kind, before: int) -> None:
    canaries = Canaries()
    text = "x" * before + canaries.text(kind, "2") + " and more"
    written = [
        text.encode(),
        text.encode("utf-16-le"),
        text.encode("utf-16-be"),
        text.encode().hex().encode(),
        text.encode().hex().upper().encode(),
        base64.b64encode(text.encode()),
        base64.urlsafe_b64encode(text.encode()),
        quote(text).encode(),
    ]

    assert [kind in canaries.count(AROUND + form + AROUND) for form in written] == [True] * len(written)
    assert canaries.count(AROUND) == {}


def test_addresses_keys_and_sealed_bytes_are_found() -> None:
    canaries = Canaries()
    key, sealed, port = canaries.keys(32), secrets.token_bytes(1063), 40_123
    canaries.sealed(sealed)
    canaries.connected_from("127.9.8.7", port)
    end = b"\x02\x00" + port.to_bytes(2, "big") + bytes([127, 9, 8, 7])

    assert canaries.count(key).keys() == {Kind.KEYS}
    assert canaries.count(key.hex().encode()).keys() == {Kind.KEYS}
    assert canaries.count(AROUND + sealed).keys() == {Kind.SEALED}
    assert canaries.count(end).keys() == canaries.count(b"from 127.9.8.7:1").keys() == {Kind.SOURCE}
    assert canaries.count(canaries.headers()["X-Real-IP"].encode()).keys() == {Kind.ADDRESS}
    assert canaries.count(ipaddress.ip_address(canaries.address).packed).keys() == {Kind.ADDRESS}


def test_a_time_is_found_as_logs_and_tables_write_it() -> None:
    at = 1_795_797_499.6
    forms = moments([at], dt.UTC)
    lines = [
        b'{"ts":1795797499.612}', b"|1795797499612|", b"2026-11-27T16:38:19+00:00", b"2026-11-27 16:38:19.6",
        b"[27/Nov/2026:16:38:19 +0000]", b"Nov 27 16:38:19 host",
    ]  # fmt: skip

    assert all(any(form in line for form in forms) for line in lines)
    assert not any(form in b"2026-11-27 16:38:20 1795797500" for form in forms)
