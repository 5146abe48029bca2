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
from collections.abc import Callable, Iterable, Iterator
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
_PATIENCE_S: Final = 60.0
_AGAIN_S: Final = 0.2
_SHOWN: Final = ("/dev/null", "/dev/pts/", "/dev/tty", "/dev/console")
"""Where output is shown or dropped, and kept by nobody."""


@dataclass
class Places:
    """The surfaces of one proof, and what is to be said of places that keep nothing."""

    since: float
    """Unix seconds: files changed since then were changed by what the proof does, or beside it."""
    running: Members
    """Those whose open files are looked at: set anew when others run."""
    surfaces: list[Surface] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _planted: list[Path] = field(default_factory=list)

    # --- of a service on this computer ---

    def here(self, settings: Settings, members: Members) -> None:
        """Data, logs, open files, temporary files and the journal of this computer."""
        self.tree("the data directory", settings.data)
        for store in members.of(Role.STORE):
            folder = processes.working_directory(store.pid)
            if folder is None:
                self._refused(
                    "the live store's directory", Where.FILES, "it cannot be seen from this account"
                )
            elif folder == Path("/"):
                self.notes.append("The live store runs in /: what it holds open there was searched.")
            else:
                self.tree("the live store's directory", folder)
        for member in members.of(Role.LAUNCHER):
            self.output(member.pid)
        self._open_files()
        self.host(Path("/"))

    def output(self, pid: int) -> None:
        """Where a process prints."""
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
            elif one.target.startswith(_SHOWN):
                self.notes.append(f"The service's output goes to {one.target}, which keeps nothing itself.")
            else:  # a pipe, or, under systemd, the journal's socket
                passed = f"it goes into a {one.target.partition(':')[0]}, and is kept by whoever reads that"
                self._refused("the service's output", Where.LOG, passed)

    def _open_files(self) -> None:
        """With a deleted file of our own as the control."""
        control = _control()
        mine = os.memfd_create(_NAME)
        os.write(mine, control)

        def read() -> Iterator[bytes]:
            return files.held_open([os.getpid(), *(one.pid for one in self.running.processes)])

        self._add(
            "files that a process holds open, deleted ones too",
            Where.FILES,
            read,
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
        self._open_files()
        self.host(host)

    def _layers(self, container: Container, pid: int, host: Path) -> None:
        """Each place that it can write to, with a control of its own."""
        root = processes.PROC / str(pid) / "root"
        folders: dict[str, Path | None]
        folders = {name: root / name.lstrip("/") for name in (*container.mounts, str(files.SHARED))}
        if not container.read_only:
            upper = container.upper or processes.overlay_upper(pid)
            folders["its writable layer"] = host / str(upper).lstrip("/") if upper is not None else None
        for name, folder in sorted(folders.items()):
            said = f"{container.name}, {name}"
            if folder is None:
                self._refused(said, Where.FILES, "nobody says where it lies on this computer")
            elif not os.path.isdir(folder):  # noqa: PTH112 - this one never raises
                self._refused(said, Where.FILES, "it is no directory that can be seen from here")
            else:
                self.tree(said, folder)

    def _kept_output(self, engine: Engine, container: Container, pid: int) -> None:
        if container.keeps_no_output:
            self.notes.append(f"The output of {container.name} is not kept (log driver none).")
            return
        control = _control()

        def say() -> None:
            with (processes.PROC / str(pid) / "fd/1").open("wb") as out:
                out.write(control + b"\n")

        read = partial(arrived, say, partial(engine.log, container, int(self.since)), control)
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
                self.notes.append(f"There are no {name}.")
                return
        except OSError:
            self._refused(name, where, f"{folder} cannot be entered from this account")
            return
        control = _control()
        if not self._plant(folder, control):
            self._refused(name, where, f"nothing can be planted in {folder}; run this as root")
            return
        read = partial(files.tree, [folder], self.since)
        self._add(name, where, read, control, "a file that was put there")

    def _journal(self, root: Path) -> None:
        control, program = _control(), shutil.which("journalctl")
        if program is None:
            self._refused("the host's journal", Where.JOURNAL, "journalctl is not installed here")
            return
        command = [program, "--no-pager", "--output=export", f"--since=@{int(self.since)}"]
        if root != Path("/"):
            command.append(f"--root={root}")

        def say() -> None:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
                journal.sendto(b"MESSAGE=" + control + b"\n", str(root / _JOURNAL))

        read = partial(arrived, say, partial(_printed, command), control)
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
            with contextlib.suppress(OSError):
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
            with path.open("xb") as file:  # never through a link that somebody has put there
                self._planted.append(path)
                file.write(control)
        except OSError:
            return False
        return True


def _host(members: Members) -> Path:
    """The host's file system: our own, when the containers' layers lie there; else its first process's."""
    layers = [Path(one.upper) for one in members.containers if one.upper is not None]
    here = any(os.path.exists(one) for one in layers)  # noqa: PTH110 - this one never raises
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


def _printed(command: list[str]) -> bytes:
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own words
    if done.returncode != 0:
        raise Unreadable("journalctl cannot read the journal from this account; run this as root")
    return done.stdout


def arrived(
    say: Callable[[], None], read: Callable[[], bytes], control: bytes, patience_s: float = _PATIENCE_S
) -> Iterator[bytes]:
    """A log that somebody else writes, once it has what is said to it now; that can take them a while.

    After the last try it is given without.
    """
    with contextlib.suppress(OSError):
        say()
    until = time.monotonic() + patience_s
    while control not in (kept := read()) and time.monotonic() < until:
        time.sleep(_AGAIN_S)
    yield kept
