# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether certificates fit a device, before they are kept.

The server is not what anybody trusts: browsers check every chain themselves. It refuses nonsense all
the same, so that a wrong click is seen by the manager who made it and not by a help-seeker.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from chat.records.devices import Certificates
from chat.rules.roles import Role
from chat.sealing.certificate import Certificate, parse, verify_chain, verify_manager
from chat.sealing.certificate import Role as CertificateRole
from chat.sealing.errors import SealingError
from chat.sealing.trust import Trust
from chat.web.errors import ApiError, ErrorCode


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom certificates must name. `alias` is None when the signer still chooses it."""

    staff: bytes
    ed: bytes
    roles: Collection[Role]
    alias: str | None


def needed(roles: Collection[Role]) -> list[str]:
    """Which kinds of certificate a device needs for the roles of its person; an operator needs none."""
    kinds = []
    if Role.MANAGER in roles:
        kinds.append("manager")
    if _staff_role(roles) is not None:
        kinds.append("staff")
    return kinds


def missing(roles: Collection[Role], held: Certificates) -> list[str]:
    """Which of them it still lacks."""
    has = {"manager": held.manager, "staff": held.staff}
    return [kind for kind in needed(roles) if has[kind] is None]


def check(
    given: Sequence[bytes], holder: Holder, *, signer: bytes | None, trust: Trust, now: int
) -> tuple[Certificates, str]:
    """Check certificates for a device; returns them by their kind, and the alias they carry.

    `signer` is the manager certificate of the caller's own device: the only one that may stand above a
    staff certificate. A manager certificate stands below a pinned root. No grace: what ended is refused.

    Raises:
        ApiError: certificate_refused.
    """
    found = Certificates()
    aliases = {holder.alias} if holder.alias is not None else set()
    try:
        for data in given:
            certificate = parse(data)
            if certificate.role is CertificateRole.MANAGER:
                verify_manager(data, trust, now, grace=0)
                newer = Certificates(manager=data)
            elif signer is not None:
                verify_chain(data, signer, trust, now, grace=0)
                newer = Certificates(staff=data, issuer=signer)
            else:
                raise ApiError(ErrorCode.CERTIFICATE_REFUSED)
            if (
                not _fits(certificate, holder)
                or (newer.manager and found.manager)
                or (newer.staff and found.staff)
            ):
                raise ApiError(ErrorCode.CERTIFICATE_REFUSED)
            aliases.add(certificate.alias)
            found = found.replaced_by(newer)
    except SealingError:
        raise ApiError(ErrorCode.CERTIFICATE_REFUSED) from None
    if len(aliases) != 1 or (not given and needed(holder.roles)):
        raise ApiError(ErrorCode.CERTIFICATE_REFUSED)
    return found, aliases.pop()


def _staff_role(roles: Collection[Role]) -> CertificateRole | None:
    if Role.SUPERVISOR in roles:
        return CertificateRole.SUPERVISOR  # a supervisor's certificate also opens a counsellor's seat
    return CertificateRole.COUNSELLOR if Role.COUNSELLOR in roles else None


def _fits(certificate: Certificate, holder: Holder) -> bool:
    if certificate.role is CertificateRole.MANAGER:
        role_fits = Role.MANAGER in holder.roles
    else:
        role_fits = certificate.role is _staff_role(holder.roles)
    return role_fits and certificate.id == holder.staff and certificate.ed == holder.ed
