# SPDX-License-Identifier: AGPL-3.0-or-later
"""The same service with its records in PostgreSQL, where one is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat.protocol import frames
from tests.support.people import desk_on, help_seeker_on, talk
from tests.support.postgresql import postgresql
from tests.support.service import running


@pytest.mark.anyio
async def test_a_whole_conversation_with_records_in_postgresql(tmp_path: Path) -> None:
    with postgresql() as address, running(tmp_path, KENTERING_RECORDS_URL=address) as service:
        assert service.first_link().startswith(service.desk + "/enrol#")
        assert not list(service.data.rglob("*.sqlite3"))
        desk = await desk_on(service)
        opened = await talk(await help_seeker_on(service), desk)
        await opened.say(1)
        await opened.answer(1)
        await opened.end()
        await desk.expect(frames.DeskClosed)
        await opened.person.close()
        await desk.close()
        assert service.stop() == 0
        assert "error" not in service.lines()
