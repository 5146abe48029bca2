# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which names a certificate may carry: of one script, so that nobody looks like another.

The letters are listed as code point ranges, not asked of the Unicode database: both
implementations, of different Unicode versions, must refuse the same names for years.
"""

from __future__ import annotations

import unicodedata

MAX_BYTES = 48

SCRIPTS: tuple[tuple[tuple[int, int], ...], ...] = (
    # Latin
    ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x1BF), (0x1C4, 0x24F), (0x1E00, 0x1EFF)),
    # Greek
    ((0x386, 0x386), (0x388, 0x38A), (0x38C, 0x38C), (0x38E, 0x3A1), (0x3A3, 0x3CE)),
    # Cyrillic
    ((0x400, 0x481), (0x48A, 0x52F)),
    # Armenian
    ((0x531, 0x556), (0x561, 0x587)),
    # Hebrew
    ((0x5D0, 0x5EA),),
    # Arabic
    ((0x620, 0x63F), (0x641, 0x64A), (0x671, 0x6D3)),
    # Georgian
    ((0x10D0, 0x10FA),),
    # Japanese and Chinese: kana and Han
    ((0x3041, 0x3096), (0x30A1, 0x30FA), (0x4E00, 0x9FFF)),
    # Hangul syllables
    ((0xAC00, 0xD7A3),),
)


def is_alias(text: str) -> bool:
    """Whether `text` is 1 to 48 bytes of UTF-8, NFC, letters and single inner spaces of one script."""
    if not 1 <= len(text.encode("utf-8", "surrogatepass")) <= MAX_BYTES:
        return False
    if text[0] == " " or text[-1] == " " or "  " in text or unicodedata.normalize("NFC", text) != text:
        return False
    letters = [ord(c) for c in text if c != " "]
    return any(all(any(low <= c <= high for low, high in ranges) for c in letters) for ranges in SCRIPTS)
