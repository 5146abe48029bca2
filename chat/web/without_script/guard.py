# SPDX-License-Identifier: AGPL-3.0-or-later
"""What may be sent: text that fits in one envelope and holds no web link. Twin of chat/browser/guard.ts.

And what is asked before it is: what the person was told of stands in the form that sends it anyway.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

from chat.rules.reveals import Kind, reveals
from chat.sealing.seat import MAX_LINE

Flaw = Literal["empty", "too_long", "link"]

# Country codes that are also words of a supported language (be, de, it, la, me, no, so ...) are left out.
_SCHEME = re.compile(r"\b[a-z][a-z0-9+.-]{1,15}://\S", re.IGNORECASE | re.ASCII)
_WWW = re.compile(r"(^|[\W_])www\.\S", re.IGNORECASE)
_ENDINGS = "com|net|org|info|biz|xyz|onion|i2p|eu|nl|fr|uk|ch|ru|pl|cz|dk|ua|cn|jp|br"
# Small letters only: after a forgotten space a sentence goes on with a capital ("thuis.Net toen ...").
_NAME = re.compile(rf"[^\W_]\.(?:{_ENDINGS})(?![^\W_]|-)")
_PATH = re.compile(r"[^\W_]\.[a-z]{2,10}(?::\d{2,5})?/[\w?#%~-]")
# An e-mail address leads nowhere by itself. Whether it may be sent is asked elsewhere (rules/reveals.py).
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,24}")


def has_link(text: str) -> bool:
    """Whether the text holds something that looks like a web link."""
    if any(pattern.search(text) for pattern in (_SCHEME, _WWW, _PATH)):
        return True
    return _NAME.search(_MAIL.sub(" ", text)) is not None


def tidy(text: str) -> str:
    """What is sent of what was typed: without blank ends, and the same for every keyboard."""
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").strip()


def flaw(text: str) -> Flaw | None:
    """Why a (tidied) text can't be sent, or None."""
    if not text:
        return "empty"
    if len(text.encode()) > MAX_LINE:
        return "too_long"
    return "link" if has_link(text) else None


def written(kinds: Iterable[Kind]) -> str:
    """What was noticed, as a form's field."""
    return " ".join(kinds)


def unasked(text: str, told: str) -> tuple[Kind, ...]:
    """What is to be asked before a (tidied) text is sent; nothing, if all it may show is among what was told.

    Args:
        text: perhaps changed since it was asked.
        told: as `written`, when the person sends it anyway; what is no kind of ours counts for nothing.
    """
    found = tuple(reveals(text))
    return () if set(found) <= set(told.split()) else found
