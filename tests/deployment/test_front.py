# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stands between visitors and the service writes no log and passes on nobody's traces."""

from __future__ import annotations

import re

from tests.architecture.tree import ROOT

DEPLOY = ROOT / "deploy"


def lines(name: str) -> list[str]:
    """A configuration's lines without comments."""
    found = [line.strip() for line in (DEPLOY / name).read_text().splitlines()]
    return [line for line in found if line and not line.startswith("#")]


def test_caddy_writes_no_log() -> None:
    text = "\n".join(lines("Caddyfile"))

    assert re.findall(r"\blog\b.*", text) == ["log default {"]
    assert re.findall(r"\boutput\b.*", text) == ["output discard"]
    assert "admin off" in text


def test_caddy_passes_no_traces_on() -> None:
    removed = {line.split("-", 1)[1] for line in lines("Caddyfile") if line.startswith("header_up -")}

    assert removed == {
        "X-Forwarded-For",
        "X-Forwarded-Proto",
        "X-Forwarded-Host",
        "X-Real-Ip",
        "Forwarded",
        "Via",
        "Referer",
    }
    assert 'header_up User-Agent ""' in lines("Caddyfile")


def test_caddy_passes_pieces_on_at_once_and_sees_who_leaves() -> None:
    flush = [line for line in lines("Caddyfile") if line.startswith("flush_interval")]

    assert flush == ["flush_interval 20ms"]


def test_the_onion_front_writes_no_log_and_adds_nobody() -> None:
    words = {line.split()[0] for line in lines("haproxy.cfg")}
    text = "\n".join(lines("haproxy.cfg"))

    assert not words & {"log", "log-format", "capture", "stats", "unique-id-header"}
    assert "forwardfor" not in text
    assert "send-proxy" not in text


def test_the_onion_front_limits_each_circuit() -> None:
    rules = [line for line in lines("haproxy.cfg") if line.startswith(("tcp-request", "http-request deny"))]

    assert rules[0] == "tcp-request session track-sc0 src"
    assert any("sc0_conn_cur" in rule and "reject" in rule for rule in rules)
    assert any("sc0_http_req_rate" in rule and "429" in rule for rule in rules)


def test_tor_tells_circuits_to_the_front_and_nobody_else_and_asks_for_work() -> None:
    torrc = dict(line.split(" ", 1) for line in lines("torrc"))

    assert torrc["HiddenServicePort"] == "80 front:8080"
    assert torrc["HiddenServiceExportCircuitID"] == "haproxy"
    assert torrc["HiddenServicePoWDefensesEnabled"] == "1"
    assert (torrc["SocksPort"], torrc["SafeLogging"], torrc["Log"]) == ("0", "1", "err stderr")
    assert torrc["ControlPort"].startswith("127.0.0.1:")


def test_the_file_for_another_network_is_empty() -> None:
    assert lines("torrc-network") == []
