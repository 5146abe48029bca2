# SPDX-License-Identifier: AGPL-3.0-or-later
"""The two steps on the server that make an installation a real organisation's (docs/operating.md).

`pin` writes the organisation's root into the trust file, the one thing browsers believe at once.
`invite_manager` makes the link for a manager whom no manager can invite: the first, or one after all
others are lost. The operator who uses it gains nothing: without the root's signature nobody is a manager.
"""

from __future__ import annotations

import os
import secrets
import time
from base64 import urlsafe_b64encode
from pathlib import Path

from chat import offline_root
from chat.records import Records
from chat.records.refusals import RecordsRefused
from chat.rules.roles import Role
from chat.sealing import trust
from chat.sealing.alias import is_alias
from chat.settings import Settings


class SetUpError(Exception):
    """A step was refused; one plain sentence."""


def pin(settings: Settings, public_file: Path) -> offline_root.Root:
    """Write the trust file from a `root.txt`; one that is there is never written over.

    Raises:
        OfflineRootError: bad_file.
        SetUpError: a demonstration, or there is a trust file.
    """
    if settings.demo:
        raise SetUpError("A demonstration makes its own root. Set the two origins of the organisation first.")
    try:
        root = offline_root.read_root(public_file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise SetUpError("The root's public file cannot be read.") from None
    pinned = trust.Trust((root.ed,), frozenset(), int(time.time()), demo=False)
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        # Public, and written by one account while the service may be another: readable by all.
        fd = os.open(settings.trust_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        raise SetUpError(
            f"{settings.trust_file} exists already and is never written over. "
            "Move it away to pin another root; certificates of the old one are then refused."
        ) from None
    except OSError:
        raise SetUpError(f"We can't write {settings.trust_file}.") from None
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(trust.to_json(pinned))
    return root


async def invite_manager(settings: Settings, alias: str) -> str:
    """A one-time link for a manager; hand it over yourself, it is good for seven days.

    Raises:
        SetUpError: the alias is not one, or somebody has it.
        RecordsUnreachable: with a plain sentence.
    """
    if not is_alias(alias):
        raise SetUpError("The name must be 1 to 48 letters and spaces of one script.")
    inv_id, invite = secrets.token_bytes(16), secrets.token_bytes(16)
    settings.records_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    records = await Records.open(settings.records_location)
    try:
        await records.invitations.open(
            inv_id,
            staff_id=secrets.token_bytes(16),
            alias=alias,
            roles={Role.MANAGER, Role.COUNSELLOR},
            by=None,
            now=int(time.time()),
        )
    except RecordsRefused:
        raise SetUpError("Somebody has this name, or is invited with it. Choose another.") from None
    finally:
        await records.close()
    code = urlsafe_b64encode(inv_id + invite).rstrip(b"=").decode()
    return f"{settings.desk_origin}/enrol#{code}"
