# SPDX-License-Identifier: AGPL-3.0-or-later
"""What managers still have to write, confirm or renew."""

from __future__ import annotations

from typing import Final

from chat.doctor.finding import Finding, verdict
from chat.records import Records
from chat.records.values import day_of
from chat.rules.content import Kind, Limits, Procedure, Texts
from chat.rules.crisis_lines import CHECK_AGAIN_DAYS, CrisisLines, to_check
from chat.sealing import certificate
from chat.sealing.certificate import DAY
from chat.sealing.errors import SealingError

RENEW_WITHIN: Final = 20 * DAY


async def certificates(records: Records, now: int) -> list[Finding]:
    """Whether enough people can certify, and nothing of the staff's ends soon.

    Raises:
        RecordsUnreachable: the database does not answer.
    """
    managers = set()
    ending = broken = 0
    for device in await records.devices.all():
        if device.revoked is not None:
            continue
        try:
            held = device.certificates.parsed()
        except SealingError:
            broken += 1
            continue
        if any(one.role is certificate.Role.MANAGER and one.not_after > now for one in held):
            managers.add(device.staff)
        ending += any(one.not_after < now + RENEW_WITHIN for one in held)
    wrong = []
    if len(managers) < 2:
        wrong.append(
            f"{len(managers)} manager can certify. With two, nobody is locked out when one device is lost."
        )
    if ending:
        wrong.append(f"Certificates of {ending} devices end within 20 days. A manager can renew them.")
    if broken:
        wrong.append(f"Certificates of {broken} devices cannot be read. A manager can make them anew.")
    return verdict("staff certificates", wrong, "Two managers can certify, and no certificate ends soon.")


async def words(records: Records, now: int) -> list[Finding]:
    """The organisation's own texts, crisis lines and procedure.

    Raises:
        RecordsUnreachable: the database does not answer.
    """
    held = await records.content.all()
    limits, texts, lines = (held[kind].value for kind in (Kind.LIMITS, Kind.TEXTS, Kind.LINES))
    wrong = []
    if isinstance(limits, Limits) and isinstance(texts, Texts):
        own = texts.languages
        closed = [name for name in limits.languages if name not in own or not own[name].approved]
        if closed:
            wrong.append(
                f"No confidentiality text is approved in {', '.join(closed)}: intake stays closed there. "
                "A manager writes it at the desk."
            )
    if isinstance(lines, CrisisLines):
        old = to_check(lines.lines, since=day_of(now - CHECK_AGAIN_DAYS * DAY))
        if old:
            wrong.append(
                f"{len(old)} crisis lines were not confirmed in the last {CHECK_AGAIN_DAYS} days. "
                "A manager checks and confirms them at the desk."
            )
    procedure = held[Kind.PROCEDURE].value
    if isinstance(procedure, Procedure) and procedure.draft:
        wrong.append("The procedure card is still our draft. A manager replaces it at the desk.")
    return verdict("words", wrong, "The organisation's texts, crisis lines and procedure are in order.")
