# SPDX-License-Identifier: AGPL-3.0-or-later
"""The base of every frame."""

from __future__ import annotations

from typing import Annotated

import msgspec

from chat.protocol.types import Language

Languages = Annotated[list[Language], msgspec.Meta(max_length=16)]


class Frame(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """Base of all frames. (Each repeats `frozen`: msgspec inherits it, mypy does not see that.)"""
