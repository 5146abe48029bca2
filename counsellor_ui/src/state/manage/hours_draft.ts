// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Opening hours while they are edited: what is in the fields, and what is wrong with it. Pure.
 *
 * Times stay as they were typed until they can be read, so that a half-typed time is never saved as the one that
 * stood there before.
 */

import { t } from "../../../../chat/browser/texts.ts";
import type { ExceptionalDay, Hours, Interval } from "./hours.ts";
import { DAY_MINUTES, LATEST_END, MOST_INTERVALS } from "./hours.ts";
import { dateOf } from "./zone.ts";

export interface Row {
  readonly from: string;
  readonly to: string;
}

export type WeekDraft = readonly (readonly Row[])[];

export interface ExceptionDraft {
  readonly date: string;
  readonly name: string;
  readonly yearly: boolean;
  readonly languages: readonly string[];
  readonly rows: readonly Row[];
}

export interface HoursDraft {
  readonly weekly: Readonly<Record<string, WeekDraft>>;
  readonly exceptions: readonly ExceptionDraft[];
}

/** - same: nobody can tell whether none or the whole day is meant
 *  - too_late: later than noon of the next day
 *  - overlap: with another row of the day
 *  - overlap_next: runs into the next day's hours */
export type RowProblem = "not_a_time" | "same" | "too_late" | "overlap" | "overlap_next";

/** "16", "16:30", "1630", "16.30", "24:00" as minutes after midnight; null for anything else. */
export function readTime(text: string): number | null {
  const found = /^\s*(\d{1,2})(?:\s*[:.hu]?\s*(\d{2}))?\s*$/i.exec(text);
  if (found === null) return null;
  const minutes = Number(found[1]) * 60 + Number(found[2] ?? 0);
  return Number(found[2] ?? 0) > 59 || minutes > DAY_MINUTES ? null : minutes;
}

/** "16:30"; past midnight as the next day's clock shows it, but midnight itself as 24:00. */
export function writeTime(minutes: number): string {
  const shown = minutes > DAY_MINUTES ? minutes - DAY_MINUTES : minutes;
  return `${String(Math.floor(shown / 60)).padStart(2, "0")}:${String(shown % 60).padStart(2, "0")}`;
}

/** As it would be written after saving; what can't be read stays. */
export function tidy(text: string): string {
  const minutes = readTime(text);
  return minutes === null ? text : writeTime(minutes);
}

/** An end that is not after the beginning is on the next day. */
export function readRow(row: Row): Interval | RowProblem {
  const [start, typed] = [readTime(row.from), readTime(row.to)];
  if (start === null || typed === null || start === DAY_MINUTES) return "not_a_time";
  if (start === typed) return "same";
  const end = typed > start ? typed : typed + DAY_MINUTES;
  return end > LATEST_END ? "too_late" : { start, end };
}

/** Whether it ends on the day after. */
export function pastMidnight(row: Row): boolean {
  const read = readRow(row);
  return typeof read !== "string" && read.end > DAY_MINUTES;
}

function writeRow({ start, end }: Interval): Row {
  return { from: writeTime(start), to: writeTime(end) };
}

function readable(rows: readonly Row[]): readonly Interval[] {
  return rows.map(readRow).filter((read): read is Interval => typeof read !== "string");
}

const crosses = (a: Interval, b: Interval): boolean => a.start < b.end && b.start < a.end;

/** What is wrong with each row of a day, null where nothing is; `next` are the rows of the day after. */
export function problemsOf(rows: readonly Row[], next: readonly Row[] = []): readonly (RowProblem | null)[] {
  const reads = rows.map(readRow);
  const tomorrow = readable(next).map(({ start, end }) => ({
    start: start + DAY_MINUTES,
    end: end + DAY_MINUTES,
  }));
  return reads.map((read, index) => {
    if (typeof read === "string") return read;
    const others = reads.filter((_, other) => other !== index);
    if (others.some((other) => typeof other !== "string" && crosses(read, other))) return "overlap";
    return tomorrow.some((other) => crosses(read, other)) ? "overlap_next" : null;
  });
}

