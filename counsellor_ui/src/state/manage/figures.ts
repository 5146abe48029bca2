// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Figures for the yearly report, as the service gives them: counts by whole months, small ones hidden. Pure.
 *
 * A hidden count is from one to four. What is added up here says so: a sum with a hidden part is a least and a most.
 */

import { t, tn } from "../../../../chat/browser/texts.ts";
import { languageText } from "../../parts/times.ts";
import type { Choices } from "./content.ts";

export interface FigureRow {
  readonly measure: string;
  readonly value: string;
  /** One for each month; null: from one to four. */
  readonly counts: readonly (number | null)[];
  readonly total: number | null;
}

export interface Figures {
  /** "YYYY-MM" */
  readonly months: readonly string[];
  readonly rows: readonly FigureRow[];
  /** Days on which counts were lost with the live store. */
  readonly lost: readonly string[];
  /** Days that were never written. */
  readonly missing: readonly string[];
}

export const MEASURES = [
  "page",
  "started",
  "left",
  "taken",
  "ended",
  "wait",
  "duration",
  "language",
  "door",
  "matter",
  "risk",
  "outcome",
  "referred",
  "boundary",
  "heavy",
  "felt_before",
  "felt_after",
] as const;
export type Measure = (typeof MEASURES)[number];

const WEIGHTS = ["not_heavy", "a_little", "fairly", "heavy", "very_heavy"];

/** The order in which values are listed; others follow as they came. */
const ORDER: Readonly<Record<string, readonly string[]>> = {
  page: ["open", "closed", "full"],
  felt_before: WEIGHTS,
  felt_after: WEIGHTS,
  wait: ["under_1_min", "1_to_3_min", "3_to_10_min", "10_to_30_min", "over_30_min"],
  duration: ["under_5_min", "5_to_15_min", "15_to_30_min", "30_to_60_min", "60_to_120_min", "over_120_min"],
};

export interface Table {
  readonly measure: string;
  readonly rows: readonly FigureRow[];
}

/** By measure, in the order of a report; a measure that this desk does not know comes last. */
export function tables(figures: Figures): readonly Table[] {
  const known: readonly string[] = MEASURES;
  const place = (list: readonly string[], one: string): number =>
    list.includes(one) ? list.indexOf(one) : list.length;
  const measures = [...new Set(figures.rows.map(({ measure }) => measure))];
  return measures
    .sort((a, b) => place(known, a) - place(known, b))
    .map((measure) => ({
      measure,
      rows: figures.rows
        .filter((row) => row.measure === measure)
        .sort((a, b) => place(ORDER[measure] ?? [], a.value) - place(ORDER[measure] ?? [], b.value)),
    }));
}

/** From a least to a most: the same where nothing is hidden. */
export interface Between {
  readonly least: number;
  readonly most: number;
}

/** A row's whole count: the service's total, or what its months leave open. */
function whole(row: FigureRow): Between {
  if (row.total !== null) return { least: row.total, most: row.total };
  const shown = row.counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  const hidden = row.counts.filter((count) => count === null).length;
  return { least: shown + hidden, most: shown + 4 * hidden };
}

export function sum(rows: readonly FigureRow[]): Between {
  return rows.map(whole).reduce((a, b) => ({ least: a.least + b.least, most: a.most + b.most }), {
    least: 0,
    most: 0,
  });
}

/** Who came and was not helped: the figure that is published for asking for more hours. */
export interface Unmet {
  readonly closed: Between;
  readonly full: Between;
  /** Left the waiting room, or were lost there, before anybody was free. */
  readonly left: Between;
  /** Opened with a counsellor, beside the others. */
  readonly taken: Between;
}

export function unmet(figures: Figures): Unmet {
  const of = (measure: string, value?: string): Between =>
    sum(
      figures.rows.filter((row) => row.measure === measure && (value === undefined || row.value === value)),
    );
  return { closed: of("page", "closed"), full: of("page", "full"), left: of("left"), taken: of("taken") };
}

/** "1,204", or "12 to 18" where something is hidden. */
export function betweenText({ least, most }: Between): string {
  return least === most ? String(least) : t("{least} to {most}", { least, most });
}

/** A count as it may be shown. */
export function countText(count: number | null): string {
  return count === null ? t("1 to 4") : String(count);
}

