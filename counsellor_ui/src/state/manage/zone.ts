// SPDX-License-Identifier: AGPL-3.0-or-later
/** From the wall clock of a time zone to instants and back. Pure; instants are milliseconds. */

export const MINUTE = 60_000;
export const DAY = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one is slow, and a week of hours asks for hundreds. */
function format(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  formats.set(zone, made);
  return made;
}

/** What the wall clock shows, written as if it were UTC; whole minutes. */
export function wallOf(instant: number, zone: string): number {
  const parts = new Map(
    format(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"));
}

/** The first instant at which the wall clock shows this, or has gone past it. */
export function instantOf(wall: number, zone: string): number {
  const readings = [wall - DAY, wall + DAY].map((near) => wall - (wallOf(near, zone) - near));
  const shown = readings.filter((instant) => wallOf(instant, zone) === wall);
  if (shown.length > 0) return Math.min(...shown);
  // The clock skips it: the change lies between the two readings, and whole minutes find it.
  let [low, high] = [Math.min(...readings), Math.max(...readings)];
  while (high - low > MINUTE) {
    const middle = low + Math.floor((high - low) / MINUTE / 2) * MINUTE;
    if (wallOf(middle, zone) < wall) low = middle;
    else high = middle;
  }
  return high;
}

/** "2026-11-27" of a wall clock. */
export function isoDate(wall: number): string {
  return new Date(wall).toISOString().slice(0, 10);
}

/** Monday is 0. */
export function weekdayOf(wall: number): number {
  return (new Date(wall).getUTCDay() + 6) % 7;
}

/** Midnight of a date as a wall clock; null for what is no date, such as 30 February. */
export function dateOf(iso: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(iso)) return null;
  const wall = Date.parse(`${iso}T00:00:00Z`);
  return Number.isNaN(wall) || isoDate(wall) !== iso ? null : wall;
}
