# SPDX-License-Identifier: AGPL-3.0-or-later
"""Looks for something in every place where the service could have left it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import psutil
import redis

from chat.prove.canaries import encodings
from tests.support.service import Service


def processes(service: Service, *others: int) -> list[psutil.Process]:
    """The launcher, all it started, and these."""
    launcher = psutil.Process(service.process.pid)
    return [launcher, *launcher.children(recursive=True), *(psutil.Process(pid) for pid in others)]


def _values(store: redis.Redis, key: bytes) -> Iterable[bytes]:
    match store.type(key):
        case b"string":
            return [store.get(key) or b""]
        case b"hash":
            return [part for pair in store.hgetall(key).items() for part in pair]
        case b"set":
            return store.smembers(key)
        case b"zset":
            return store.zrange(key, 0, -1)
        case b"stream":
            return [part for _, fields in store.xrange(key) for pair in fields.items() for part in pair]
        case other:
            raise AssertionError(other)


def places(service: Service, *others: int) -> Iterator[tuple[str, bytes]]:
    """Every place by its name, with all that stands there."""
    yield "log", service.output.read_bytes()
    for path in sorted(service.data.rglob("*")):
        if path.is_file():
            yield f"file {path.relative_to(service.data)}", path.read_bytes()
    with contextlib.closing(service.look()) as store:
        for key in sorted(store.keys("*")):
            yield "names of keys", key
            yield f"key {key.decode()}", b"\n".join(_values(store, key))
    for process in processes(service, *others):
        for name in ("environ", "cmdline"):
            yield f"{name} of a process", Path(f"/proc/{process.pid}/{name}").read_bytes()


def found_in(contents: Iterable[tuple[str, bytes]], needles: Mapping[str, bytes]) -> set[tuple[str, str]]:
    """As `found`, in these places, and in every usual encoding."""
    forms = [(name, form) for name, needle in needles.items() for form in encodings(needle)]
    return {(name, place) for place, content in contents for name, form in forms if form in content}


def found(service: Service, needles: dict[str, bytes], *others: int) -> set[tuple[str, str]]:
    """Which needle stands in which place; bytes are looked for as they are and in hexadecimal."""
    return {
        (name, place)
        for place, content in places(service, *others)
        for name, needle in needles.items()
        if needle in content or needle.hex().encode() in content
    }


def scanned(service: Service) -> set[Path]:
    """The files that were looked at."""
    return {path for path in service.data.rglob("*") if path.is_file()}
