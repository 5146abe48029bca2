# SPDX-License-Identifier: AGPL-3.0-or-later
"""Places beside memory, and controls that arrive there late, or never."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from chat.machine import processes
from chat.machine.engine import Container, Engine, container
from chat.machine.members import Member, Members, Role
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


def inspected(**more: object) -> Container:
    said: dict[str, Any] = {
        "Id": "0a",
        "Name": "/kentering-app-1",
        "Config": {},
        "HostConfig": {"LogConfig": {"Type": "none"}, "ReadonlyRootfs": True, "Tmpfs": {}},
        **more,
    }
    return container(said)


def contained(one: Container) -> Places:
    """As if this very process ran in it."""
    places = Places(time.time(), Members(()))
    engine = Engine(Path("/there-is-no-engine.sock"), "kentering")
    member = Member(Role.WORKER, "app python 1", os.getpid(), one)
    places.contained(Members((member,), (one,), engine))
    return places


def test_each_place_that_a_container_can_write_to_has_a_control_of_its_own(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    mounts = [
        {"Destination": f"{tmp_path}/one", "RW": True},
        {"Destination": f"{tmp_path}/two", "RW": True},
        {"Destination": f"{tmp_path}/gone", "RW": True},
        {"Destination": f"{tmp_path}", "RW": False},
    ]
    places = contained(inspected(Mounts=mounts))
    found = {name: read for name, read in searched(places).items() if name.startswith("kentering-app-1, ")}

    assert found == {
        f"kentering-app-1, {tmp_path}/one": True,
        f"kentering-app-1, {tmp_path}/two": True,
        f"kentering-app-1, {tmp_path}/gone": False,
        "kentering-app-1, /dev/shm": True,
    }
    assert len({one.control for one in places.surfaces if one.control}) == sum(searched(places).values())
    assert "The output of kentering-app-1 is not kept (log driver none)." in places.notes
    places.tidy_up()
    assert list(tmp_path.glob("*/*")) == []


def test_a_writable_layer_that_nobody_can_name_is_not_read() -> None:
    places = contained(inspected(HostConfig={"LogConfig": {"Type": "none"}, "ReadonlyRootfs": False}))
    places.tidy_up()

    name = "kentering-app-1, its writable layer"
    if processes.overlay_upper(os.getpid()) is None:
        assert searched(places)[name] is False


def test_kept_output_that_does_not_come_back_is_not_read() -> None:
    places = contained(
        inspected(HostConfig={"LogConfig": {"Type": "json-file"}, "ReadonlyRootfs": True, "Tmpfs": {}})
    )
    places.tidy_up()

    assert searched(places)["log of kentering-app-1"] is False


def test_a_container_without_a_process_is_not_read() -> None:
    one = inspected()
    places = Places(time.time(), Members(()))
    places.contained(Members((), (one,), Engine(Path("/there-is-no-engine.sock"), "kentering")))
    places.tidy_up()

    assert searched(places)["files of kentering-app-1"] is False


def test_output_into_a_socket_or_a_pipe_is_not_read(tmp_path: Path) -> None:
    def places_of(out: int | IO[bytes]) -> Places:
        places = Places(0, Members(()))
        with subprocess.Popen(
            ["cat"], stdin=subprocess.PIPE, stdout=out, stderr=subprocess.DEVNULL
        ) as running:
            places.output(running.pid)
            for one in places.surfaces:
                assert searched(places) == {one.name: one.control != b""}
            running.communicate()
        return places

    ours, theirs = socket.socketpair()
    with ours, theirs, (tmp_path / "log").open("ab") as log:
        for out in (theirs.fileno(), subprocess.PIPE):
            (surface,) = places_of(out).surfaces
            assert (surface.name, surface.control) == ("the service's output", b"")
        (surface,) = places_of(log).surfaces
        assert (surface.name, surface.control != b"") == (f"log {tmp_path}/log", True)
    places = places_of(subprocess.DEVNULL)
    assert places.surfaces == []
    assert places.notes == ["The service's output goes to /dev/null, which keeps nothing itself."]
