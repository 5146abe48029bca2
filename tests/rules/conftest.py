# SPDX-License-Identifier: AGPL-3.0-or-later
"""Hypothesis without a stopwatch: on a busy machine a slow example is no failure."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
