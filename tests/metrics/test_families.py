# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every name, every label and every value of a label that a scrape can hold."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families as parsed

from chat.metrics.coarse import Numbers, Seen
from chat.metrics.families import registry
from chat.protocol.types import ErrorCode

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
LABELS = {
    "kentering_workers": None,
    "kentering_workers_wanted": None,
    "kentering_live_store_reachable": None,
    "kentering_records_reachable": None,
    "kentering_desks_on_duty": None,
    "kentering_waiting": None,
    "kentering_conversations": None,
    "kentering_certificate_days": "kind",
    "kentering_refusals": "code",
    "kentering_unexpected_errors": "error",
}


def scraped(seen: Seen) -> str:
    numbers = Numbers(lambda: 0.0, lambda _below: 0, seen, Counter(GAP=20), Counter(KeyError=1))
    return generate_latest(registry(numbers, 2)).decode()


ALL = Seen(True, True, 3, 1, 2, {"manager": 300, "staff": 12})


def test_there_is_no_other_metric_and_no_other_label() -> None:
    found = {}
    for family in parsed(scraped(ALL)):
        labels = {label for sample in family.samples for label in sample.labels}
        found[family.name] = labels.pop() if labels else None
        assert not labels
        assert all(sample.timestamp is None for sample in family.samples)

    assert found == LABELS


def test_values_of_labels_are_closed() -> None:
    values = {
        (name, value)
        for family in parsed(scraped(ALL))
        for sample in family.samples
        for name, value in sample.labels.items()
    }

    assert values == {("code", code.name.lower()) for code in ErrorCode} | {
        ("kind", "manager"),
        ("kind", "staff"),
        ("error", "KeyError"),
    }


def test_numbers_are_beginnings_of_bands() -> None:
    lines = scraped(ALL).splitlines()

    assert "kentering_desks_on_duty 2.0" in lines
    assert "kentering_waiting 5.0" in lines
    assert "kentering_conversations 10.0" in lines


def test_what_could_not_be_seen_is_not_said() -> None:
    text = scraped(Seen())

    assert "kentering_live_store_reachable 0.0" in text
    assert "kentering_waiting " not in text
    assert "kentering_desks_on_duty " not in text


def test_the_dashboard_and_the_alerts_ask_for_metrics_that_there_are() -> None:
    names = {name + ("_total" if name.endswith(("refusals", "errors")) else "") for name in LABELS}
    dashboard = json.loads((DEPLOY / "dashboard.json").read_text(encoding="utf-8"))
    asked = {target["expr"] for panel in dashboard["panels"] for target in panel["targets"]}
    alerts = (DEPLOY / "alerts.yml").read_text(encoding="utf-8")

    assert set(re.findall(r"kentering_\w+", " ".join(asked))) == names
    assert set(re.findall(r"kentering_\w+", alerts)) <= names
    assert alerts.count("- alert:") >= 5
