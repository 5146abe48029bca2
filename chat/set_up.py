# SPDX-License-Identifier: AGPL-3.0-or-later
"""The steps on the server that make an installation a real organisation's (docs/operating.md).

`pin` writes the organisation's root into the trust file, the one thing browsers believe at once; `rotate`
exchanges it for another, with a time in which both hold. `invite_manager` makes the link for a manager whom
no manager can invite: the first, or one after all others are lost. The operator who uses it gains nothing:
without the root's signature nobody is a manager.
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
from chat.sealing.errors import SealingError
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
    root = _read(public_file)
    pinned = trust.Trust((root.ed,), frozenset(), int(time.time()), demo=False)
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        # Public, and written by one account while the service may be another: readable by all.
        fd = os.open(settings.trust_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        raise SetUpError(
            f"{settings.trust_file} exists already and is never written over. "
            "To pin another root beside it, add --beside. "
            "To begin anew, move it away; certificates of the old root are then refused."
        ) from None
    except OSError:
        raise SetUpError(f"We can't write {settings.trust_file}.") from None
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(trust.to_json(pinned))
    return root


def rotate(settings: Settings, public_file: Path, *, alone: bool) -> offline_root.Root:
    """Pin a second root beside the first, or, `alone`, keep only this one of those that are pinned.

    Browsers believe both meanwhile, so that certificates can be renewed under the new one. A running service
    reads the file when it starts.

    Raises:
        OfflineRootError: bad_file.
        SetUpError: no trust file, or this step does not follow from what is pinned.
    """
    root = _read(public_file)
    try:
        before = trust.from_json(settings.trust_file.read_bytes())
    except (OSError, SealingError):
        raise SetUpError(f"There is no trust file at {settings.trust_file}.") from None
    if before.demo:
        raise SetUpError("A demonstration keeps the root that it made.")
    if alone and root.ed not in before.roots:
        raise SetUpError("This root is not pinned yet. Pin it beside the other one first.")
    if not alone and root.ed in before.roots:
        raise SetUpError("This root is pinned already.")
    roots = (root.ed,) if alone else (*before.roots, root.ed)
    after = trust.Trust(roots, before.revoked, int(time.time()), demo=False)
    beside = settings.trust_file.with_suffix(".new")
    try:
        beside.write_text(trust.to_json(after), encoding="utf-8")
        beside.chmod(0o644)  # as in `pin`
        beside.replace(settings.trust_file)
    except OSError:
        raise SetUpError(f"We can't write {settings.trust_file}.") from None
    return root


def _read(public_file: Path) -> offline_root.Root:
    try:
        return offline_root.read_root(public_file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise SetUpError("The root's public file cannot be read.") from None


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
