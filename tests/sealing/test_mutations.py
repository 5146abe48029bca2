# SPDX-License-Identifier: AGPL-3.0-or-later
"""The tests of the sealing, tested: each fault of mutations.py turns the file that has to find it red."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sealing.mutations import MUTATIONS, Mutation
from tests.sealing.plant import Planted

HERE = Path(__file__).parent


def run(by: str, **environment: str) -> int:
    """The exit status of pytest: 0 green, 1 red, anything else says that nothing was tried."""
    command = [sys.executable, "-m", "pytest", "-x", "-p", "tests.sealing.plant", HERE / f"test_{by}.py"]
    told = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    return subprocess.run(
        command, cwd=HERE.parents[1], env=told | environment, capture_output=True, check=False
    ).returncode


def test_every_fault_still_fits_the_code():
    assert len({mutation.name for mutation in MUTATIONS}) == len(MUTATIONS)
    for mutation in MUTATIONS:
        assert Planted(mutation).source


@pytest.mark.long
@pytest.mark.parametrize("by", sorted({mutation.by for mutation in MUTATIONS}))
def test_without_a_fault_it_is_green(by: str):
    assert run(by) == 0


@pytest.mark.long
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_each_fault_is_found(mutation: Mutation):
    assert run(mutation.by, KENTERING_PLANTED=mutation.name) == 1
