# SPDX-License-Identifier: AGPL-3.0-or-later
"""A Tor network of our own on this computer: three authorities, three relays, an onion service, a client.

No relay lets anything out, and every address is 127.0.0.1. It is the same Tor that the production set runs,
with a network that agrees within seconds instead of an hour.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.service import free_port

PROGRAM = shutil.which("tor")
PATIENCE = 120.0
_EVERY = 0.25

_COMMON = """\
TestingTorNetwork 1
PathsNeededToBuildCircuits 0.67
DataDirectory {data}
Nickname {name}
ShutdownWaitLength 0
Log notice file {data}/notices
SocksPort 0
"""
_RELAY = """\
Address 127.0.0.1
OrPort 127.0.0.1:{relay}
DirPort 127.0.0.1:{directory}
ExitRelay 0
ExitPolicy reject *:*
AssumeReachable 1
ServerDNSDetectHijacking 0
ServerDNSTestAddresses
ServerDNSResolvConfFile /dev/null
"""
_AUTHORITY = """\
AuthoritativeDirectory 1
V3AuthoritativeDirectory 1
ContactInfo {name}@test.invalid
TestingDirAuthVoteGuard *
TestingDirAuthVoteHSDir *
TestingV3AuthInitialVotingInterval 5
TestingV3AuthInitialVoteDelay 2
TestingV3AuthInitialDistDelay 2
V3AuthVotingInterval 20
V3AuthVoteDelay 4
V3AuthDistDelay 4
V3AuthNIntervalsValid 3
"""
_PATIENT = "CircuitBuildTimeout 5\nLearnCircuitBuildTimeout 0\n"


@dataclass(frozen=True)
class Onion:
    """The service as somebody outside reaches it."""

    address: str
    """`….onion`."""
    socks: int
    """Port of the client's SOCKS proxy on 127.0.0.1."""


@dataclass(frozen=True)
class _Node:
    name: str
    folder: Path
    relay: int = 0
    directory: int = 0

    @property
    def notices(self) -> str:
        with contextlib.suppress(OSError):
            return (self.folder / "notices").read_text(errors="replace")
        return ""


def _node(root: Path, name: str, *, relays: bool) -> _Node:
    folder = root / name
    folder.mkdir(mode=0o700)
    return _Node(name, folder, free_port() if relays else 0, free_port() if relays else 0)


def _keys(node: _Node) -> str:
    """Make an authority's keys; returns the line by which everybody knows it."""
    keys = node.folder / "keys"
    keys.mkdir(mode=0o700)
    certificate = keys / "authority_certificate"
    subprocess.run(
        [
            "tor-gencert", "--create-identity-key", "--passphrase-fd", "0", "-m", "12",
            "-i", keys / "authority_identity_key", "-s", keys / "authority_signing_key",
            "-c", certificate, "-a", f"127.0.0.1:{node.directory}",
        ],
        input=b"test\n", capture_output=True, check=True,
    )  # fmt: skip
    nobody = "x 127.0.0.1:1 " + "f" * 40
    shown = subprocess.run(
        [
            "tor", "--ignore-missing-torrc", "-f", "/nonexistent", "--quiet", "--list-fingerprint",
            "--orport", "1", "--dirserver", nobody, "--datadirectory", node.folder, "--nickname", node.name,
        ],
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    fingerprint = "".join(shown.stdout.split()[1:])
    (identity,) = (
        line.split()[1] for line in certificate.read_text().splitlines() if line.startswith("fingerprint")
    )
    where = f"orport={node.relay} no-v2 v3ident={identity} 127.0.0.1:{node.directory}"
    return f"DirAuthority {node.name} {where} {fingerprint}\n"


class _Network:
    def __init__(self, root: Path) -> None:
        self.root = root
        self._started: list[subprocess.Popen[bytes]] = []
        self._end = time.monotonic() + PATIENCE

    def start(self, node: _Node, *parts: str) -> None:
        fields = {"data": node.folder, "name": node.name, "relay": node.relay, "directory": node.directory}
        torrc = node.folder / "torrc"
        torrc.write_text("".join(parts).format(**fields))
        command = ["tor", "-f", str(torrc), "--defaults-torrc", "/dev/null", "--quiet"]
        self._started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def until(self, what: str, true: object) -> None:
        assert callable(true)
        while not true():
            assert time.monotonic() < self._end, f"waited for: {what}"
            time.sleep(_EVERY)

    def stop(self) -> None:
        for process in self._started:
            process.send_signal(signal.SIGINT)
        for process in self._started:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def onion_service(root: Path, port: int, *extra: str) -> Iterator[Onion]:
    """Port 80 of the onion address leads to 127.0.0.1:`port`. `extra`: further torrc lines of the service."""
    assert PROGRAM is not None, "Tor is missing (Debian: apt-get install tor)"
    root.mkdir(parents=True)
    authorities = [_node(root, f"auth{n}", relays=True) for n in range(3)]
    relays = [_node(root, f"relay{n}", relays=True) for n in range(3)]
    service, client = (_node(root, name, relays=False) for name in ("service", "client"))
    known = "".join(_keys(node) for node in authorities)
    network = _Network(root)
    socks = free_port()
    try:
        for node in authorities:
            network.start(node, _COMMON, known, _RELAY, _AUTHORITY)
        for node in relays:
            network.start(node, _COMMON, known, _RELAY)
        # Clients start on a consensus that names every relay: else a first circuit may hang for long.
        network.until("a consensus", lambda: all(_relays(node) == 6 for node in authorities))
        (service.folder / "web").mkdir(mode=0o700)
        here = f"HiddenServiceDir {service.folder}/web\nHiddenServicePort 80 127.0.0.1:{port}\n"
        network.start(service, _COMMON, known, _PATIENT, here, *(line + "\n" for line in extra))
        network.start(
            client, _COMMON.replace("SocksPort 0\n", f"SocksPort 127.0.0.1:{socks}\n"), known, _PATIENT
        )
        for node in (service, client):
            network.until(f"{node.name} bootstrapped", lambda node=node: "Bootstrapped 100%" in node.notices)
        address = (service.folder / "web" / "hostname").read_text().strip()
        yield Onion(address, socks)
    finally:
        network.stop()


def _relays(node: _Node) -> int:
    with contextlib.suppress(OSError):
        consensus = (node.folder / "cached-microdesc-consensus").read_text()
        return sum(line.startswith("r ") for line in consensus.splitlines())
    return 0
