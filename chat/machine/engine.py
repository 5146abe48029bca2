# SPDX-License-Identifier: AGPL-3.0-or-later
"""The container engine, asked over its socket (Docker Engine API 1.41 and newer)."""

from __future__ import annotations

import http.client
import json
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from chat.machine.processes import Unreadable

PROJECT: Final = "com.docker.compose.project"
SERVICE: Final = "com.docker.compose.service"
_PATIENCE_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Container:
    """One running container."""

    id: str
    name: str
    """Of its service in the compose file."""
    log_driver: str
    read_only: bool
    mounts: tuple[str, ...]
    """Where something of outside, or of memory, is mounted and can be written to."""
    upper: str | None
    """The writable layer on the host, when the engine says so."""
    addresses: tuple[str, ...] = ()
    """In the networks of containers."""

    @property
    def keeps_no_output(self) -> bool:
        """Whether what it prints goes nowhere."""
        return self.log_driver == "none"


class _Socket(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=_PATIENCE_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(_PATIENCE_S)
        self.sock.connect(str(self._path))


class Engine:
    """One engine."""

    def __init__(self, path: Path, project: str) -> None:
        """`path` is its socket, `project` the name in the compose file."""
        self._path = path
        self._project = project

    def containers(self) -> list[Container]:
        """The running containers of the project, by name.

        Raises:
            Unreadable: it does not answer.
        """
        wanted = quote(json.dumps({"label": [f"{PROJECT}={self._project}"]}))
        found = [self._inspect(one["Id"]) for one in self._get(f"/containers/json?filters={wanted}")]
        return sorted(found, key=lambda one: one.name)

    def pids(self, container: Container) -> list[int]:
        """Its processes, as the host numbers them.

        Raises:
            Unreadable: it does not answer, or the container is gone.
        """
        answer = self._get(f"/containers/{container.id}/top?ps_args=-eo%20pid")
        return sorted(int(row[0]) for row in answer["Processes"])

    def log(self, container: Container, since: int) -> bytes:
        """What is kept of its output since a unix second.

        Raises:
            Unreadable: it does not answer, or the driver gives nothing back.
        """
        return self._ask(f"/containers/{container.id}/logs?stdout=1&stderr=1&since={since}")

    def _inspect(self, name: str) -> Container:
        return container(self._get(f"/containers/{name}/json"))

    def _get(self, path: str) -> Any:
        return json.loads(self._ask(path))

    def _ask(self, path: str) -> bytes:
        connection = _Socket(self._path)
        try:
            connection.request("GET", f"/v1.41{path}")
            answer = connection.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException):
            raise Unreadable("the container engine does not answer") from None
        finally:
            connection.close()
        if answer.status != http.client.OK:
            raise Unreadable(f"the container engine refused with {answer.status}")
        return data


def container(inspected: dict[str, Any]) -> Container:
    """One container from what the engine says of it."""
    host = inspected["HostConfig"]
    mounts = {one["Destination"] for one in inspected.get("Mounts") or () if one.get("RW", True)}
    mounts |= set(host.get("Tmpfs") or ())
    networks = ((inspected.get("NetworkSettings") or {}).get("Networks") or {}).values()
    labels = inspected["Config"].get("Labels") or {}
    return Container(
        id=inspected["Id"],
        name=labels.get(SERVICE, inspected["Name"].lstrip("/")),
        log_driver=host["LogConfig"]["Type"],
        read_only=bool(host.get("ReadonlyRootfs")),
        mounts=tuple(sorted(mounts)),
        upper=((inspected.get("GraphDriver") or {}).get("Data") or {}).get("UpperDir"),
        addresses=tuple(one["IPAddress"] for one in networks if one.get("IPAddress")),
    )
