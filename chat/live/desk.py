# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the store keeps of desks: signed-in sessions, the active tab of each device, its conversations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from chat.live import keys, wake
from chat.live.resp import Store
from chat.live.wake import Kind


@dataclass(frozen=True, slots=True)
class DeskSession:
    """A signed-in desk. `token_hash` is SHA-256 of its cookie; the cookie itself is never stored."""

    token_hash: bytes = field(repr=False)
    staff: str
    device: str
    expires: int
    """Unix seconds; also the key's clock."""


class Desk:
    """Sessions and devices of staff."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._scripts = store.scripts

    def content_changed(self) -> None:
        """Nudge every worker to look at what managers have set. No answer; they look by themselves, too."""
        self._store.fire(b"PUBLISH", keys.CONTENT_CHANNEL, b"")

    async def create(self, session: DeskSession) -> None:
        """A member of staff signed in.

        Raises:
            StoreError: no answer.
        """
        await self._store.run(
            self._scripts.desk_create,
            (
                keys.desk_session(session.token_hash),
                keys.desk_of_staff(session.staff),
                keys.desk_of_device(session.device),
            ),
            session.token_hash,
            session.staff,
            session.device,
            session.expires,
            keys.DEVICE_TTL,
        )

    async def find(self, token_hash: bytes) -> DeskSession | None:
        """The session of a cookie, None when it ended or was removed.

        Raises:
            StoreError: no answer.
        """
        staff, device, expires = await self._store.call(
            b"HMGET", keys.desk_session(token_hash), b"staff", b"device", b"expires"
        )
        if staff is None:
            return None
        return DeskSession(token_hash, staff.decode(), device.decode(), int(expires))

    async def renew(self, session: DeskSession, expires: int) -> bool:
        """Let a session last until `expires` (unix seconds). False when it is no longer there.

        Raises:
            StoreError: no answer.
        """
        reply = await self._store.run(
            self._scripts.desk_renew,
            (
                keys.desk_session(session.token_hash),
                keys.desk_of_staff(session.staff),
                keys.desk_of_device(session.device),
            ),
            expires,
            keys.DEVICE_TTL,
        )
        return bool(reply)

    async def remove(self, token_hash: bytes) -> None:
        """Sign out one session.

        Raises:
            StoreError: no answer.
        """
        await self._store.call(b"DEL", keys.desk_session(token_hash))

    async def devices(self, staff: str) -> set[str]:
        """The devices at which a member of staff is signed in.

        Raises:
            StoreError: no answer.
        """
        hashes = await self._store.call(b"SMEMBERS", keys.desk_of_staff(staff))
        sessions = ((b"HGET", keys.desk_session(one), b"device") for one in hashes)
        found = await self._store.calls(*sessions) if hashes else []
        return {device.decode() for device in found if device is not None}

    async def remove_staff(self, staff: str) -> set[str]:
        """Remove every session of a member of staff.

        Returns:
            The devices that had one: `tell` them.

        Raises:
            StoreError: no answer.
        """
        return await self._remove_all(keys.desk_of_staff(staff))

    async def remove_device(self, device: str) -> set[str]:
        """Remove every session of a device; returns it if it had one.

        Raises:
            StoreError: no answer.
        """
        return await self._remove_all(keys.desk_of_device(device))

    async def _remove_all(self, index: bytes) -> set[str]:
        devices = await self._store.run(self._scripts.desk_remove, (index,))
        return {device.decode() for device in devices}

    async def open(self, device: str, worker: str) -> int:
        """A tab of this device becomes the desk; the one before is woken (`Kind.DESK_SUPERSEDED`).

        Returns:
            Its generation.

        Raises:
            StoreError: no answer.
        """
        generation: int = await self._store.run(
            self._scripts.desk_open,
            (keys.desk_device(device),),
            keys.worker(worker),
            wake.encode_desk(Kind.DESK_SUPERSEDED, device),
            keys.DEVICE_TTL,
        )
        return generation

    async def holder(self, device: str) -> tuple[int, str] | None:
        """Generation and worker of the tab that is the desk of this device, None when it has none.

        Raises:
            StoreError: no answer.
        """
        generation, channel = await self._store.call(
            b"HMGET", keys.desk_device(device), b"generation", b"worker"
        )
        if generation is None:
            return None
        return int(generation), channel.removeprefix(keys.WORKER_CHANNEL).decode()

    async def tell(self, device: str, payload: bytes) -> bool:
        """Send a note to the worker that holds this device's desk. False when there is none.

        Raises:
            StoreError: no answer.
        """
        held = await self.holder(device)
        if held is None:
            return False
        body = wake.encode_desk(Kind.DESK_TOLD, device, payload)
        return bool(await self._store.call(b"PUBLISH", keys.worker(held[1]), body))

    async def mine(self, device: str, slot: int = 0) -> set[bytes]:
        """Sids of this device's conversations in a slot; one may have ended meanwhile.

        Raises:
            StoreError: no answer.
        """
        return set(await self._store.call(b"SMEMBERS", _LISTS[slot](device)))

    async def add_mine(self, device: str, sid: bytes, slot: int = 0) -> None:
        """This device has a seat, or may ask for one.

        Raises:
            StoreError: no answer.
        """
        key = _LISTS[slot](device)
        await self._store.calls(
            (b"SADD", key, sid),
            (b"EXPIRE", key, keys.MINE_TTL),
            (b"HDEL", keys.desk_left(device), _seat(sid, slot)),
        )

    async def reserve(self, device: str, others: Iterable[str], sid: bytes, cap: int) -> bool:
        """As `add_mine`, if the person has fewer than `cap` conversations on all devices together.

        Args:
            device: the one that is about to have it.
            others: devices of the same person; the device itself may be among them.
            sid: the conversation; one this device has already counts once.
            cap: conversations at once.

        Raises:
            StoreError: no answer.
        """
        theirs = (keys.desk_mine(device), *(keys.desk_mine(other) for other in others if other != device))
        return bool(await self._store.run(self._scripts.desk_reserve, theirs, sid, cap, keys.MINE_TTL))

    async def drop_mine(self, device: str, sid: bytes, slot: int = 0) -> None:
        """This device has a seat no longer.

        Raises:
            StoreError: no answer.
        """
        await self._store.call(b"SREM", _LISTS[slot](device), sid)

    async def note_left(self, device: str, sid: bytes, slot: int, why: int) -> None:
        """This device has a seat no longer, and is to be told so when it comes back.

        Raises:
            StoreError: no answer.
        """
        key = keys.desk_left(device)
        await self._store.calls(
            (b"HSET", key, _seat(sid, slot), int(why)),
            (b"EXPIRE", key, keys.MINE_TTL),
            (b"SREM", _LISTS[slot](device), sid),
        )

    async def left(self, device: str) -> list[tuple[bytes, int, int]]:
        """Seats this device lost while it was away, as (sid, slot, why).

        Raises:
            StoreError: no answer.
        """
        flat = await self._store.call(b"HGETALL", keys.desk_left(device))
        return [(seat[:16], seat[16], int(why)) for seat, why in zip(flat[::2], flat[1::2], strict=True)]

    async def told_left(self, device: str, sid: bytes, slot: int) -> None:
        """The device knows that it lost this seat; also when the worker that let it go died before noting so.

        Raises:
            StoreError: no answer.
        """
        await self._store.calls(
            (b"HDEL", keys.desk_left(device), _seat(sid, slot)), (b"SREM", _LISTS[slot](device), sid)
        )

    async def asked(self, device: str) -> set[bytes]:
        """Conversations this device is asked to take over; the question may have lapsed meanwhile.

        Raises:
            StoreError: no answer.
        """
        return set(await self._store.call(b"SMEMBERS", keys.desk_asked(device)))

    async def note_asked(self, device: str, sid: bytes, *, asked: bool) -> None:
        """This device is asked to take a conversation over, or no longer.

        Raises:
            StoreError: no answer.
        """
        key = keys.desk_asked(device)
        if asked:
            await self._store.calls((b"SADD", key, sid), (b"EXPIRE", key, keys.ASKED_TTL))
        else:
            await self._store.call(b"SREM", key, sid)


_LISTS = (keys.desk_mine, keys.desk_beside)
"""By slot. Apart, since only the conversations of slot 0 count as somebody's own."""


def _seat(sid: bytes, slot: int) -> bytes:
    return sid + bytes([slot])
