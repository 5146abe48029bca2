# SPDX-License-Identifier: AGPL-3.0-or-later
"""`kentering doctor`: what an operator should mend, in plain sentences; an empty list is a clean bill."""

from __future__ import annotations

import time

from chat.live.check import check
from chat.records import Records
from chat.records.values import day_of
from chat.rules.content import Kind, Limits, Procedure, Texts
from chat.rules.crisis_lines import CHECK_AGAIN_DAYS, CrisisLines, to_check
from chat.sealing import certificate
from chat.sealing.certificate import DAY
from chat.settings import Settings

_RENEW_WITHIN = 20 * DAY


async def examine(settings: Settings) -> list[str]:
    """Look at the live store and the records.

    Raises:
        StoreUnreachable: with a plain sentence.
        RecordsUnreachable: with a plain sentence.
    """
    found: list[str] = []
    if settings.live_url is not None:
        report = await check(settings.live_url)
        found += [*report.problems, *(f"Not seen: {note}" for note in report.unseen)]
    records = await Records.open(settings.records_location)
    try:
        found += await _certificates(records, int(time.time()))
        if not settings.demo:
            found += await _content(records, int(time.time()))
    finally:
        await records.close()
    return found


async def _certificates(records: Records, now: int) -> list[str]:
    managers = set()
    ending = 0
    for device in await records.devices.all():
        if device.revoked is not None:
            continue
        own = [data for data in (device.certificates.manager, device.certificates.staff) if data]
        parsed = [certificate.parse(data) for data in own]
        if any(one.role is certificate.Role.MANAGER and one.not_after > now for one in parsed):
            managers.add(device.staff)
        ending += any(one.not_after < now + _RENEW_WITHIN for one in parsed)
    found = []
    if len(managers) < 2:
        found.append(
            f"{len(managers)} manager can certify. With two, nobody is locked out when one device is lost."
        )
    if ending:
        found.append(f"Certificates of {ending} devices end within 20 days. A manager can renew them.")
    return found


async def _content(records: Records, now: int) -> list[str]:
    held = await records.content.all()
    limits, texts, lines = (held[kind].value for kind in (Kind.LIMITS, Kind.TEXTS, Kind.LINES))
    found = []
    if isinstance(limits, Limits) and isinstance(texts, Texts):
        words = texts.languages
        closed = [name for name in limits.languages if name not in words or not words[name].approved]
        if closed:
            found.append(
                f"No confidentiality text is approved in {', '.join(closed)}: intake stays closed there. "
                "A manager writes it at the desk."
            )
    if isinstance(lines, CrisisLines):
        old = to_check(lines.lines, since=day_of(now - CHECK_AGAIN_DAYS * DAY))
        if old:
            found.append(
                f"{len(old)} crisis lines were not confirmed in the last {CHECK_AGAIN_DAYS} days. "
                "A manager checks and confirms them at the desk."
            )
    procedure = held[Kind.PROCEDURE].value
    if isinstance(procedure, Procedure) and procedure.draft:
        found.append("The procedure card is still our draft. A manager replaces it at the desk.")
    return found
