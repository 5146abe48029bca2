// SPDX-License-Identifier: AGPL-3.0-or-later
/** The waiting room as the desk shows it, and which of its conversations this desk asked for. Pure. */

import { hex } from "../../../chat/browser/sealing/api.ts";
import type { WaitingEntry } from "../../../chat/browser/wire.gen.ts";

export interface Entry {
  /** Address, 32 hexadecimal digits. */
  readonly sid: string;
  readonly language: string;
  /** Milliseconds of this browser's clock. */
  readonly since: number;
  readonly present: boolean;
}

export interface WaitingRoom {
  /** In the order in which they are offered; at most the first 50. */
  readonly entries: readonly Entry[];
  readonly total: number;
  /** Asked for and not yet answered. */
  readonly taking: readonly string[];
}

export const EMPTY_ROOM: WaitingRoom = { entries: [], total: 0, taking: [] };

export function fromRoom(
  room: WaitingRoom,
  entries: readonly WaitingEntry[],
  total: number,
  now: number,
): WaitingRoom {
  const shown = entries.map((entry) => ({
    sid: hex(entry.sid),
    language: entry.language,
    since: now - entry.waited * 1000,
    present: entry.present,
  }));
  return { ...room, entries: shown, total };
}

export function asked(room: WaitingRoom, sid: string): WaitingRoom {
  return room.taking.includes(sid) ? room : { ...room, taking: [...room.taking, sid] };
}

export function answered(room: WaitingRoom, sid: string): WaitingRoom {
  return { ...room, taking: room.taking.filter((other) => other !== sid) };
}

/** Somebody is at this desk now, and waits no longer. */
export function left(room: WaitingRoom, sid: string): WaitingRoom {
  const entries = room.entries.filter((entry) => entry.sid !== sid);
  return entries.length === room.entries.length ? room : { ...room, entries, total: room.total - 1 };
}

/** Whom "help next" takes: the first who is there and whom we did not ask for already. */
export function nextOf(room: WaitingRoom): Entry | null {
  return room.entries.find((entry) => entry.present && !room.taking.includes(entry.sid)) ?? null;
}

/** The one present who waits longest, to let it stand out; order may put somebody in need before it. */
export function longest(room: WaitingRoom): Entry | null {
  const present = room.entries.filter((entry) => entry.present);
  return present.reduce<Entry | null>((old, entry) => (old && old.since <= entry.since ? old : entry), null);
}
