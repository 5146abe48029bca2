# SPDX-License-Identifier: AGPL-3.0-or-later
"""A running service, watched from the first hostile byte to the last."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from chat.protocol.types import EndedBy
from tests.fuzz.callers import ONION
from tests.fuzz.watch import Watch
from tests.support.people import desk_on, help_seeker_on, talk
from tests.support.service import Service, free_port, running


@pytest.fixture(scope="module")
def metrics_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, metrics_port: int) -> Iterator[Service]:
    """With an onion address, and metrics: every address that a service ever listens on."""
    open_ = {
        "KENTERING_ONION": ONION,
        "KENTERING_METRICS": f"127.0.0.1:{metrics_port}",
        "KENTERING_MESSAGES_BURST": "300",
    }
    with running(tmp_path_factory.mktemp("fuzz"), **open_) as started:
        yield started


@pytest.fixture
async def watch(service: Service) -> AsyncIterator[Watch]:
    """Watches the service; a conversation that begins now ends as it should."""
    desk = await desk_on(service)
    beside = await talk(await help_seeker_on(service), desk)
    watching = Watch(service, beside)
    assert watching.heard() <= {service.output, Path("/dev/null")}  # nothing is said anywhere else
    await watching.goes_on()
    yield watching

    await watching.goes_on()
    watching.over()
    assert await beside.end() is EndedBy.HELP_SEEKER
    await beside.person.close()
    await desk.close()
