# SPDX-License-Identifier: AGPL-3.0-or-later
"""What holds for every test, and fixtures for everything that needs the whole service."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from xdist import scheduler

from tests.support.sealed import Beside, Organisation, beside
from tests.support.service import Service, running

# A test's outcome depends on the code alone: the same examples every time, and no clock. The long tests
# look for new examples instead; one that fails prints how to repeat it.
_NO_CLOCK = (HealthCheck.too_slow,)
settings.register_profile(
    "steady", deadline=None, database=None, derandomize=True, suppress_health_check=_NO_CLOCK
)
settings.register_profile(
    "searching", deadline=None, database=None, print_blob=True, suppress_health_check=_NO_CLOCK
)


def pytest_configure(config: pytest.Config) -> None:
    """Before any test file is read: its settings begin with the profile."""
    is_long = config.option.markexpr.startswith("long")
    settings.load_profile("searching" if is_long else "steady")


_FIRST = (
    "test_desk_states.py", "test_states.py", "test_profiles.py", "test_waiting.py", "test_every_way.py",
    "test_proof.py", "test_a_working_day.py", "test_handover_killed.py", "test_taking.py",
    "test_mutations.py", "test_flood.py", "test_launcher.py", "test_backup_file.py",
    "test_with_browser.py",
)  # fmt: skip
"""Files that take longest: where files run side by side, none of them may be left alone at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With `--no-loadscope-reorder` files are handed out in this order."""
    items.sort(key=lambda item: item.path.name not in _FIRST)


def stays_together(nodeid: str) -> str:
    """What one process runs: a file, or the files of a folder that share more than a service."""
    path = nodeid.partition("::")[0]
    folder = path.rpartition("/")[0]
    return folder if folder == "tests/browser/members" else path


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """For `--dist loadfile`."""
    if config.getoption("dist") != "loadfile":
        return None
    made = scheduler.LoadFileScheduling(config, log)
    made._split_scope = stays_together
    return made


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service with two workers, shared by the tests of a file."""
    with running(tmp_path_factory.mktemp("service")) as started:
        yield started


@pytest.fixture
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service with every byte to its live store in the test's hands."""
    with running(tmp_path_factory.mktemp("service"), proxied=True) as started:
        yield started


@pytest.fixture(scope="module")
def organisation() -> Organisation:
    """An organisation with a root key of its own, whose staff seal in Python."""
    return Organisation()


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory, organisation: Organisation) -> Iterator[Service]:
    """The service that trusts this organisation."""
    folder = tmp_path_factory.mktemp("known")
    organisation.install(folder / "data")
    with running(folder) as started:
        yield started


@pytest.fixture
def other() -> Iterator[Beside]:
    """The other side, in a thread of its own beside a browser."""
    with beside() as made:
        yield made


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
