# SPDX-License-Identifier: AGPL-3.0-or-later
"""Texts, hours, choices and limits as typed values: what managers set, or else what we ship."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from chat.records.refusals import RecordsRefused, Refusal
from chat.records.settings import Settings, SettingVersion
from chat.rules import content
from chat.rules.content import Kind, Value

SHIPPED_LANGUAGES: Final = ("en", "nl", "fr", "de")


@dataclass(frozen=True, slots=True)
class Held:
    """A value that holds now. Version 0: nobody has set it, it is ours."""

    kind: Kind
    version: int
    value: Value


class Content:
    """One typed value for each kind."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.shipped: Mapping[Kind, Value] = shipped()

    async def find(self, kind: Kind) -> Held:
        """The value that holds.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        found = await self._settings.find(kind.value)
        return self._held(kind, found.version, found.value) if found else self._ours(kind)

    async def all(self) -> dict[Kind, Held]:
        """Every kind.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        found = await self._settings.all()
        return {
            kind: self._held(kind, one.version, one.value)
            if (one := found.get(kind.value))
            else self._ours(kind)
            for kind in Kind
        }

    async def numbers(self) -> dict[Kind, int]:
        """The version of every kind.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        found = await self._settings.numbers()
        return {kind: found.get(kind.value, 0) for kind in Kind}

    async def put(self, kind: Kind, value: Value, *, version: int, by: bytes | None, now: int) -> Held:
        """Replace the value that still has this version.

        Raises:
            Malformed: too large.
            RecordsRefused: stale.
            RecordsUnreachable: the database does not answer.
        """
        text = content.to_text(value)
        done = await self._settings.put(kind.value, text, version=version, by=by, now=now)
        return Held(kind, done.version, value)

    async def versions(self, kind: Kind) -> list[SettingVersion]:
        """Who changed it and on which day, newest first; the last 50.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        return await self._settings.versions(kind.value)

    async def earlier(self, kind: Kind, version: int) -> Held:
        """The value as it was in a version; version 0 is ours.

        Raises:
            RecordsRefused: not_found, also when it has a shape that this program does not know.
            RecordsUnreachable: the database does not answer.
        """
        if version == 0:
            return self._ours(kind)
        try:
            value = content.from_text(kind, await self._settings.earlier(kind.value, version))
        except content.Malformed:
            raise RecordsRefused(Refusal.NOT_FOUND) from None
        return Held(kind, version, value)

    def _ours(self, kind: Kind) -> Held:
        return Held(kind, 0, self.shipped[kind])

    def _held(self, kind: Kind, version: int, text: str) -> Held:
        try:
            return Held(kind, version, content.from_text(kind, text))
        except content.Malformed:
            # Written by a version with another shape. Ours is safe, and can be set anew over it.
            return Held(kind, version, self.shipped[kind])


def shipped() -> dict[Kind, Value]:
    """What we ship for each kind, read from `shipped/*.toml`."""
    folder = resources.files("chat.records") / "shipped"

    def read(name: str) -> dict[str, Any]:
        return tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))

    words = {language: read(language) for language in SHIPPED_LANGUAGES}
    values: dict[Kind, object] = {
        Kind.HOURS: {},
        Kind.LIMITS: {},
        Kind.LINES: read("lines"),
        Kind.TEXTS: {"languages": {language: one["texts"] for language, one in words.items()}},
        Kind.QUICK_REPLIES: {
            "languages": {language: one["quick_replies"] for language, one in words.items()}
        },
        Kind.PROCEDURE: {
            "languages": {language: one["procedure"] for language, one in words.items()},
            "draft": True,
        },
        Kind.CHOICES: {
            group: [
                {
                    "id": name,
                    "labels": {language: one["choices"][group][name] for language, one in words.items()},
                }
                for name in words["en"]["choices"][group]
            ]
            for group in ("matters", "risks", "outcomes", "referrals")
        },
    }
    return {kind: content.from_builtins(kind, value) for kind, value in values.items()}
