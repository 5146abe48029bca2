# SPDX-License-Identifier: AGPL-3.0-or-later
"""Places beside memory, and controls that arrive there late, or never."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat.machine.members import Members
from chat.machine.processes import Unreadable
from chat.prove import files
from chat.prove.canaries import Canaries
from chat.prove.places import Places, arrived
from chat.prove.surfaces import Surface, search


def searched(places: Places) -> dict[str, bool]:
    return {one.name: search(one, Canaries()).was_read for one in places.surfaces}


def test_a_log_of_somebody_else_is_read_until_it_has_what_was_said() -> None:
    said: list[bytes] = []
    kept: Iterator[list[bytes]] = iter([[], [], said])

    (found,) = arrived(lambda: said.append(b"control"), lambda: b"".join(next(kept)), b"control")

    assert found == b"control"


def test_a_log_that_never_has_it_is_given_without() -> None:
    (found,) = arrived(lambda: None, lambda: b"another line", b"control", patience_s=0)

    assert found == b"another line"


def test_temporary_files_are_searched_if_they_were_changed_since(temporary: Path) -> None:
    places = Places(time.time() - 2, Members(()))
    places.host(temporary.parent / "nowhere")
    assert searched(places) == {}

    places.host(Path("/"))
    name = f"temporary files in {temporary}"
    assert searched(places)[name]
    surface = next(one for one in places.surfaces if one.name == name)
    (temporary / "left").write_text("The weather is mild")
    assert any(b"The weather is mild" in piece for piece in surface.read())

    places.tidy_up()
    assert sorted(one.name for one in temporary.iterdir()) == ["left"]
    assert not searched(places)[name]


def test_a_file_that_grows_while_it_is_read_ends(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"a" * 100)
    read = []
    for piece in files.pieces(path):
        read.append(piece)
        with path.open("ab") as log:
            log.write(b"b" * 100)

    assert read == [b"log", b"a" * 100 + b"b" * 100]


def test_what_was_never_written_in_a_file_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("wb") as log:
        log.write(b"begin")
        log.seek(1 << 34)
        log.write(b"end")

    read = list(files.pieces(path))

    assert sum(len(piece) for piece in read) < 1 << 24
    assert b"begin" in read[1]
    assert read[-1].endswith(b"end")


def test_a_file_that_is_gone_is_nothing_and_one_that_is_no_file_is_unreadable(tmp_path: Path) -> None:
    assert list(files.pieces(tmp_path / "gone")) == [b"gone"]
    with pytest.raises(Unreadable, match="cannot be read"):
        list(files.pieces(tmp_path))
    assert list(files.tree([tmp_path / "gone"])) == []


def test_a_refused_place_is_a_surface_that_is_not_read(tmp_path: Path) -> None:
    places = Places(0, Members(()))
    places.tree("a place", tmp_path / "gone")

    assert searched(places) == {"a place": False}
    assert isinstance(places.surfaces[0], Surface)
