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


def test_the_ends_of_a_connection_are_found_as_programs_print_them_and_as_the_kernel_writes_them() -> None:
    port = 40_123
    at = port.to_bytes(2, "big")
    four, six = ipaddress.ip_address("192.0.2.7"), ipaddress.ip_address("2001:db8::7")
    mapped = bytes(10) + b"\xff\xff" + four.packed
    written: dict[str, list[bytes]] = {
        str(four): [
            b"\x02\x00" + at + four.packed,
            b"\x0a\x00" + at + bytes(4) + mapped,
            b"from 192.0.2.7:40123 -",
            b"[::ffff:192.0.2.7]:40123",
            b"('192.0.2.7', 40123)",
        ],
        str(six): [
            b"\x0a\x00" + at + bytes(4) + six.packed,
            b"from [2001:db8::7]:40123 -",
            b"('2001:db8::7', 40123, 0, 0)",
        ],
    }
    for address, forms in written.items():
        canaries = Canaries()
        canaries.connected_from(address, port)

        assert [canaries.count(AROUND + form + AROUND).keys() for form in forms] == [{Kind.SOURCE}] * len(
            forms
        )
        assert canaries.count(f"{address} and :40124".encode()) == {}


LATER = [
    b'{"ts":1795797499.612}', b"|1795797499612|", b"2026-11-27T16:38:19+00:00", b"2026-11-27 16:38:19.6",
    b"2026/11/27 16:38:19 [error]", b"[27/Nov/2026:16:38:19 +0000]", b"Nov 27 16:38:19 host",
    b"1:M 27 Nov 2026 16:38:19.612 * Ready",
]  # fmt: skip


def test_a_time_is_found_as_logs_and_tables_write_it() -> None:
    forms = moments([1_795_797_499.6], dt.UTC)

    assert all(any(form in line for form in forms.dated) for line in LATER)
    assert forms.bare == (b"16:38:19", b"16:38:20")
    assert any(form in b"2026-11-27 16:38:20 written a moment later" for form in forms.dated)
    assert not any(form in b"2026-11-27 16:38:21 1795797501" for form in forms.dated)
    assert not any(form in b"2026-11-27 16:38:18 1795797498" for form in forms.dated)


def test_a_day_below_ten_is_written_with_a_space_or_a_naught() -> None:
    forms = moments([dt.datetime(2026, 11, 7, 6, 5, 4, tzinfo=dt.UTC).timestamp()], dt.UTC)
    lines = [
        b"Nov  7 06:05:04 host",
        b"Nov 07 06:05:04 host",
        b" 7 Nov 2026 06:05:04",
        b"07 Nov 2026 06:05:04",
    ]

    assert all(any(form in line for form in forms.dated) for line in lines)
