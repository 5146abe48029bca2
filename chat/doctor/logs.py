# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where output goes: drivers of containers, log files of what stands in front, its configuration."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from chat.doctor.finding import Finding, unseen, verdict
from chat.machine import processes
from chat.machine.engine import Container
from chat.machine.members import Member, Members, Role
from chat.machine.processes import Unreadable

_KEEPS_NOTHING: Final = frozenset({"none"})
_FRONTS: Final = ("caddy", "nginx", "haproxy", "apache2", "httpd", "traefik", "envoy")
_CADDYFILES: Final = ("etc/caddy/Caddyfile",)
_HAPROXY: Final = ("etc/haproxy/haproxy.cfg", "usr/local/etc/haproxy/haproxy.cfg")


def drivers(containers: Iterable[Container]) -> list[Finding]:
    """No container's output is kept."""
    wrong = [
        f"The output of {one.name} is kept (log driver {one.log_driver}). Set logging: {{driver: none}}."
        for one in containers
        if one.log_driver not in _KEEPS_NOTHING
    ]
    return verdict("log drivers", wrong, "No container's output is kept.")


def fronts(members: Members) -> list[Finding]:
    """What stands in front of the service writes no log."""
    own = {one.pid for one in members.of(Role.FRONT)}
    beside = (
        {pid for pid in processes.all_pids() if processes.name(pid) in _FRONTS} if members.here else set()
    )
    wrong: list[str] = []
    hidden: list[str] = []
    for pid in sorted(own | beside):
        try:
            logs = [one for one in processes.open_files(pid) if one.is_regular and _is_log(pid, one.number)]
        except Unreadable as why:
            hidden.append(str(why))
            continue
        wrong += [
            f"{processes.name(pid)} writes to {one.target}, and may keep addresses there." for one in logs
        ]
        root = processes.PROC / str(pid) / "root"
        for names, look in ((_CADDYFILES, caddyfile), (_HAPROXY, haproxy)):
            for path in (root / name for name in names):
                if path.is_file():
                    wrong += look(path.read_text(encoding="utf-8"))
    found = [one for why in hidden for one in unseen("logs in front", why)]
    return found or verdict("logs in front", wrong, "Nothing in front of the service keeps a log.")


def _is_log(pid: int, number: int) -> bool:
    """Whether this file is only written to (man 5 proc: octal flags, the last two bits say how)."""
    try:
        text = (processes.PROC / str(pid) / "fdinfo" / str(number)).read_text()
    except OSError:
        return False
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
    targets: set[str] = set()
    for member in members:
        if member.role not in {Role.LAUNCHER, Role.WORKER}:
            continue
        try:
            targets |= {one.target for one in processes.open_files(member.pid) if one.number in {1, 2}}
        except Unreadable as why:
            return unseen("own output", why)
    kept = sorted(name for name in targets if Path(name).is_file())
    said = f"It is kept in {', '.join(kept)}" if kept else "It is not kept"
    return verdict("own output", [], f"{said}; it tells of processes only.")
