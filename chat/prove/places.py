# SPDX-License-Identifier: AGPL-3.0-or-later
"""Everything beside memory where something could be kept: files, logs, the host's journal, temporary files.

Each place gets a file or a line of ours as its control, and is rid of it afterwards where it can be.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from chat.machine import processes
from chat.machine.engine import Container, Engine
from chat.machine.members import Members, Role
from chat.machine.processes import Unreadable
from chat.prove import files
from chat.prove.surfaces import Surface, Where
from chat.settings import Settings

_NAME: Final = "kentering-proof-control"
_JOURNAL: Final = Path("run/systemd/journal/socket")
_KEEPS_NOTHING: Final = "none"


@dataclass
class Places:
    """The surfaces of one proof, and what is to be said of places that keep nothing."""

    since: float
    """Unix seconds: when the proof began."""
    surfaces: list[Surface] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _planted: list[Path] = field(default_factory=list)

    # --- of a service on this computer ---

    def here(self, settings: Settings, members: Members) -> None:
        """Data, logs, open files, temporary files and the journal of this computer."""
        self.tree("the data directory", settings.data)
        for store in members.of(Role.STORE):
            folder = processes.working_directory(store.pid)
            if folder is not None and folder != Path("/"):
                self.tree("the live store's directory", folder)
        for member in members.of(Role.LAUNCHER):
            self._output(member.pid)
        self._open_files(members)
        self.host(Path("/"))

    def _output(self, pid: int) -> None:
        known: set[str] = set()
        try:
            opened = processes.open_files(pid)
        except Unreadable as why:
            self._refused("the service's output", Where.LOG, str(why))
            return
        for one in opened:
            if one.number not in {1, 2} or one.target in known:
                continue
            known.add(one.target)
            if one.is_regular:
                control = _control()
                said = "a line that was added to it"
                self._add(f"log {one.target}", Where.LOG, partial(_log, one.path, control), control, said)
            elif one.target.startswith("pipe:"):
                piped = "the service's output goes into a pipe, and whoever reads that may keep it"
                self._refused("the service's output", Where.LOG, piped)
            else:
                self.notes.append(f"The service's output goes to {one.target}, which keeps nothing itself.")

    def _open_files(self, members: Members) -> None:
        """With a deleted file of our own as the control."""
        control = _control()
        mine = os.memfd_create(_NAME)
        os.write(mine, control)
        pids = [os.getpid(), *(one.pid for one in members.processes)]
        self._add(
            "files that a process holds open, deleted ones too",
            Where.FILES,
            partial(files.held_open, pids),
            control,
            "a deleted file that the proof holds open",
        )

    # --- of containers ---

    def contained(self, members: Members) -> None:
        """Writable layers, volumes and outputs of the containers, then the host."""
        engine, host = members.engine, _host(members)
        for container in members.containers:
            pid = next((one.pid for one in members.processes if one.container == container), None)
            if pid is None or engine is None:
                self._refused(f"files of {container.name}", Where.FILES, "no process of it can be seen")
                continue
            self._layers(container, pid, host)
            self._kept_output(engine, container, pid)
        self.host(host)

    def _layers(self, container: Container, pid: int, host: Path) -> None:
        root = processes.PROC / str(pid) / "root"
        folders = [root / name.lstrip("/") for name in container.mounts]
        if not container.read_only and container.upper is not None:
            folders.append(host / container.upper.lstrip("/"))
        folders = [one for one in folders if one.exists()]
        control = _control()
        for folder in folders:
            if folder.is_dir() and self._plant(folder, control):
                break
        else:
            self.notes.append(f"{container.name} has no place to write to.")
            return
        self._add(
            f"writable layer, volumes and tmpfs of {container.name}",
            Where.FILES,
            partial(_some, folders),
            control,
            "a file that was put there",
        )

    def _kept_output(self, engine: Engine, container: Container, pid: int) -> None:
        if container.log_driver == _KEEPS_NOTHING:
            self.notes.append(f"The output of {container.name} is not kept (log driver none).")
            return
        control = _control()
        with contextlib.suppress(OSError), (processes.PROC / str(pid) / "fd/1").open("wb") as out:
            out.write(control + b"\n")

        def read() -> Iterable[bytes]:
            yield engine.log(container, int(self.since))

        self._add(f"log of {container.name}", Where.LOG, read, control, "a line written to its output")

    # --- of the host ---

    def host(self, root: Path) -> None:
        """Temporary files, log files and the journal; `root` is the host's file system as seen from here."""
        for folder in files.TEMPORARY:
            self._changed(f"temporary files in {folder}", root / str(folder).lstrip("/"), Where.TEMPORARY)
        self._changed("log files of this computer (/var/log)", root / "var/log", Where.JOURNAL)
        try:
            kept = (root / _JOURNAL).exists()
        except OSError:
            self._refused("the host's journal", Where.JOURNAL, f"{root} cannot be entered from this account")
            return
        if kept:
            self._journal(root)
        else:
            self.notes.append("This computer has no systemd journal.")

    def _changed(self, name: str, folder: Path, where: Where) -> None:
        try:
            if not folder.is_dir():
                return
        except OSError:
            self._refused(name, where, f"{folder} cannot be entered from this account")
            return
        control = _control()
        if not self._plant(folder, control):
            self._refused(name, where, f"nothing can be planted in {folder}; run this as root")
            return
        read = partial(files.recent, [folder], self.since, ())
        self._add(name, where, read, control, "a file that was put there")

    def _journal(self, root: Path) -> None:
        control, program = _control(), shutil.which("journalctl")
        if program is None:
            self._refused("the host's journal", Where.JOURNAL, "journalctl is not installed here")
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
            journal.sendto(b"MESSAGE=" + control + b"\n", str(root / _JOURNAL))
        command = [program, "--no-pager", "--output=export", f"--since=@{int(self.since)}"]
        if root != Path("/"):
            command.append(f"--root={root}")
        read = partial(_printed, command)
        self._add("the host's journal", Where.JOURNAL, read, control, "a message sent to it")

    # --- all of them ---

    def tree(self, name: str, folder: Path) -> None:
        """A directory with all that is in it."""
        control = _control()
        if self._plant(folder, control):
            read = partial(files.tree, [folder])
            self._add(name, Where.FILES, read, control, "a file that was put there")
        else:
            self._refused(name, Where.FILES, f"nothing can be planted in {folder}")

    def add(self, surface: Surface) -> None:
        """One more."""
        self.surfaces.append(surface)

    def tidy_up(self) -> None:
        """Take away what was planted."""
        for path in self._planted:
            path.unlink(missing_ok=True)

    def _add(
        self, name: str, where: Where, read: Callable[[], Iterable[bytes]], control: bytes, planted: str
    ) -> None:
        self.surfaces.append(Surface(name, where, read, control, planted))

    def _refused(self, name: str, where: Where, why: str) -> None:
        def read() -> Iterable[bytes]:
            raise Unreadable(why)

        self.surfaces.append(Surface(name, where, read, b"", "nothing could be planted"))

    def _plant(self, folder: Path, control: bytes) -> bool:
        path = folder / f"{_NAME}-{secrets.token_hex(4)}"
        try:
            path.write_bytes(control)
        except OSError:
            return False
        self._planted.append(path)
        return True


def _host(members: Members) -> Path:
    """The host's file system: our own, when the containers' layers lie there; else its first process's."""
    layers = [Path(one.upper) for one in members.containers if one.upper is not None]
    here = any(one.exists() for one in layers)
    return Path("/") if here else Path("/proc/1/root")


def _log(path: Path, control: bytes) -> Iterator[bytes]:
    """With its control added just before: one that was there before may have been written over."""
    try:
        with path.open("ab") as log:
            log.write(control + b"\n")
    except OSError:
        raise Unreadable(f"{path} cannot be written to from this account") from None
    yield from files.pieces(path)


def _control() -> bytes:
    return b"control-" + secrets.token_hex(20).encode()


def _some(paths: Sequence[Path]) -> Iterator[bytes]:
    for path in paths:
        yield from files.tree([path]) if path.is_dir() else files.pieces(path)


def _printed(command: list[str]) -> Iterator[bytes]:
    for _ in range(10):  # what was sent to the journal is there a moment later
        time.sleep(0.1)
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own words
        if done.returncode != 0:
            raise Unreadable("journalctl cannot read the journal from this account; run this as root")
        if b"control-" in done.stdout:
            break
    yield done.stdout
