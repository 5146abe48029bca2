// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Hours, Interval } from "../../counsellor_ui/src/state/manage/hours.ts";
import { exceptionOn, standing } from "../../counsellor_ui/src/state/manage/hours.ts";
import { dateOf, instantOf, isoDate, wallOf, weekdayOf } from "../../counsellor_ui/src/state/manage/zone.ts";

const ZONE = "Europe/Brussels";
const EVENING: Interval = { start: 16 * 60, end: 22 * 60 };
const LATE: Interval = { start: 22 * 60, end: 26 * 60 };

function hours(week: Partial<Record<number, Interval[]>>, exceptions: Hours["exceptions"] = []): Hours {
  return { weekly: { nl: [0, 1, 2, 3, 4, 5, 6].map((day) => week[day] ?? []) }, exceptions };
}

const at = (wall: string): number => instantOf(Date.parse(`${wall}:00Z`), ZONE);
const wall = (instant: number | null): string | null =>
  instant === null ? null : new Date(wallOf(instant, ZONE)).toISOString().slice(0, 16);

/** "open 22:00" as somebody in Brussels would say it. */
function shown(of: Hours, when: string): string {
  const found = standing(of, "nl", ZONE, at(when));
  return found.kind === "free" ? "free" : `${found.kind} ${wall(found.until)}`;
}

test("the wall clock of a zone goes back and forth, in summer and in winter", () => {
  assert.equal(new Date(at("2026-07-01T12:00")).toISOString(), "2026-07-01T10:00:00.000Z");
  assert.equal(new Date(at("2026-12-01T12:00")).toISOString(), "2026-12-01T11:00:00.000Z");
  assert.equal(wall(at("2026-12-01T00:00")), "2026-12-01T00:00");
});

test("a time that spring skips is the change, one that autumn shows twice is the first", () => {
  assert.equal(new Date(at("2026-03-29T02:30")).toISOString(), "2026-03-29T01:00:00.000Z");
  assert.equal(new Date(at("2026-10-25T02:30")).toISOString(), "2026-10-25T00:30:00.000Z");
});

test("dates are dates", () => {
  assert.equal(dateOf("2026-02-30"), null);
  assert.equal(dateOf("tomorrow"), null);
  assert.equal(isoDate(dateOf("2028-02-29") ?? 0), "2028-02-29");
  assert.equal(weekdayOf(dateOf("2026-11-30") ?? 0), 0);
});

test("open until the end of the interval, closed until the next one begins", () => {
  const monday = hours({ 0: [EVENING] });

  assert.equal(shown(monday, "2026-11-30T15:59"), "closed 2026-11-30T16:00");
  assert.equal(shown(monday, "2026-11-30T16:00"), "open 2026-11-30T22:00");
  assert.equal(shown(monday, "2026-11-30T22:00"), "closed 2026-12-07T16:00");
});

test("an interval past midnight belongs to the day it begins on", () => {
  const friday = hours({ 4: [LATE] });

  assert.equal(shown(friday, "2026-11-28T01:59"), "open 2026-11-28T02:00");
  assert.equal(shown(friday, "2026-11-28T02:00"), "closed 2026-12-04T22:00");
});

test("hours that follow each other without a gap are said as one", () => {
  const joined = hours({ 4: [EVENING, LATE], 5: [{ start: 120, end: 180 }] });

  assert.equal(shown(joined, "2026-11-27T17:00"), "open 2026-11-28T03:00");
});

test("an exception takes the place of that day's hours, and one without hours closes it", () => {
  const day = { date: "2026-11-30", name: "", yearly: false, languages: [], intervals: [] };

  assert.equal(shown(hours({ 0: [EVENING] }, [day]), "2026-11-30T17:00"), "closed 2026-12-07T16:00");
  assert.equal(
    shown(hours({ 0: [EVENING] }, [{ ...day, intervals: [{ start: 600, end: 660 }] }]), "2026-11-30T10:30"),
    "open 2026-11-30T11:00",
  );
});

test("of several exceptions the nearest holds", () => {
  const yearly = { date: "2020-12-25", name: "every year", yearly: true, languages: [], intervals: [] };
  const dated = { ...yearly, date: "2026-12-25", name: "this year", yearly: false };
  const dutch = { ...dated, name: "this year, Dutch", languages: ["nl"] };
  const all = { weekly: {}, exceptions: [yearly, dutch, dated] };

  assert.equal(exceptionOn(all, "nl", "2026-12-25")?.name, "this year, Dutch");
  assert.equal(exceptionOn(all, "fr", "2026-12-25")?.name, "this year");
  assert.equal(exceptionOn(all, "fr", "2027-12-25")?.name, "every year");
  assert.equal(exceptionOn(all, "fr", "2027-12-26"), null);
});

test("a language without weekly hours is bound to none, but for closed dates", () => {
  const day = { date: "2026-12-25", name: "", yearly: true, languages: [], intervals: [] };
  const free: Hours = { weekly: {}, exceptions: [day] };

  assert.equal(shown(free, "2026-12-24T12:00"), "free");
  assert.equal(shown(free, "2026-12-25T12:00"), "closed 2026-12-26T00:00");
});

test("never open is said as it is", () => {
  assert.equal(shown(hours({}), "2026-11-30T12:00"), "closed null");
});

test("the night of the change is as long as its clock says", () => {
  const saturday = hours({ 5: [{ start: 22 * 60, end: 26 * 60 + 30 }] });
  const found = standing(saturday, "nl", ZONE, at("2026-03-28T23:00"));

  assert.equal(found.kind === "open" && new Date(found.until).toISOString(), "2026-03-29T01:00:00.000Z");
});
