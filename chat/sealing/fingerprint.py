# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fingerprints: 6 groups of 5 digits, to print, to read aloud, to compare. No word list to translate."""

from __future__ import annotations

import struct

from chat.sealing.labels import label, sha256


def digits(digest: bytes) -> str:
    """The first six u32 of a hash, each mod 100000, as six groups of five digits."""
    return " ".join(f"{word % 100_000:05d}" for word in struct.unpack_from(">6I", digest))


def root_fingerprint(root: bytes) -> str:
    """Of a root's public key: SHA-256(L("root") | key)."""
    return digits(sha256(label("root") + root))


def manager_fingerprint(id: bytes, ed: bytes, alias: str) -> str:  # noqa: A002 - the layout's own word
    """Of a manager's first request, compared by voice: SHA-256(L("manager") | id | ed | alias)."""
    return digits(sha256(label("manager") + id + ed + alias.encode()))
