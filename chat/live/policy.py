# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a server must be set to before it may hold anything of a conversation, and why.

The embedded server is started with exactly this; deploy/valkey.conf and deploy/users.acl say the same
(a test compares), and `check` holds a foreign server against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting that promises depend on."""

    name: str
    value: str
    why: str
    """A plain sentence for the operator, said when it is otherwise."""


SETTINGS: Final = (
    Setting("save", "", "The live store writes snapshots to disk; it must keep everything in memory only."),
    Setting("appendonly", "no", "The live store writes a log of all data to disk; it must not."),
    Setting("maxmemory-policy", "noeviction", "The live store may throw keys away when memory is short."),
    Setting("slowlog-log-slower-than", "-1", "The slow log keeps commands with what they carried."),
    Setting("commandlog-request-larger-than", "-1", "The log of large requests keeps what they carried."),
    Setting("commandlog-reply-larger-than", "-1", "The log of large replies keeps commands."),
    Setting("latency-monitor-threshold", "0", "The latency monitor keeps times of single commands."),
    Setting("acllog-max-len", "0", "The log of refused commands keeps names of keys."),
    Setting("crash-log-enabled", "no", "A crash report would print memory into the server's log."),
    Setting("crash-memcheck-enabled", "no", "A crash report would print memory into the server's log."),
    Setting("hide-user-data-from-log", "yes", "The server's log may quote what was sent."),
    Setting("enable-debug-command", "no", "The DEBUG command can read any memory."),
    Setting(
        "lazyfree-lazy-user-del", "no", "Deleted values stay in memory until a background thread is free."
    ),
    Setting("lazyfree-lazy-expire", "no", "Expired values stay in memory until a background thread is free."),
    Setting(
        "stream-node-max-bytes", "1", "An acknowledged envelope stays in memory as long as its neighbours."
    ),
)
"""`maxmemory` is the operator's number: it only must not be 0."""

COMMANDS: Final = (
    "auth", "del", "evalsha", "exists", "expire", "expireat", "get", "getdel", "hdel", "hexists",
    "hget", "hgetall", "hincrby", "hlen", "hmget", "hset", "info", "ping", "publish", "rename", "sadd",
    "script|load", "set", "smembers", "srem", "subscribe", "ttl", "xadd", "xrange", "xtrim", "zadd",
    "zcount", "zrange", "zrangebyscore", "zrem", "zremrangebyscore", "zscore",
)  # fmt: skip
"""All that the service ever sends, from Python or from a script."""

USER: Final = "kentering"


def acl_line(password: str) -> str:
    """The user of the service, as in a users.acl; `password` is `>clear` or `#sha256`."""
    commands = " ".join(f"+{command}" for command in COMMANDS)
    return f"user {USER} on {password} resetkeys ~k:* resetchannels &k:* -@all {commands}"


LOOKS: Final = "doctor"
"""The name under which `kentering doctor` reads settings: the same password, and no key at all."""

LOOKS_COMMANDS: Final = ("auth", "config|get", "info", "ping", "script|load")


def looks_line(password: str) -> str:
    """The second user, as in a users.acl."""
    commands = " ".join(f"+{command}" for command in LOOKS_COMMANDS)
    return f"user {LOOKS} on {password} resetkeys resetchannels -@all {commands}"


JUNK: Final = {"GLIBC_TUNABLES": "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0"}
"""Environment of a server built on libc's allocator: freed memory is overwritten. Without it every
deleted value was still found in the process; jemalloc has `MALLOC_CONF=junk:true` for it."""
