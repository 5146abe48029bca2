# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every input of the fuzzing carries, so that it can be found again wherever it should not be."""

from __future__ import annotations

import enum
import random
from typing import Any, Final

from chat.prove.canaries import encodings

MARK: Final = "kq7zr"
"""In each of them, and nowhere else in what the service ever says."""


class Canary(enum.StrEnum):
    """By where it was put: some answers may repeat some of it."""

    PATH = f"{MARK}path"
    QUERY = f"{MARK}query"
    HEADER = f"{MARK}header"
    COOKIE = f"{MARK}cookie"
    METHOD = f"{MARK.upper()}METHOD"
    JSON = f"{MARK}json"
    """In what staff save: they see it again, and some of it help-seekers see."""
    FORM = f"{MARK}form"
    """In what somebody without script writes: not sent, it stands in their field again."""
    FRAME = f"{MARK}frame"


FORMS: Final = frozenset().union(*(encodings(one.encode()) for one in Canary))
"""Every usual way to write one of them down."""


def found(content: bytes) -> bool:
    """Whether a canary, or the mark of one, stands there in any usual encoding."""
    return MARK.encode() in content.lower() or any(form in content for form in FORMS)


def seeded(value: Any, canary: Canary, chance: random.Random) -> Any:
    """The same value, with the canary in many of its texts."""
    if isinstance(value, str):
        draw = chance.random()
        if draw < 0.3:
            return canary.value
        return value + canary.value if draw < 0.6 else value
    if isinstance(value, bytes):
        return value + canary.encode() if chance.random() < 0.7 else value
    if isinstance(value, list):
        return [seeded(item, canary, chance) for item in value]
    if isinstance(value, dict):
        made = {key: seeded(item, canary, chance) for key, item in value.items()}
        if chance.random() < 0.1:
            made[canary.value] = canary.value
        return made
    return value
