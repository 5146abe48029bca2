// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * When the desk rings for somebody who waits. Pure: what is heard and shown is desk/bell.ts.
 *
 * How this works. Everybody who was ever seen waiting is known and rings no more. While the person is
 * not on duty, and with the first list after going on duty or after a lost connection, all become
 * known in silence: they were waiting already. After a ring it is quiet for `QUIET`; who comes in
 * between is rung for together, once, when it ends, and only those who still wait.
 */

import type { Entry } from "./waiting_room.ts";

/** How long after a ring nothing rings, in milliseconds. */
export const QUIET = 20_000;

export interface Alerts {
  /** Those seen waiting who still wait. */
  readonly known: ReadonlySet<string>;
  /** Came while it was quiet. */
  readonly pending: ReadonlySet<string>;
  /** Nothing rings before this; milliseconds. */
  readonly quietUntil: number;
  /** The next list is the first one: it rings for nobody. */
  readonly first: boolean;
}

export const SILENT: Alerts = { known: new Set(), pending: new Set(), quietUntil: 0, first: true };

export interface Rung {
  readonly alerts: Alerts;
  /** Ring for so many people; 0: don't. */
  readonly ring: number;
}

/** The next list says who was there before: after a lost connection, and at going on duty. */
export function startAnew(alerts: Alerts): Alerts {
  return { ...alerts, first: true, pending: new Set() };
}

/** A list came. `languages` null: not on duty. */
export function onList(
  alerts: Alerts,
  entries: readonly Entry[],
  languages: readonly string[] | null,
  now: number,
): Rung {
  const mine = entries.filter((entry) => languages?.includes(entry.language) ?? false);
  const waiting = new Set(entries.map((entry) => entry.sid));
  const fresh = alerts.first
    ? []
    : mine.filter((entry) => entry.present && !alerts.known.has(entry.sid)).map((entry) => entry.sid);
  const pending = new Set([...alerts.pending, ...fresh].filter((sid) => waiting.has(sid)));
  const next = { ...alerts, known: waiting, pending, first: languages === null };
  return due(next, now);
}

/** Time went by. */
export function onClock(alerts: Alerts, now: number): Rung {
  return alerts.pending.size === 0 ? { alerts, ring: 0 } : due(alerts, now);
}

function due(alerts: Alerts, now: number): Rung {
  if (alerts.pending.size === 0 || now < alerts.quietUntil) return { alerts, ring: 0 };
  const ring = alerts.pending.size;
  return { alerts: { ...alerts, pending: new Set(), quietUntil: now + QUIET }, ring };
}

/** The tab's title: a number, and never what it is about. */
export function titleText(unread: number, rings: number): string {
  const count = unread + rings;
  return count === 0 ? "Kentering" : `(${count}) Kentering`;
}
