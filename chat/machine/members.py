# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every process of the running service: started by a launcher on this computer, or in containers."""

from __future__ import annotations

import enum
import socket
import struct
from dataclasses import dataclass

from chat import whereabouts
from chat.live import address
from chat.live.errors import StoreUnreachable
from chat.machine import processes, sockets
from chat.machine.engine import Container, Engine
from chat.machine.processes import Unreadable
from chat.machine.reach import Reach
from chat.settings import Settings


class Role(enum.Enum):
    """What a process is for."""

    LAUNCHER = "launcher"
    WORKER = "worker"
    STORE = "live store"
    DATABASE = "database"
    FRONT = "front"
    TOR = "tor"
    OTHER = "helper"


_PROGRAMS = {
    "valkey-server": Role.STORE,
    "redis-server": Role.STORE,
    "postgres": Role.DATABASE,
    **dict.fromkeys(("caddy", "nginx", "haproxy", "apache2", "httpd", "traefik", "envoy"), Role.FRONT),
    "tor": Role.TOR,
}


@dataclass(frozen=True, slots=True)
class Member:
    """One process."""

    role: Role
    name: str
    """For people: unlike every other."""
    pid: int
    container: Container | None = None


@dataclass(frozen=True, slots=True)
class Members:
    """All of them, and what is known of the whole."""

    processes: tuple[Member, ...]
    containers: tuple[Container, ...] = ()
    engine: Engine | None = None
    here: whereabouts.Whereabouts | None = None
    """The service on this computer, without containers."""
    live_url: str | None = None
    recycle_s: int | None = None
    """Seconds after which a worker has been replaced; None when nobody says."""

    def of(self, *roles: Role) -> list[Member]:
        """Those with one of these roles."""
        return [one for one in self.processes if one.role in roles]

    def is_master(self, member: Member) -> bool:
        """Whether it only minds other processes of its kind, and is never given a connection itself."""
        return any(
            one.role is member.role and processes.parent(one.pid) == member.pid for one in self.processes
        )


def role_of(pid: int) -> Role:
    """What a process is, by its program."""
    known = _PROGRAMS.get(processes.name(pid))
    if known is not None:
        return known
    line = processes.command_line(pid)
    if "chat.main" in line:
        return Role.WORKER
    return Role.LAUNCHER if "run" in line and "chat" in line else Role.OTHER


def find(settings: Settings) -> Members:
    """What runs now.

    Raises:
        Unreadable: nothing does, or the container engine does not answer.
    """
    return _contained(settings) if settings.engine is not None else _bare(settings)


def _bare(settings: Settings) -> Members:
    here = whereabouts.ask(settings)
    if here is None:
        raise Unreadable(
            f"no service runs here with its data in {settings.data}; "
            "start it, and run this with the same settings"
        )
    names = {pid: name for name, pid in here.workers.items()}
    found = [Member(Role.LAUNCHER, "launcher", here.launcher)]
    for pid in processes.descendants(here.launcher):
        if pid in names:
            found.append(Member(Role.WORKER, f"worker {names[pid]}", pid))
        else:
            role = role_of(pid)
            found.append(Member(role, role.value if role is Role.STORE else f"{role.value} {pid}", pid))
    known = {one.pid for one in found}
    if (store := store_pid(here.live_url)) is not None and store not in known:
        found.append(Member(Role.STORE, "live store", store))
    found += [
        Member(Role.FRONT, f"{processes.name(pid)} {pid}", pid)
        for pid in _fronts(settings)
        if pid not in known
    ]
    return Members(tuple(found), here=here, live_url=here.live_url, recycle_s=here.recycle_s)


def _fronts(settings: Settings) -> list[int]:
    """What may stand in front, which somebody else has started: every proxy of this computer, or, when the
    service is only for this computer, those alone that listen where it is reached.
    """
    named = [pid for pid in processes.all_pids() if _PROGRAMS.get(processes.name(pid)) is Role.FRONT]
    named = [pid for pid in named if processes.exists(pid)]
    reaches = [
        Reach(origin, settings.connect) for origin in (settings.help_seeker_origin, settings.desk_origin)
    ]
    if not all(one.is_loopback for one in reaches):
        return named
    first = [pid for one in reaches if (pid := sockets.listener(*one.address)) is not None]
    near = {one for pid in first for one in (pid, processes.parent(pid), *processes.descendants(pid))}
    return [pid for pid in named if pid in near]


def _contained(settings: Settings) -> Members:
    if settings.engine is None:
        raise Unreadable("no container engine is named")
    engine = Engine(settings.engine, settings.project)
    containers = engine.containers()
    if not containers:
        raise Unreadable("no container of the service runs")
    found = []
    mine = processes.PROC.joinpath("self").readlink().name
    for container in containers:
        for pid in engine.pids(container):
            if str(pid) != mine:
                role = role_of(pid)
                found.append(Member(role, f"{container.name} {processes.name(pid)} {pid}", pid, container))
    return Members(
        tuple(found),
        tuple(containers),
        engine,
        live_url=settings.live_url,
        recycle_s=settings.recycle_minutes * 60,
    )


def store_pid(live_url: str) -> int | None:
    """The process behind a live store on this computer: of its unix socket (SO_PEERCRED, man 7 unix), or the
    one that listens there.
    """
    try:
        parsed = address.parse(live_url)
        path = parsed.path
        if path is None:
            return sockets.listener(parsed.host, parsed.port)
        with socket.socket(socket.AF_UNIX) as asking:
            asking.connect(path)
            return int(struct.unpack("3i", asking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0])
    except (OSError, StoreUnreachable):
        return None
