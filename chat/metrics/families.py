# SPDX-License-Identifier: AGPL-3.0-or-later
"""The metrics by name. Every label is of a closed set; none says where, who, or when."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from chat.metrics.coarse import DESK_STEPS, Numbers, at_least, beginning
from chat.protocol.types import ErrorCode


class Families(Collector):
    """What is written at each scrape: the last look, never a new one."""

    def __init__(self, numbers: Numbers, wanted: int) -> None:
        self._numbers = numbers
        self._wanted = wanted

    def collect(self) -> Iterator[Metric]:
        """All metrics."""
        numbers, seen = self._numbers, self._numbers.seen
        yield _gauge(
            "workers", "Processes that serve and have spoken in the last minutes.", numbers.workers()
        )
        yield _gauge("workers_wanted", "Processes that should serve.", self._wanted)
        yield _gauge("live_store_reachable", "1 when the live store answers.", int(seen.live_store))
        yield _gauge("records_reachable", "1 when the records answer.", int(seen.records))
        if seen.on_duty is not None:
            on_duty = at_least(seen.on_duty, DESK_STEPS)
            yield _gauge("desks_on_duty", "Desks on duty, at least so many.", on_duty)
        if seen.waiting is not None and seen.conversations is not None:
            told = "of the look that every visitor may have, at least so many."
            yield _gauge("waiting", f"People waiting, {told}", beginning(seen.waiting))
            yield _gauge("conversations", f"Conversations, {told}", beginning(seen.conversations))
        days = GaugeMetricFamily(
            "kentering_certificate_days",
            "Days until the first certificate of this kind ends.",
            labels=["kind"],
        )
        for kind, count in sorted(seen.certificate_days.items()):
            days.add_metric([kind], count)
        yield days
        refused = CounterMetricFamily(
            "kentering_refusals", "Refused frames by code, blurred, every ten minutes.", labels=["code"]
        )
        for code in ErrorCode:
            refused.add_metric([code.name.lower()], numbers.refused[code.name])
        yield refused
        errors = CounterMetricFamily(
            "kentering_unexpected_errors", "Unexpected errors by class, every ten minutes.", labels=["error"]
        )
        for name, count in sorted(numbers.errors.items()):
            errors.add_metric([name], count)
        yield errors


def registry(numbers: Numbers, wanted: int) -> CollectorRegistry:
    """A registry of our own: the library's default one tells of the process and of the machine."""
    made = CollectorRegistry(auto_describe=False)
    made.register(Families(numbers, wanted))
    return made


def _gauge(name: str, meaning: str, value: int) -> Metric:
    return GaugeMetricFamily(f"kentering_{name}", meaning, value)
