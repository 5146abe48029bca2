# SPDX-License-Identifier: AGPL-3.0-or-later
"""Commands that take long refuse at once what they could not finish."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_a_report_that_could_not_be_written_is_refused_before_the_proof_begins(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KENTERING_")}
    done = subprocess.run(
        [sys.executable, "-m", "chat", "prove", "--out", str(tmp_path / "file" / "reports")],
        env={**kept, "KENTERING_DATA": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [f"We can't make the directory {tmp_path}/file/reports."]
