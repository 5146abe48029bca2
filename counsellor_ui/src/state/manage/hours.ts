// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Opening hours as the service keeps them, and when the line is open by them. Pure.
 *
 * The same rules as `chat/rules/opening_hours.py`, for the preview: an interval belongs to the day on which it
 * begins and may run past midnight; of several exceptions the nearest holds; a language without weekly hours
 * is bound to none.
 */

import { DAY, instantOf, isoDate, MINUTE, wallOf, weekdayOf } from "./zone.ts";

/** From `start` to before `end`, in minutes after midnight of the day it belongs to. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/** A date on which only these intervals hold; without any the line is closed on that day. */
export interface ExceptionalDay {
  readonly date: string;
  readonly name: string;
  /** The same day in every year. */
  readonly yearly: boolean;
  /** Empty: every language. */
  readonly languages: readonly string[];
  readonly intervals: readonly Interval[];
}

/** Monday first. */
export type Week = readonly (readonly Interval[])[];

export interface Hours {
  readonly weekly: Readonly<Record<string, Week>>;
  readonly exceptions: readonly ExceptionalDay[];
}

export const DAY_MINUTES = 24 * 60;
/** An interval ends at noon of the next day at the latest. */
export const LATEST_END = DAY_MINUTES + 12 * 60;
export const MOST_INTERVALS = 6;
export const MOST_EXCEPTIONS = 200;

const AHEAD = 400;

function week(hours: Hours, language: string): Week | null {
  return Object.hasOwn(hours.weekly, language) ? (hours.weekly[language] ?? null) : null;
}

/** The nearest one: of this very date before a yearly one, for this language before one for all. */
export function exceptionOn(hours: Hours, language: string, date: string): ExceptionalDay | null {
  const rank = (e: ExceptionalDay): number => (e.yearly ? 0 : 2) + (e.languages.length > 0 ? 1 : 0);
  const here = hours.exceptions.filter(
    (e) =>
      (e.languages.length === 0 || e.languages.includes(language)) &&
      (e.date === date || (e.yearly && e.date.slice(4) === date.slice(4))),
  );
  return here.reduce<ExceptionalDay | null>((best, e) => (best && rank(best) >= rank(e) ? best : e), null);
}

/** What holds on one day; null: not bound to any hours. `midnight` is a wall clock. */
export function onDay(hours: Hours, language: string, midnight: number): readonly Interval[] | null {
  const found = exceptionOn(hours, language, isoDate(midnight));
  if (found !== null) return found.intervals;
  return week(hours, language)?.[weekdayOf(midnight)] ?? null;
}

interface Opening {
  readonly from: number;
  readonly until: number;
}

/** The openings that begin on one day, as instants. */
function openings(hours: Hours, language: string, zone: string, midnight: number): readonly Opening[] {
  return (onDay(hours, language, midnight) ?? [])
    .map(({ start, end }) => ({
      from: instantOf(midnight + start * MINUTE, zone),
      until: instantOf(midnight + end * MINUTE, zone),
    }))
    .filter(({ from, until }) => from < until); // an interval may fall into the hour that spring leaves out
}

/**
 * - free: bound to no hours, open whenever somebody is on duty
 * - open: until that instant
 * - closed: until that instant; null: for longer than 400 days
 */
export type Standing =
  | { readonly kind: "free" }
  | { readonly kind: "open"; readonly until: number }
  | { readonly kind: "closed"; readonly until: number | null };

export function standing(hours: Hours, language: string, zone: string, at: number): Standing {
  const now = wallOf(at, zone);
  const today = now - (((now % DAY) + DAY) % DAY);
  if (onDay(hours, language, today) === null) return { kind: "free" };
  const free = week(hours, language) === null;
  const near: Opening[] = [];
  for (let ahead = -2; ahead <= AHEAD; ahead += 1) {
    const midnight = today + ahead * DAY;
    if (ahead > 0 && free && exceptionOn(hours, language, isoDate(midnight)) === null) {
      near.push({ from: instantOf(midnight, zone), until: instantOf(midnight + DAY, zone) });
    } else near.push(...openings(hours, language, zone, midnight));
    const until = openUntil(near, at);
    // Openings that follow each other without a gap are one, and the next day may still lengthen it.
    if (ahead >= 2 && until !== null) return { kind: "open", until };
    const next = near.map(({ from }) => from).filter((from) => from > at);
    if (ahead >= 1 && until === null && next.length > 0) return { kind: "closed", until: Math.min(...next) };
  }
  return { kind: "closed", until: null };
}

/** Until when it is open without a gap, if it is open now. */
function openUntil(near: readonly Opening[], at: number): number | null {
  let until = at;
  for (let grown = true; grown; ) {
    const further = near.filter((one) => one.from <= until && one.until > until);
    grown = further.length > 0;
    until = Math.max(until, ...further.map((one) => one.until));
  }
  return until === at ? null : until;
}
