# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fixtures for everything that needs the whole service."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.service import Service, running


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


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
