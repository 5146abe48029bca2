# SPDX-License-Identifier: AGPL-3.0-or-later
"""What `kentering doctor` asks of a live store before anything may be kept in it.

The service's own name may not read settings, and that is right. So the check sees three ways: what
INFO tells everybody, what the name is *able* to do and should not be, and each setting of `policy` itself,
under a name that may read settings and nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from dataclasses import dataclass
from typing import Any, Final

from chat.live import keyspace
from chat.live.address import Address, as_user, parse
from chat.live.errors import StoreError, StoreRefused, StoreUnreachable
from chat.live.policy import LOOKS, SETTINGS
from chat.live.resp import Store

OLDEST: Final = 7
"""Major version of a server (Redis or Valkey) that has all commands we use."""

_MUST_BE_REFUSED: Final[tuple[tuple[object, ...], ...]] = (
    (b"CONFIG", b"GET", b"save"),
    (b"KEYS", b"kentering-check-*"),
    (b"GET", b"kentering-check"),
    (b"PUBLISH", b"kentering-check", b""),
    (b"CLIENT", b"LIST"),
    (b"SLOWLOG", b"LEN"),
    (b"ACL", b"WHOAMI"),
)
"""None of these changes anything where it is allowed."""


@dataclass(frozen=True, slots=True)
class Report:
    """Plain sentences for the operator."""

    problems: tuple[str, ...]
    """Each must be mended before the store is used."""
    unseen: tuple[str, ...]
    """What could not be looked at from here."""


async def check(url: str, admin_url: str | None = None) -> Report:
    """Look at a live store; nothing in it is changed but the cache of scripts.

    Args:
        url: what the service uses.
        admin_url: the same store with a name that may read its settings; None: the user `doctor` with the
            same password.
    """
    problems: list[str] = []
    unseen: list[str] = []
    try:
        address = parse(url)
        store = await Store.open(url)
    except StoreUnreachable as error:
        return Report((str(error),), ())
    try:
        problems += _network(address)
        problems += await _open_door(address)
        problems += await _info(store)
        if await keyspace.without_clock(store):
            problems.append(
                "Some key of the live store has no time to live: what it holds could stay for ever."
            )
        problems += await _powers(store)
        problems += await _settings(admin_url or as_user(url, LOOKS))
    except (StoreUnreachable, StoreRefused):
        unseen.append(
            f"the settings of the live store cannot be read: it has no user {LOOKS} as in deploy/users.acl"
        )
    except StoreError:
        problems.append("The live store stopped answering during the check.")
    finally:
        await store.close()
    return Report(tuple(dict.fromkeys(problems)), tuple(unseen))


def _network(address: Address) -> list[str]:
    if address.path is not None or address.tls:
        return []
    with contextlib.suppress(ValueError):
        if not ipaddress.ip_address(address.host).is_private:
            return ["The live store is reached over a public network without encryption; use rediss://."]
    return []


async def _open_door(address: Address) -> list[str]:
    """Whether anybody is let in without a password."""
    try:
        async with asyncio.timeout(5):
            if address.path is not None:
                reader, writer = await asyncio.open_unix_connection(address.path)
            else:
                reader, writer = await asyncio.open_connection(
                    address.host, address.port, ssl=address.context()
                )
            writer.write(b"PING\r\n")
            answer = await reader.readline()
            writer.close()
            await writer.wait_closed()
    except (OSError, TimeoutError):
        return []
    return ["The live store lets anybody in without a password."] if answer.startswith(b"+PONG") else []


async def _info(store: Store) -> list[str]:
    try:
        text: bytes = await store.call(b"INFO")
    except StoreRefused:
        return ["The live store does not let our name use INFO (deploy/users.acl)."]
    info = dict(line.split(":", 1) for line in text.decode().splitlines() if ":" in line)
    version = info.get("valkey_version") or info.get("redis_version", "0")
    said = (
        (int(version.partition(".")[0]) < OLDEST, f"The live store must be version {OLDEST} or newer."),
        (info.get("redis_mode") == "cluster", "The live store is a cluster, which is not supported yet."),
        (info.get("role") != "master", "The live store is a replica; give the address of the primary."),
        (
            info.get("connected_slaves", "0") != "0",
            "The live store has a replica, which keeps a second copy.",
        ),
        (info.get("aof_enabled") != "0", _why("appendonly")),
        (info.get("rdb_saves", "0") != "0", _why("save")),
        (info.get("maxmemory_policy") != "noeviction", _why("maxmemory-policy")),
        (info.get("maxmemory") == "0", "The live store has no limit of memory; set maxmemory."),
    )
    return [sentence for wrong, sentence in said if wrong]


async def _powers(store: Store) -> list[str]:
    replies: list[Any] = await asyncio.gather(
        *(store.call(*command) for command in _MUST_BE_REFUSED), return_exceptions=True
    )
    if all(isinstance(reply, StoreRefused) and reply.code == "NOPERM" for reply in replies):
        return []
    return ["Our name may do more in the live store than it needs; limit it as in deploy/users.acl."]


async def _settings(url: str) -> list[str]:
    address = parse(url)
    if address.user == "default":  # a store without users of ours: whoever may do everything may read
        url = as_user(url, address.user)
    admin = await Store.open(url)
    try:
        answers = await admin.calls(*((b"CONFIG", b"GET", setting.name) for setting in SETTINGS))
    finally:
        await admin.close()
    # A server of another make or age does not know every setting: an empty answer.
    return [
        setting.why
        for setting, answer in zip(SETTINGS, answers, strict=True)
        if answer and answer[1].decode() != setting.value
    ]


def _why(name: str) -> str:
    return next(setting.why for setting in SETTINGS if setting.name == name)
