# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where output goes: drivers of containers, log files of what stands in front, its configuration."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterable
from itertools import pairwise
from typing import Final

from chat.doctor.finding import Finding, verdict
from chat.machine import processes
from chat.machine.engine import Container
from chat.machine.members import Member, Members, Role
from chat.machine.processes import Gone, Unreadable

_IN_FRONT: Final = "logs in front"
_OWN: Final = "own output"
CADDYFILES: Final = ("etc/caddy/Caddyfile",)
_HAPROXY: Final = ("etc/haproxy/haproxy.cfg", "usr/local/etc/haproxy/haproxy.cfg")
_SHOWN: Final = ("/dev/null", "/dev/pts/", "/dev/tty", "/dev/console")


def drivers(containers: Collection[Container]) -> list[Finding]:
    """No container's output is kept."""
    wrong = [
        f"The output of {one.name} is kept (log driver {one.log_driver}). Set logging: {{driver: none}}."
        for one in containers
        if not one.keeps_no_output
    ]
    well = "No container's output is kept." if containers else "The service runs without containers."
    return verdict("log drivers", wrong, well)


def fronts(members: Members, *, expected: bool) -> list[Finding]:
    """What stands in front of the service writes no log. `expected`: something has to stand there."""
    here = members.of(Role.FRONT)
    wrong: list[str] = []
    hidden: list[str] = []
    for one in here:
        try:
            wrong += _written_by(one.pid)
        except Gone:
            continue
        except Unreadable as why:
            hidden.append(str(why))
    if expected and not here:
        hidden.append("what stands in front cannot be found from here")
    well = "Nothing in front of the service keeps a log." if here else "Nothing stands in front."
    return verdict(_IN_FRONT, wrong, well, hidden)


def _written_by(pid: int) -> list[str]:
    name = processes.name(pid)
    logs = [one for one in processes.open_files(pid) if one.is_regular and _is_log(pid, one.number)]
    wrong = [f"{name} writes to {one.target}, and may keep addresses there." for one in logs]
    root = processes.PROC / str(pid) / "root"
    kinds = {"caddy": (CADDYFILES, caddyfile), "haproxy": (_HAPROXY, haproxy)}
    if name not in kinds:
        if wrong:
            return wrong
        raise Unreadable(f"where {name} writes beside open files is not looked at")
    names, look = kinds[name]
    words = processes.command_line(pid)
    told = [path for option, path in pairwise(words) if option in {"--config", "-f"}]
    names = tuple(path.lstrip("/") for path in told) or names
    read = False
    for path in (root / one for one in names):
        with contextlib.suppress(OSError, ValueError):
            wrong += look(path.read_text(encoding="utf-8"))
            read = True
    if wrong or read:
        return wrong
    raise Unreadable(f"the configuration of {name} is not at /{' or /'.join(names)}, or cannot be read")


def _is_log(pid: int, number: int) -> bool:
    """Whether this file is only written to (man 5 proc: octal flags, the last two bits say how)."""
    try:
        text = (processes.PROC / str(pid) / "fdinfo" / str(number)).read_text()
    except FileNotFoundError:
        return False  # closed meanwhile
    except OSError:
        raise processes.refused(pid, "how files are opened") from None
    flags = int(next(line for line in text.splitlines() if line.startswith("flags:")).split()[1], 8)
    return flags & 0o3 == 1


def caddyfile(text: str) -> list[str]:
    """What is wrong with a Caddyfile: its error log prints addresses even where no access log is set."""
    bare = "\n".join(line.partition("#")[0] for line in text.splitlines())
    blocks = re.findall(r"^\s*log\b[^\n{]*\{([^}]*)\}", bare, re.MULTILINE)
    lines = re.findall(r"^\s*log\b[^\n{]*$", bare, re.MULTILINE)
    wrong = []
    if lines or any("output discard" not in " ".join(block.split()) for block in blocks):
        wrong.append("Caddy is told to write a log (Caddyfile): remove it, or set its output to discard.")
    if not re.search(r"^\s*log default\s*\{\s*output discard", bare, re.MULTILINE):
        wrong.append("Caddy's error log prints addresses: set `log default { output discard }` (Caddyfile).")
    return wrong


def haproxy(text: str) -> list[str]:
    """What is wrong with a haproxy.cfg: any log line prints addresses."""
    bare = (line.partition("#")[0].split() for line in text.splitlines())
    logs = [words for words in bare if words and words[0] == "log"]
    return ["HAProxy is told to write a log (haproxy.cfg): remove it."] if logs else []


def own_output(members: Iterable[Member]) -> list[Finding]:
    """Where the service's own few lines go. They hold nothing of people; a file is said, not refused."""
    kept: set[str] = set()
    hidden: list[str] = []
    seen = False
    for member in members:
        if member.role not in {Role.LAUNCHER, Role.WORKER}:
            continue
        if member.container is not None and member.container.keeps_no_output:
            seen = True  # through a pipe to an engine that drops it
            continue
        try:
            opened = [one for one in processes.open_files(member.pid) if one.number in {1, 2}]
        except Gone:
            continue
        except Unreadable as why:
            hidden.append(str(why))
            continue
        seen = True
        kept |= {one.target for one in opened if one.is_regular}
        hidden += [
            f"it goes into a {one.target.partition(':')[0]}, and whoever reads that may keep it"
            for one in opened
            if not one.is_regular and not one.target.startswith(_SHOWN)
        ]
    if not seen and not hidden:
        hidden.append("no process of the service can be seen from here")
    said = f"It is kept in {', '.join(sorted(kept))}" if kept else "It is not kept"
    return verdict(_OWN, [], f"{said}; it tells of processes only.", hidden)
