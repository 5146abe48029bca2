# SPDX-License-Identifier: AGPL-3.0-or-later
"""The shape of a planted fault (mutations.py)."""

from __future__ import annotations

from typing import NamedTuple


class Mutation(NamedTuple):
    name: str
    file: str
    old: str
    new: str
    walk: bool = False
