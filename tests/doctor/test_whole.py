# SPDX-License-Identifier: AGPL-3.0-or-later
"""`kentering doctor` beside a running service."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from chat.doctor.finding import Finding, Standing, as_text, exit_code
from tests.support.service import running

CHECKS = {
    "live store settings", "live store frees memory clean", "swap", "core files", "clock", "log drivers",
    "logs in front", "own output", "headers", "tls", "bundle", "onion", "records schema",
    "staff certificates",
}  # fmt: skip
OF_THIS_COMPUTER = {"swap", "clock", "staff certificates"}


def doctor(data: Path, port: int) -> tuple[int, dict[str, Finding]]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KENTERING_")}
    done = subprocess.run(
        [sys.executable, "-m", "chat", "doctor", "--json"],
        env={**kept, "KENTERING_DATA": str(data), "PORT": str(port)},
        capture_output=True,
        check=False,
    )
    said = json.loads(done.stdout)
    assert said["exit"] == done.returncode
    found = [Finding(one["check"], Standing(one["standing"]), one["says"]) for one in said["findings"]]
    return done.returncode, {one.check: one for one in found}


def test_a_service_of_ours_is_right_and_one_that_does_not_run_is_not_seen(tmp_path: Path) -> None:
    with running(tmp_path, own_store=False) as service:
        _, found = doctor(service.data, service.port)
        assert found.keys() == CHECKS
        wrong = {one.check for one in found.values() if one.standing is not Standing.RIGHT}
        assert wrong <= OF_THIS_COMPUTER, as_text(list(found.values()))

    _, found = doctor(service.data, service.port)
    assert found["service"].standing is Standing.UNSEEN


def test_the_exit_code_is_for_monitoring() -> None:
    right, unseen, wrong = (Finding("a", standing, "b.") for standing in ("right", "unseen", "wrong"))

    assert [exit_code(found) for found in ([], [right], [right, unseen], [unseen, wrong, right])] == [
        0,
        0,
        2,
        1,
    ]
    assert as_text([right]).endswith("All is well.")
    assert as_text([right, wrong]).startswith("WRONG")
