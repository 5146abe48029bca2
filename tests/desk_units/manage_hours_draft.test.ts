// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Hours } from "../../counsellor_ui/src/state/manage/hours.ts";
import type { ExceptionDraft } from "../../counsellor_ui/src/state/manage/hours_draft.ts";
import {
  countProblems,
  draftOf,
  exceptionProblem,
  hoursOf,
  joined,
  newRow,
  pastMidnight,
  problemsOf,
  readRow,
  readTime,
  tidy,
} from "../../counsellor_ui/src/state/manage/hours_draft.ts";

const row = (from: string, to: string): { from: string; to: string } => ({ from, to });

const CHRISTMAS: ExceptionDraft = {
  date: "2026-12-25",
  name: "Christmas",
  yearly: true,
  languages: [],
  rows: [],
};

test("times are read as people write them", () => {
  const read = ["16", "16:30", "1630", "16.30", "16h30", "16u30", " 9 : 05 ", "24:00", "0:00"].map(readTime);

  assert.deepEqual(read, [960, 990, 990, 990, 990, 990, 545, 1440, 0]);
});

test("what is no time is not guessed at", () => {
  for (const text of ["", "noon", "16:60", "24:01", "25", "16:3", "-1", "16:30:00", "1e2"])
    assert.equal(readTime(text), null, text);
});

test("a field shows what will be saved, once it can be read", () => {
  assert.deepEqual(["9", "1630", "half past"].map(tidy), ["09:00", "16:30", "half past"]);
});

test("an end before the beginning is on the next day, and midnight is the end of the day", () => {
  assert.deepEqual(readRow(row("22:00", "02:00")), { start: 1320, end: 1560 });
  assert.deepEqual(readRow(row("16:00", "00:00")), { start: 960, end: 1440 });
  assert.deepEqual(readRow(row("00:00", "24:00")), { start: 0, end: 1440 });
  assert.equal(pastMidnight(row("22:00", "02:00")), true);
  assert.equal(pastMidnight(row("16:00", "00:00")), false);
});

test("what can't be meant is refused", () => {
  assert.equal(readRow(row("16:00", "16:00")), "same");
  assert.equal(readRow(row("16:00", "14:00")), "too_late");
  assert.equal(readRow(row("16:00", "")), "not_a_time");
  assert.equal(readRow(row("24:00", "02:00")), "not_a_time");
});

test("overlapping rows are both marked; rows that touch are none", () => {
  assert.deepEqual(problemsOf([row("16:00", "20:00"), row("19:00", "22:00")]), ["overlap", "overlap"]);
  assert.deepEqual(problemsOf([row("16:00", "19:00"), row("19:00", "22:00")]), [null, null]);
});

test("hours past midnight may not run into the next day's", () => {
  assert.deepEqual(problemsOf([row("22:00", "02:00")], [row("01:00", "05:00")]), ["overlap_next"]);
  assert.deepEqual(problemsOf([row("22:00", "02:00")], [row("02:00", "05:00")]), [null]);
});

test("joining makes one of what overlaps, in order, and keeps what can't be read", () => {
  const rows = [row("19:00", "22:00"), row("half", "past"), row("16:00", "20:00"), row("08:00", "09:00")];

  assert.deepEqual(joined(rows), [row("08:00", "09:00"), row("16:00", "22:00"), row("half", "past")]);
});

test("a new row begins after the last one, and is left empty where the day is full", () => {
  assert.deepEqual(newRow([]), row("16:00", "22:00"));
  assert.deepEqual(newRow([row("16:00", "20:00")]), row("21:00", "22:00"));
  assert.deepEqual(newRow([row("16:00", "23:30")]), row("", ""));
});

test("the last day of the week runs into the first", () => {
  const week = [[row("01:00", "03:00")], [], [], [], [], [], [row("22:00", "02:00")]];

  assert.equal(countProblems({ weekly: { nl: week }, exceptions: [] }), 1);
});

test("an exception needs a date, and one date has one exception for a language", () => {
  const dutch = { ...CHRISTMAS, languages: ["nl"] };
  const both = { ...CHRISTMAS, languages: ["nl", "fr"] };

  assert.equal(exceptionProblem([{ ...CHRISTMAS, date: "" }], 0), "no_date");
  assert.equal(exceptionProblem([CHRISTMAS, { ...CHRISTMAS, date: "2030-12-25" }], 1), "twice");
  assert.equal(exceptionProblem([dutch, both], 0), "twice");
  assert.equal(exceptionProblem([CHRISTMAS, dutch], 1), null);
  assert.equal(exceptionProblem([CHRISTMAS, { ...CHRISTMAS, yearly: false }], 0), null);
});

test("what is kept comes back as it was", () => {
  const week = [[{ start: 960, end: 1440 }], [], [], [], [{ start: 1320, end: 1560 }], [], []];
  const { rows, ...rest } = CHRISTMAS;
  const kept: Hours = { weekly: { nl: week }, exceptions: [{ ...rest, intervals: [] }] };

  assert.deepEqual(hoursOf(draftOf(kept)), kept);
  assert.deepEqual(rows, []);
  assert.equal(countProblems(draftOf(kept)), 0);
});
