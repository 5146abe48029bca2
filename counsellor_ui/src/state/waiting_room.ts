// SPDX-License-Identifier: AGPL-3.0-or-later
/** The waiting room as the desk shows it, and which of its conversations this desk asked for. Pure. */

import { hex } from "../../../chat/browser/sealing/api.ts";
import { t } from "../../../chat/browser/texts.ts";
import type { WaitingEntry } from "../../../chat/browser/wire.gen.ts";
import { About, Urgency } from "../../../chat/browser/wire.gen.ts";

export interface Entry {
  /** Address, 32 hexadecimal digits. */
  readonly sid: string;
  readonly language: string;
  /** Milliseconds of this browser's clock. */
  readonly since: number;
  readonly present: boolean;
  readonly about: About;
  readonly urgency: Urgency;
  /** Had a counsellor before, who was lost or gave it back. */
  readonly first: boolean;
}

export interface WaitingRoom {
  /** In the order in which they are offered; at most the first 50. */
  readonly entries: readonly Entry[];
  readonly total: number;
  /** Asked for by hand and not yet answered. */
  readonly taking: readonly string[];
  /** "Help next" was pressed and not yet answered. */
  readonly askedNext: boolean;
}

export const EMPTY_ROOM: WaitingRoom = { entries: [], total: 0, taking: [], askedNext: false };

/** A list counts whole seconds, so a row made anew may differ by one: the row that is shown stays. */
const SAME_WAIT = 2_000;

export function fromRoom(
  room: WaitingRoom,
  entries: readonly WaitingEntry[],
  total: number,
  now: number,
): WaitingRoom {
  const known = new Map(room.entries.map((entry) => [entry.sid, entry]));
  const shown = entries.map((entry) => {
    const made = entryOf(entry, now);
    const old = known.get(made.sid);
    return old !== undefined && isSame(old, made) ? old : made;
  });
  return { ...room, entries: shown, total };
}

function entryOf(entry: WaitingEntry, now: number): Entry {
  const { language, present, about, urgency, first } = entry;
  return { sid: hex(entry.sid), language, since: now - entry.waited * 1000, present, about, urgency, first };
}

function isSame(a: Entry, b: Entry): boolean {
  return (
    a.language === b.language &&
    a.present === b.present &&
    a.about === b.about &&
    a.urgency === b.urgency &&
    a.first === b.first &&
    Math.abs(a.since - b.since) < SAME_WAIT
  );
}

export function asked(room: WaitingRoom, sid: string): WaitingRoom {
  return room.taking.includes(sid) ? room : { ...room, taking: [...room.taking, sid] };
}

export function answered(room: WaitingRoom, sid: string): WaitingRoom {
  return room.taking.includes(sid) ? { ...room, taking: room.taking.filter((other) => other !== sid) } : room;
}

export function next(room: WaitingRoom, askedNext: boolean): WaitingRoom {
  return room.askedNext === askedNext ? room : { ...room, askedNext };
}

/** Somebody is at this desk now, and waits no longer. */
export function left(room: WaitingRoom, sid: string): WaitingRoom {
  const entries = room.entries.filter((entry) => entry.sid !== sid);
  return entries.length === room.entries.length ? room : { ...room, entries, total: room.total - 1 };
}

/** The one present who waits longest, to let it stand out; order may put somebody in need before it. */
export function longest(room: WaitingRoom): Entry | null {
  const present = room.entries.filter((entry) => entry.present);
  return present.reduce<Entry | null>((old, entry) => (old && old.since <= entry.since ? old : entry), null);
}

/** How many wait in each language, most first. */
export function byLanguage(room: WaitingRoom): readonly (readonly [language: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const { language } of room.entries) counts.set(language, (counts.get(language) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
}

/** What somebody declared by a tap; null where they said nothing. */
export function aboutText(about: About): string | null {
  switch (about) {
    case About.ME:
      return t("About themselves");
    case About.SOMEBODY_ELSE:
      return t("About somebody else");
    case About.UNSAID:
      return null;
  }
}

/** Declared urgency; null for the usual one, which says nothing. */
export function urgencyText(urgency: Urgency): string | null {
  switch (urgency) {
    case Urgency.ACUTE:
      return t("Acute");
    case Urgency.CAN_WAIT:
      return t("Can wait");
    case Urgency.USUAL:
      return null;
  }
}
