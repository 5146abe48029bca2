# SPDX-License-Identifier: AGPL-3.0-or-later
"""A real Valkey for tests: fresh for every test, with the settings of the product.

Import the fixtures in a conftest: `from tests.support.valkey import *  # noqa: F403`.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator
from urllib.parse import quote

import pytest

from chat.live.embedded import EmbeddedStore
from chat.live.live import Live
from chat.live.resp import Store

__all__ = ["anyio_backend", "embedded_store", "live"]


class WatchedStore(EmbeddedStore):
    """The embedded store, with a second user who may look at everything: what a test must see."""

    def __init__(self) -> None:
        super().__init__()
        self._admin = secrets.token_urlsafe(16)

    @property
    def admin_url(self) -> str:
        return f"unix://admin:{self._admin}@{quote(str(self.socket))}"

    def _settings(self) -> str:
        return super()._settings() + f"user admin on >{self._admin} ~* &* +@all\n"

    def join(self) -> None:
        """Wait until the server, killed by the test, is gone."""
        assert self._server is not None
        self._server.wait()

    async def forget_everything(self) -> None:
        """As after a restart: nothing of its memory is there."""
        admin = await Store.open(self.admin_url)
        await admin.call(b"FLUSHALL")
        await admin.close()

    async def keys_and_clocks(self) -> dict[bytes, int]:
        """Every key there is, with its remaining seconds (-1: it has no clock)."""
        admin = await Store.open(self.admin_url)
        found = await admin.call(b"KEYS", b"*")
        clocks = await admin.calls(*((b"TTL", key) for key in found))
        await admin.close()
        return dict(zip(found, clocks, strict=True))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def embedded_store() -> Iterator[WatchedStore]:
    with WatchedStore() as store:
        yield store


@pytest.fixture
async def live(embedded_store: WatchedStore) -> AsyncIterator[Live]:
    opened = await Live.open(embedded_store.url)
    yield opened
    await opened.close()
