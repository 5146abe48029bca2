# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from chat.prove import files


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Temporary files of this test alone: to those of the computer other tests write all the time."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(files, "TEMPORARY", (folder,))
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder
