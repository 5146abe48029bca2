# SPDX-License-Identifier: AGPL-3.0-or-later
"""One frozen, typed object of settings, read once from the environment.

Unknown `KENTERING_*` names and unsafe values are refused, so that a typing error never
silently falls back to a default.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import msgspec


class SettingsError(Exception):
    """A setting is unknown or unsafe; the message is one plain sentence and holds no secret."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator may decide. Everything has a safe default."""

    data: Path
    """Directory of the records, the trust file and the runtime sockets."""
    port: int
    bind: str | None
    """Address to listen on; None: this computer alone. Anything else belongs behind a proxy with TLS."""
    help_seeker_origin: str
    """For example `https://talk.example.org`; the Host header must be its host."""
    desk_origin: str
    onion: str | None
    """Address of the onion service, such as `abc…xyz.onion`; help-seekers only. None: there is none."""
    live_url: str | None
    """None: the embedded Valkey. Otherwise `redis://`, `rediss://` or `unix://`."""
    records_url: str | None
    """None: SQLite below `data`. Otherwise `postgresql://`."""
    demo: bool
    """Demonstration: the root key was made on this computer."""
    leave_to: str
    """Where *leave this page* goes: a path of ours, or a neutral address of the organisation's choice."""
    work: bool
    """Whether a start costs a proof of work. Only a demonstration may do without."""
    messages_burst: int
    """Frames a connection may send at once."""
    messages_per_second: int
    starts_without_script_burst: int
    """How many may start without script at once, over the whole service."""
    starts_without_script_an_hour: int
    """How many after that."""
    engine: Path | None
    """Socket of the container engine, for looking at the containers. None: the service runs without any."""
    project: str
    """Name of the compose project, by which the engine knows the containers."""
    tor_socks: tuple[str, int]
    """Where Tor takes connections, for looking whether the onion address answers."""
    connect: tuple[str, int] | None
    """Where the checks reach the two origins, when not by their names: host and port."""
    ca: Path | None
    """The only certificate authority the checks trust, for one that was made to try things out."""
    recycle_minutes: int
    """Minutes after which a worker is replaced, so that its memory is emptied."""
    room: int | None
    """How many may wait, when managers shall not decide it. None: what managers set."""
    workers: int
    """Processes that serve, of this one service; several services may share the two stores."""
    metrics: tuple[str, int] | None
    """Inner address and port of the metrics. None: there are none."""
    conversations_cap: int | None
    """Conversations that one person has at once, at most. None: managers decide it at the desk."""

    @property
    def help_seeker_host(self) -> str:
        """Host header of the help-seekers' origin, with the port when it is not the default one."""
        return urlsplit(self.help_seeker_origin).netloc

    @property
    def desk_host(self) -> str:
        """Host header of the desk's origin."""
        return urlsplit(self.desk_origin).netloc

    @property
    def onion_origin(self) -> str | None:
        """Origin of the help-seekers' pages over Tor. Plain http: the onion address is its own key."""
        return f"http://{self.onion}" if self.onion else None

    @property
    def run_dir(self) -> Path:
        """Sockets of the running service; emptied when it stops."""
        return self.data / "run"

    @property
    def records_dir(self) -> Path:
        """Where the SQLite file lives."""
        return self.data / "records"

    @property
    def root_dir(self) -> Path:
        """Where the demonstration's root key lives; no worker can read it."""
        return self.data / "root"

    @property
    def trust_file(self) -> Path:
        """The pinned roots and revocations that browsers get."""
        return self.data / "trust.json"

    @property
    def records_location(self) -> str:
        """URL of the records."""
        return self.records_url or f"sqlite:///{self.records_dir / 'records.sqlite3'}"


_ONION = re.compile(r"[a-z2-7]{56}\.onion")
"""Tor rend-spec-v3, section 6."""

_NAMES = {
    "KENTERING_DATA",
    "KENTERING_BIND",
    "KENTERING_HELP_SEEKER_ORIGIN",
    "KENTERING_DESK_ORIGIN",
    "KENTERING_ONION",
    "KENTERING_ONION_FILE",
    "KENTERING_LIVE_URL",
    "KENTERING_LIVE_PASSWORD_FILE",
    "KENTERING_RECORDS_URL",
    "KENTERING_RECORDS_PASSWORD_FILE",
    "KENTERING_WORKERS",
    "KENTERING_DEMO",
    "KENTERING_LEAVE_TO",
    "KENTERING_WORK",
    "KENTERING_MESSAGES_BURST",
    "KENTERING_MESSAGES_PER_SECOND",
    "KENTERING_CONVERSATIONS_CAP",
    "KENTERING_ROOM",
    "KENTERING_RECYCLE_MINUTES",
    "KENTERING_METRICS",
    "KENTERING_ENGINE",
    "KENTERING_PROJECT",
    "KENTERING_TOR_SOCKS",
    "KENTERING_CONNECT",
    "KENTERING_CA",
    "KENTERING_STARTS_WITHOUT_SCRIPT_BURST",
    "KENTERING_STARTS_WITHOUT_SCRIPT_AN_HOUR",
}


def _origin(name: str, value: str) -> str:
    parts = urlsplit(value)
    bare = f"{parts.scheme}://{parts.netloc}"
    if parts.scheme not in {"http", "https"} or not parts.hostname or value.rstrip("/") != bare:
        raise SettingsError(f"{name} must be an origin such as https://talk.example.org, without a path.")
    loopback = parts.hostname in {"127.0.0.1", "localhost"} or parts.hostname.endswith(".onion")
    if parts.scheme == "http" and not loopback:
        raise SettingsError(
            f"{name} must begin with https:// (only this computer and onion addresses may use http)."
        )
    return bare


def _onion(environ: Mapping[str, str]) -> str | None:
    """The onion address itself, or the file in which Tor writes it (`hostname`)."""
    address, file = environ.get("KENTERING_ONION"), environ.get("KENTERING_ONION_FILE")
    if address is not None and file is not None:
        raise SettingsError("Set KENTERING_ONION or KENTERING_ONION_FILE, not both.")
    if file is not None:
        try:
            address = Path(file).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            raise SettingsError(
                f"KENTERING_ONION_FILE: {file} cannot be read; Tor writes it at its first start."
            ) from None
    if address is None:
        return None
    if not _ONION.fullmatch(address):
        raise SettingsError(
            "KENTERING_ONION must be a version 3 onion address: 56 letters and digits, then .onion."
        )
    return address


def _number(name: str, value: str, low: int, high: int) -> int:
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise SettingsError(f"{name} must be a whole number from {low} to {high}.")
    return int(value)


def _place(name: str, value: str) -> tuple[str, int]:
    host, _, port = value.rpartition(":")
    if not host:
        raise SettingsError(f"{name} must be a host and a port, such as 127.0.0.1:9050.")
    return host, _number(name, port, 1, 65535)


def _bind(value: str | None, *, demo: bool) -> str | None:
    if value is None:
        return None
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        raise SettingsError("KENTERING_BIND must be an address such as 0.0.0.0 or 10.0.0.5.") from None
    if demo and not address.is_loopback:
        raise SettingsError(
            "A demonstration runs on this computer only: KENTERING_BIND must be a loopback address."
        )
    return str(address)


def _metrics(value: str | None, port: int, bind: str | None) -> tuple[str, int] | None:
    """Only where no visitor comes: a private address, or all of a container that listens to all anyway."""
    if value is None:
        return None
    host, own = _place("KENTERING_METRICS", value)
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        raise SettingsError(
            "KENTERING_METRICS must be an address and a port, such as 127.0.0.1:9100."
        ) from None
    everywhere = bind is not None and ipaddress.ip_address(bind).is_unspecified
    if not address.is_private or (address.is_unspecified and not everywhere):
        raise SettingsError("KENTERING_METRICS must be an inner address, which no visitor can reach.")
    if own == port:
        raise SettingsError("KENTERING_METRICS must have a port of its own, not the one that visitors reach.")
    return str(address), own


def _work(value: str, *, demo: bool) -> bool:
    if value not in {"0", "1"}:
        raise SettingsError("KENTERING_WORK must be 0 or 1.")
    if value == "0" and not demo:
        raise SettingsError(
            "Only a demonstration may let people start without work: KENTERING_WORK must be 1."
        )
    return value == "1"


def _url(environ: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str | None:
    """An address of a store; its password may stand in a file of its own (`…_PASSWORD_FILE`)."""
    value = environ.get(name)
    file_name = name.removesuffix("_URL") + "_PASSWORD_FILE"
    file = environ.get(file_name)
    if value is None:
        if file is not None:
            raise SettingsError(f"{file_name} belongs to {name}, which is not set.")
        return None
    parts = urlsplit(value)
    if parts.scheme not in schemes:
        raise SettingsError(
            f"{name} must begin with " + " or ".join(f"{scheme}://" for scheme in schemes) + "."
        )
    if file is None:
        return value
    user, at, host = parts.netloc.rpartition("@")
    if not at or ":" in user:
        raise SettingsError(f"{name} must have a name and no password, since {file_name} is set.")
    try:
        password = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{file_name}: {file} cannot be read.") from None
    if not password:
        raise SettingsError(f"{file_name}: {file} is empty.")
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}"))


def load(environ: Mapping[str, str]) -> Settings:
    """Read the settings.

    Raises:
        SettingsError: an unknown name or an unsafe value.
    """
    unknown = sorted(name for name in environ if name.startswith("KENTERING_") and name not in _NAMES)
    if unknown:
        raise SettingsError(
            f"{unknown[0]} is not a setting of Kentering. Known: {', '.join(sorted(_NAMES))}."
        )
    port = _number("PORT", environ.get("PORT", "8000"), 1, 65535)
    help_seeker = _origin(
        "KENTERING_HELP_SEEKER_ORIGIN",
        environ.get("KENTERING_HELP_SEEKER_ORIGIN", f"http://127.0.0.1:{port}"),
    )
    desk = _origin("KENTERING_DESK_ORIGIN", environ.get("KENTERING_DESK_ORIGIN", f"http://localhost:{port}"))
    if urlsplit(help_seeker).hostname == urlsplit(desk).hostname:
        raise SettingsError("Help-seekers and desk must have two different host names.")
    demo = environ.get("KENTERING_DEMO", "1" if urlsplit(desk).hostname == "localhost" else "0")
    if demo not in {"0", "1"}:
        raise SettingsError("KENTERING_DEMO must be 0 or 1.")
    if demo == "1" and urlsplit(desk).hostname != "localhost":
        raise SettingsError(
            "A demonstration runs on this computer only: KENTERING_DESK_ORIGIN must be localhost."
        )
    leave_to = environ.get("KENTERING_LEAVE_TO", "/leave")
    if not (leave_to.startswith(("/", "https://"))):
        raise SettingsError("KENTERING_LEAVE_TO must be a path or an https address.")
    bind = _bind(environ.get("KENTERING_BIND"), demo=demo == "1")
    return Settings(
        data=Path(environ.get("KENTERING_DATA", ".kentering")).absolute(),
        port=port,
        bind=bind,
        metrics=_metrics(environ.get("KENTERING_METRICS"), port, bind),
        help_seeker_origin=help_seeker,
        desk_origin=desk,
        onion=_onion(environ),
        live_url=_url(environ, "KENTERING_LIVE_URL", ("redis", "rediss", "unix")),
        records_url=_url(environ, "KENTERING_RECORDS_URL", ("postgresql", "postgres", "sqlite")),
        workers=_number("KENTERING_WORKERS", environ.get("KENTERING_WORKERS", "2"), 1, 64),
        demo=demo == "1",
        leave_to=leave_to,
        work=_work(environ.get("KENTERING_WORK", "1"), demo=demo == "1"),
        messages_burst=_number(
            "KENTERING_MESSAGES_BURST", environ.get("KENTERING_MESSAGES_BURST", "40"), 1, 10**9
        ),
        messages_per_second=_number(
            "KENTERING_MESSAGES_PER_SECOND", environ.get("KENTERING_MESSAGES_PER_SECOND", "10"), 1, 10**9
        ),
        starts_without_script_burst=_number(
            "KENTERING_STARTS_WITHOUT_SCRIPT_BURST",
            environ.get("KENTERING_STARTS_WITHOUT_SCRIPT_BURST", "30"),
            1,
            10**6,
        ),
        starts_without_script_an_hour=_number(
            "KENTERING_STARTS_WITHOUT_SCRIPT_AN_HOUR",
            environ.get("KENTERING_STARTS_WITHOUT_SCRIPT_AN_HOUR", "600"),
            1,
            10**6,
        ),
        project=environ.get("KENTERING_PROJECT", "kentering"),
        tor_socks=_place("KENTERING_TOR_SOCKS", environ.get("KENTERING_TOR_SOCKS", "127.0.0.1:9050")),
        connect=_place("KENTERING_CONNECT", place) if (place := environ.get("KENTERING_CONNECT")) else None,
        ca=Path(ca) if (ca := environ.get("KENTERING_CA")) else None,
        engine=Path(engine) if (engine := environ.get("KENTERING_ENGINE")) else None,
        recycle_minutes=_number(
            "KENTERING_RECYCLE_MINUTES", environ.get("KENTERING_RECYCLE_MINUTES", "60"), 1, 24 * 60
        ),
        room=_number("KENTERING_ROOM", room, 1, 10**6) if (room := environ.get("KENTERING_ROOM")) else None,
        conversations_cap=_number("KENTERING_CONVERSATIONS_CAP", cap, 1, 255)
        if (cap := environ.get("KENTERING_CONVERSATIONS_CAP"))
        else None,
    )
