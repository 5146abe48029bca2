# SPDX-License-Identifier: AGPL-3.0-or-later
"""Solves a challenge of work as a browser does."""

from __future__ import annotations

from typing import Any

import altcha


def solve(challenge: dict[str, Any]) -> bytes:
    made = altcha.Challenge.from_dict(challenge)
    solution = altcha.solve_challenge(made)
    assert solution is not None
    return altcha.Payload(made, solution).to_base64().encode()