/** The rows of one day in order, those that overlap or touch made one; rows that can't be read stay last. */
export function joined(rows: readonly Row[]): readonly Row[] {
  const sorted = [...readable(rows)].sort((a, b) => a.start - b.start);
  const one: Interval[] = [];
  for (const next of sorted) {
    const last = one.at(-1);
    if (
      last !== undefined &&
      next.start <= last.end &&
      Math.max(next.end, last.end) - last.start < DAY_MINUTES
    )
      one[one.length - 1] = { start: last.start, end: Math.max(last.end, next.end) };
    else one.push(next);
  }
  return [...one.map(writeRow), ...rows.filter((row) => typeof readRow(row) === "string")];
}

/** A row to begin with: after the last one of the day, or the hours in which most people come. */
export function newRow(rows: readonly Row[]): Row {
  const last = Math.max(0, ...readable(rows).map(({ end }) => end));
  if (rows.length === 0) return { from: "16:00", to: "22:00" };
  const start = last + 60;
  return start + 60 <= DAY_MINUTES ? writeRow({ start, end: start + 60 }) : { from: "", to: "" };
}

export function mayAdd(rows: readonly Row[]): boolean {
  return rows.length < MOST_INTERVALS;
}

export type ExceptionProblem = "no_date" | "twice";

/** What is wrong with an exception, apart from its rows. */
export function exceptionProblem(all: readonly ExceptionDraft[], index: number): ExceptionProblem | null {
  const own = all[index];
  if (own === undefined || dateOf(own.date) === null) return "no_date";
  const rivals = all.filter(
    (other, at) =>
      at !== index &&
      other.yearly === own.yearly &&
      (own.yearly ? other.date.slice(4) === own.date.slice(4) : other.date === own.date) &&
      (own.languages.length === 0
        ? other.languages.length === 0
        : own.languages.some((language) => other.languages.includes(language))),
  );
  return rivals.length > 0 ? "twice" : null;
}

/** How many things have to be put right before this can be saved. */
export function countProblems(draft: HoursDraft): number {
  const week = Object.values(draft.weekly).flatMap((days) =>
    days.flatMap((rows, day) => problemsOf(rows, days[(day + 1) % 7])),
  );
  const exceptions = draft.exceptions.flatMap((one, index) => [
    exceptionProblem(draft.exceptions, index),
    ...problemsOf(one.rows),
  ]);
  return [...week, ...exceptions].filter((problem) => problem !== null).length;
}

export function draftOf(hours: Hours): HoursDraft {
  return {
    weekly: Object.fromEntries(
      Object.entries(hours.weekly).map(([language, days]) => [
        language,
        days.map((day) => day.map(writeRow)),
      ]),
    ),
    exceptions: hours.exceptions.map(({ intervals, ...rest }) => ({
      ...rest,
      rows: intervals.map(writeRow),
    })),
  };
}

/** What is kept, rows in order of the day; rows that can't be read are left out, and `countProblems` tells of them. */
export function hoursOf(draft: HoursDraft): Hours {
  const order = (rows: readonly Row[]): readonly Interval[] =>
    [...readable(rows)].sort((a, b) => a.start - b.start);
  return {
    weekly: Object.fromEntries(
      Object.entries(draft.weekly).map(([language, days]) => [language, days.map(order)]),
    ),
    exceptions: draft.exceptions.map(
      ({ rows, ...rest }): ExceptionalDay => ({ ...rest, name: rest.name.trim(), intervals: order(rows) }),
    ),
  };
}

export function rowProblemText(problem: RowProblem): string {
  switch (problem) {
    case "not_a_time":
      return t("Write a time such as 16:30, between 00:00 and 24:00.");
    case "same":
      return t("It begins and ends at the same time. For a whole day, write 00:00 and 24:00.");
    case "too_late":
      return t("It runs past noon of the next day. Put the rest with the next day.");
    case "overlap":
      return t("This overlaps with other hours of the same day.");
    case "overlap_next":
      return t("This runs into hours of the next day. Let one of them begin later or end sooner.");
  }
}

export function exceptionProblemText(problem: ExceptionProblem): string {
  switch (problem) {
    case "no_date":
      return t("Choose a date.");
    case "twice":
      return t("This date is listed twice for the same language.");
  }
}
