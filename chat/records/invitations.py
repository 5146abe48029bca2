# SPDX-License-Identifier: AGPL-3.0-or-later
"""Invitations: how a device of a person comes in.

How this works: open -> (passkey) -> requested -> certified, or cancelled. Everything that an applicant
gives is kept in the invitation; person and device come into being only with the first certificate, in
one transaction. So `staff` and `devices` hold nobody whom nobody vouched for, and an invitation that
runs out leaves nothing. The address of an invitation is a secret of the link; here stands its SHA-256.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.records import audit
from chat.records.database import Database
from chat.records.devices import Certificates
from chat.records.invitation import LASTS_S, Invitation, Passkey, Request, State, id_of, invitation_of
from chat.records.refusals import RecordsRefused, Refusal
from chat.records.staff import StaffMember, member
from chat.records.tables import devices, invitations, staff
from chat.records.values import alias_key, day_of, roles_to_text
from chat.rules.roles import Role

__all__ = ["LASTS_S", "Invitation", "Invitations", "Passkey", "Request", "State", "id_of"]


async def _locked(connection: AsyncConnection, invitation: bytes, now: int) -> Invitation:
    row = (
        await connection.execute(select(invitations).where(invitations.c.id == invitation).with_for_update())
    ).one_or_none()
    if row is None or row.expires <= now or row.state == State.CANCELLED:
        raise RecordsRefused(Refusal.NOT_FOUND)
    return invitation_of(row)


class Invitations:
    """Every step of an invitation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(
        self,
        inv_id: bytes,
        *,
        staff_id: bytes,
        alias: str,
        roles: Collection[Role],
        by: bytes | None,
        now: int,
    ) -> Invitation:
        """Invite a new person, who will have `staff_id` (16 random bytes).

        Raises:
            RecordsRefused: already_used (this inv_id exists), alias_taken.
            RecordsUnreachable: the database does not answer.
        """
        key = alias_key(alias)
        async with self._database.write() as connection:
            taken = await connection.scalar(
                select(staff.c.id)
                .where(staff.c.alias_key == key)
                .union_all(
                    select(invitations.c.id).where(
                        invitations.c.alias_key == key,
                        invitations.c.state.in_([State.OPEN, State.REQUESTED]),
                        invitations.c.expires > now,
                    )
                )
                .limit(1)
            )
            if taken is not None:
                raise RecordsRefused(Refusal.ALIAS_TAKEN)
            person = StaffMember(staff_id, alias, frozenset(roles))
            return await self._insert(connection, inv_id, person, further=False, by=by, now=now)

    async def open_for_device(
        self, inv_id: bytes, *, person: bytes, by: bytes | None, now: int
    ) -> Invitation:
        """Invite a further device of somebody who is here.

        Raises:
            RecordsRefused: not_found (the person), already_used (this inv_id exists).
            RecordsUnreachable: the database does not answer.
        """
        async with self._database.write() as connection:
            row = (await connection.execute(select(staff).where(staff.c.id == person))).one_or_none()
            if row is None:
                raise RecordsRefused(Refusal.NOT_FOUND)
            return await self._insert(connection, inv_id, member(row), further=True, by=by, now=now)

    @staticmethod
    async def _insert(
        connection: AsyncConnection,
        inv_id: bytes,
        person: StaffMember,
        *,
        further: bool,
        by: bytes | None,
        now: int,
    ) -> Invitation:
        found = Invitation(
            id_of(inv_id),
            State.OPEN,
            person.id,
            further,
            person.alias,
            person.roles,
            by,
            now,
            now + LASTS_S,
            None,
            None,
        )
        if await connection.scalar(select(invitations.c.id).where(invitations.c.id == found.id)) is not None:
            raise RecordsRefused(Refusal.ALREADY_USED)
        await connection.execute(
            insert(invitations).values(
                id=found.id,
                state=found.state.value,
                staff=found.staff,
                further_device=further,
                alias=found.alias,
                alias_key=alias_key(found.alias),
                roles=roles_to_text(found.roles),
                made_by=by,
                created=now,
                expires=found.expires,
            )
        )
        await audit.note(
            connection, audit.Action.INVITED, at=now, actor=by, subject=person.id, subject_alias=person.alias
        )
        return found

    async def find(self, invitation: bytes, *, now: int) -> Invitation | None:
        """One invitation by its id, unless it was cancelled or ran out.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        query = select(invitations).where(
            invitations.c.id == invitation,
            invitations.c.expires > now,
            invitations.c.state != State.CANCELLED.value,
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return invitation_of(row) if row else None

    async def all(self, *, now: int) -> list[Invitation]:
        """Every invitation that has not run out, oldest first.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        query = (
            select(invitations)
            .where(invitations.c.expires > now)
            .order_by(invitations.c.created, invitations.c.id)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [invitation_of(row) for row in rows]

    async def keep_passkey(self, invitation: bytes, passkey: Passkey, *, now: int) -> Invitation:
        """The passkey that an applicant made; one for each invitation.

        Raises:
            RecordsRefused: not_found, already_used.
            RecordsUnreachable: the database does not answer.
        """
        async with self._database.write() as connection:
            found = await _locked(connection, invitation, now)
            known = await connection.scalar(
                select(devices.c.id).where(devices.c.credential_id == passkey.credential_id)
            )
            if found.passkey is not None or known is not None:
                raise RecordsRefused(Refusal.ALREADY_USED)
            await connection.execute(
                update(invitations)
                .where(invitations.c.id == invitation)
                .values(
                    device=passkey.device,
                    credential_id=passkey.credential_id,
                    credential_key=passkey.credential_key,
                    sign_count=passkey.sign_count,
                )
            )
            return await _locked(connection, invitation, now)

    async def keep_request(self, invitation: bytes, request: Request, *, now: int) -> Invitation:
        """The applicant's request; the same one again changes nothing.

        Raises:
            RecordsRefused: not_found, not_ready (no passkey yet), already_used (another request,
                or a known key).
            RecordsUnreachable: the database does not answer.
        """
        async with self._database.write() as connection:
            found = await _locked(connection, invitation, now)
            if found.request == request:
                return found
            if found.passkey is None:
                raise RecordsRefused(Refusal.NOT_READY)
            known = await connection.scalar(select(devices.c.id).where(devices.c.ed == request.ed))
            if found.request is not None or known is not None:
                raise RecordsRefused(Refusal.ALREADY_USED)
            await connection.execute(
                update(invitations)
                .where(invitations.c.id == invitation)
                .values(
                    state=State.REQUESTED.value,
                    request_ed=request.ed,
                    request_hmac=request.hmac,
                    request_sig=request.sig,
                    request_alias=request.alias,
                )
            )
            await audit.note(
                connection,
                audit.Action.REQUESTED,
                at=now,
                actor=None,
                subject=found.staff,
                subject_alias=found.alias,
            )
            return await _locked(connection, invitation, now)

    async def certify(
        self, invitation: bytes, certificates: Certificates, *, alias: str, by: bytes | None, now: int
    ) -> Invitation:
        """Make person and device of a request. The caller has checked the certificates against it.

        Raises:
            RecordsRefused: not_found, not_ready (no request yet), already_used (certified before, or the key
                is known), alias_taken.
            RecordsUnreachable: the database does not answer.
        """
        try:
            async with self._database.write() as connection:
                found = await _locked(connection, invitation, now)
                if found.state is State.CERTIFIED:
                    raise RecordsRefused(Refusal.ALREADY_USED)
                if found.passkey is None or found.request is None:
                    raise RecordsRefused(Refusal.NOT_READY)
                await self._make_person(connection, found, alias)
                await connection.execute(
                    insert(devices).values(
                        id=found.passkey.device,
                        staff=found.staff,
                        credential_id=found.passkey.credential_id,
                        credential_key=found.passkey.credential_key,
                        sign_count=found.passkey.sign_count,
                        ed=found.request.ed,
                        manager_certificate=certificates.manager,
                        staff_certificate=certificates.staff,
                        issuer_certificate=certificates.issuer,
                        created=day_of(now),
                    )
                )
                await connection.execute(
                    update(invitations)
                    .where(invitations.c.id == invitation)
                    .values(state=State.CERTIFIED.value, alias=alias, alias_key=alias_key(alias))
                )
                await audit.note(connection, audit.Action.CERTIFIED, at=now, actor=by, subject=found.staff)
                return await _locked(connection, invitation, now)
        except IntegrityError:  # another invitation brought the same passkey or key a moment earlier
            raise RecordsRefused(Refusal.ALREADY_USED) from None

    @staticmethod
    async def _make_person(connection: AsyncConnection, found: Invitation, alias: str) -> None:
        if found.further_device:
            if await connection.scalar(select(staff.c.id).where(staff.c.id == found.staff)) is None:
                raise RecordsRefused(Refusal.NOT_FOUND)  # removed since
            return
        key = alias_key(alias)
        if await connection.scalar(select(staff.c.id).where(staff.c.alias_key == key)) is not None:
            raise RecordsRefused(Refusal.ALIAS_TAKEN)
        await connection.execute(
            insert(staff).values(id=found.staff, alias=alias, alias_key=key, roles=roles_to_text(found.roles))
        )

    async def cancel(self, invitation: bytes, *, by: bytes | None, now: int) -> None:
        """Cancel an invitation that was not certified yet; what the applicant gave is deleted.

        Raises:
            RecordsRefused: not_found, already_used (certified).
            RecordsUnreachable: the database does not answer.
        """
        async with self._database.write() as connection:
            found = await _locked(connection, invitation, now)
            if found.state is State.CERTIFIED:
                raise RecordsRefused(Refusal.ALREADY_USED)
            nothing = dict.fromkeys(
                column.name for column in invitations.c if column.name.startswith(("request_", "credential_"))
            )
            await connection.execute(
                update(invitations)
                .where(invitations.c.id == invitation)
                .values(state=State.CANCELLED.value, device=None, sign_count=None, **nothing)
            )
            await audit.note(
                connection,
                audit.Action.CANCELLED,
                at=now,
                actor=by,
                subject=found.staff,
                subject_alias=found.alias,
            )

    async def forget(self, *, now: int) -> int:
        """Delete what ran out, and what belongs to nobody any more; returns how many.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        orphan = invitations.c.further_device & invitations.c.staff.not_in(select(staff.c.id))
        async with self._database.write() as connection:
            gone = await connection.execute(
                delete(invitations).where(or_(invitations.c.expires <= now, orphan))
            )
            return gone.rowcount
