# SPDX-License-Identifier: AGPL-3.0-or-later
"""The live store as it should be, and otherwise: each against a real server."""

from __future__ import annotations

import pytest

from chat.doctor import store
from chat.doctor.finding import Standing
from chat.live import embedded
from chat.live.resp import Store
from tests.support.valkey import WatchedStore

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def pids(running: WatchedStore) -> list[int]:
    assert running.pid is not None
    return [running.pid]


async def test_the_embedded_store_is_right() -> None:
    with WatchedStore() as running:
        found = await store.settings(running.url) + await store.frees_clean(running.url, pids(running))
        keys = await running.keys_and_clocks()

    assert [one.standing for one in found] == [Standing.RIGHT, Standing.RIGHT]
    assert keys == {}


async def test_junk_filling_off_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "JUNK", {})
    with WatchedStore() as running:
        (found,) = await store.frees_clean(running.url, pids(running))

    assert found.standing is Standing.WRONG
    assert "freed memory is not overwritten" in found.says


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("save", "60 1", "writes snapshots to disk"),
        ("appendonly", "yes", "writes a log of all data"),
        ("slowlog-log-slower-than", "0", "slow log"),
    ],
)
async def test_a_store_that_keeps_is_seen(name: str, value: str, says: str) -> None:
    with WatchedStore() as running:
        admin = await Store.open(running.admin_url)
        await admin.call(b"CONFIG", b"SET", name, value)
        await admin.close()
        (found,) = await store.settings(running.url)

    assert found.standing is Standing.WRONG
    assert says in found.says


async def test_a_process_that_cannot_be_read_is_not_taken_for_right() -> None:
    with WatchedStore() as running:
        found = await store.frees_clean(running.url, []) + await store.frees_clean(running.url, [2**22 + 1])

    assert [one.standing for one in found] == [Standing.UNSEEN, Standing.UNSEEN]
