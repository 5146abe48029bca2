# SPDX-License-Identifier: AGPL-3.0-or-later
"""People and devices in the records without the way through an invitation: for tests of what comes after."""

from __future__ import annotations

import os
from collections.abc import Iterable

from sqlalchemy import insert, select

from chat.records.database import Database
from chat.records.tables import devices, staff
from chat.rules.roles import Role


async def enrolled(
    url: str, people: Iterable[tuple[bytes, bytes]], roles: Iterable[Role], alias: str | None = None
) -> None:
    """These (person, device) are staff with these roles; who is there already stays as they are."""
    database = Database.create(url)
    wanted = dict.fromkeys(people)
    try:
        async with database.write() as connection:
            known = set(await connection.scalars(select(staff.c.id)))
            known_devices = set(await connection.scalars(select(devices.c.id)))
            fresh = {person for person, _ in wanted} - known
            if fresh:
                await connection.execute(insert(staff), [_person(one, roles, alias) for one in fresh])
            added = [(one, device) for one, device in wanted if device not in known_devices]
            if added:
                await connection.execute(insert(devices), [_device(*pair) for pair in added])
    finally:
        await database.close()


def _person(person: bytes, roles: Iterable[Role], alias: str | None) -> dict[str, object]:
    name = alias or f"Anna {person.hex()[:8]}"
    return {
        "id": person,
        "alias": name,
        "alias_key": name.lower(),
        "roles": ",".join(sorted(roles)),
    }


def _device(person: bytes, device: bytes) -> dict[str, object]:
    return {
        "id": device,
        "staff": person,
        "credential_id": os.urandom(32),
        "credential_key": b"key",
        "sign_count": 0,
        "ed": os.urandom(32),
        "manager_certificate": b"m" * 160,
        "staff_certificate": b"s" * 160,
        "issuer_certificate": b"m" * 160,
        "created": "2026-01-01",
    }