/** A total that is hidden, because it would say what a hidden month is. */
export function totalText(total: number | null): string {
  return total === null ? t("hidden") : String(total);
}

export function measureText(measure: string): string {
  switch (measure) {
    case "page":
      return t("The first page was shown");
    case "started":
      return t("Entered the waiting room");
    case "left":
      return t("Ended in the waiting room");
    case "taken":
      return t("Conversations that opened");
    case "ended":
      return t("How conversations ended");
    case "wait":
      return t("How long people waited");
    case "duration":
      return t("How long conversations lasted");
    case "language":
      return t("In which language");
    case "door":
      return t("By which way people came");
    case "matter":
      return t("What it was about");
    case "risk":
      return t("How the risk was judged");
    case "outcome":
      return t("What came of it");
    case "referred":
      return t("Where people were referred to");
    case "boundary":
      return t("Ended with a boundary");
    case "heavy":
      return t("Heavy for the counsellor");
    case "felt_before":
      return t("How heavy it felt before a talk, by the person's own tap");
    case "felt_after":
      return t("How heavy it felt after a talk, by the person's own tap");
    default:
      return measure;
  }
}

const GROUP_OF: Readonly<Record<string, keyof Choices>> = {
  matter: "matters",
  risk: "risks",
  outcome: "outcomes",
  referred: "referrals",
};

/** A value in words; a choice in the desk's language, also one that is not offered any more. */
export function valueText(measure: string, value: string, choices: Choices | null, desk: string): string {
  const group = GROUP_OF[measure];
  if (group !== undefined) {
    const labels = choices?.[group].find(({ id }) => id === value)?.labels ?? {};
    return labels[desk] ?? labels["en"] ?? Object.values(labels)[0] ?? value;
  }
  return measure === "language" ? languageText(value) : fixedText(value);
}

function fixedText(value: string): string {
  switch (value) {
    case "yes":
      return t("In all");
    case "open":
      return t("while open");
    case "closed":
      return t("while closed");
    case "full":
      return t("while full");
    case "help_seeker":
      return t("by the person");
    case "counsellor":
      return t("by the counsellor");
    case "away":
      return t("somebody was away for too long");
    case "idle":
      return t("nobody wrote for an hour");
    case "too_long":
      return t("after six hours");
    case "clear":
      return t("the ordinary address");
    case "onion":
      return t("the onion address");
    case "without_script":
      return t("without JavaScript");
    case "not_heavy":
      return t("not heavy");
    case "a_little":
      return t("a little heavy");
    case "fairly":
      return t("fairly heavy");
    case "heavy":
      return t("heavy");
    case "very_heavy":
      return t("very heavy");
    default:
      return bandText(value);
  }
}

/** "1_to_3_min", "under_1_min", "over_30_min" in words; anything else as it is. */
function bandText(value: string): string {
  const found = /^(?:(under|over)_(\d+)|(\d+)_to_(\d+))_min$/.exec(value);
  if (found === null) return value;
  const [, side, limit = "", from = "", to = ""] = found;
  if (side === "under") return tn("under {n} minute", "under {n} minutes", Number(limit));
  if (side === "over") return t("over {n} minutes", { n: limit });
  return t("{from} to {to} minutes", { from, to });
}

/** One cell, safe to open in a spreadsheet: a text that begins like a formula is no formula. */
function cell(text: string, separator: string): string {
  const tame = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return tame.includes(separator) || /["\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}

/** RFC 4180, but for the separator: spreadsheets in Dutch, French and German expect semicolons. */
export function csv(figures: Figures, choices: Choices | null, desk: string): string {
  const separator = desk === "en" ? "," : ";";
  const line = (cells: readonly string[]): string => cells.map((one) => cell(one, separator)).join(separator);
  const head = [t("Measure"), t("Value"), ...figures.months, t("Total")];
  const rows = tables(figures).flatMap((table) =>
    table.rows.map((row) => [
      measureText(row.measure),
      valueText(row.measure, row.value, choices, desk),
      ...row.counts.map(countText),
      totalText(row.total),
    ]),
  );
  const days = [
    ...figures.lost.map((day) => [t("Counts of this day were lost"), day]),
    ...figures.missing.map((day) => [t("Nothing was written for this day"), day]),
  ];
  return [head, ...rows, ...days].map((cells) => `${line(cells)}\r\n`).join("");
}
