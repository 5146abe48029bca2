// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Crisis, reporting and prevention lines while they are edited. Pure.
 *
 * A wrong number can cost a life: any change of an entry takes its confirmation away, and only saying "I have checked
 * it" gives it back. Who that was is written by the service when it is saved.
 */

import { t } from "../../../../chat/browser/texts.ts";
import type { CrisisLine, LineKind } from "./content.ts";
import { newId } from "./content.ts";
import { DAY, dateOf } from "./zone.ts";

/** After so many days an entry should be looked at again. */
export const CHECK_AGAIN_DAYS = 180;
export const MOST_CONTACTS = 4;

/**
 * - confirmed: until that many days from now
 * - old: confirmed longer ago than 180 days; it is still shown
 * - now: checked just now, not saved yet
 * - never: nobody has confirmed it as it stands, so it is not shown to help-seekers
 */
export type Confirmation =
  | { readonly kind: "confirmed"; readonly days: number }
  | { readonly kind: "old"; readonly days: number }
  | { readonly kind: "now" }
  | { readonly kind: "never" };

/** `today` is "YYYY-MM-DD". */
export function confirmation(line: CrisisLine, today: string): Confirmation {
  const [checked, now] = [line.checked_on === null ? null : dateOf(line.checked_on), dateOf(today)];
  if (checked === null || now === null) return { kind: "never" };
  if (line.confirmed_by === null) return { kind: line.checked_on === today ? "now" : "never" };
  const age = Math.floor((now - checked) / DAY);
  return age > CHECK_AGAIN_DAYS
    ? { kind: "old", days: age }
    : { kind: "confirmed", days: CHECK_AGAIN_DAYS - age };
}

/** How many entries ask for a look: never confirmed, or too long ago. */
export function toCheck(lines: readonly CrisisLine[], today: string): number {
  return lines.filter((line) => ["never", "old"].includes(confirmation(line, today).kind)).length;
}

/** A changed entry counts as not confirmed. */
export function changedLine(line: CrisisLine, change: Partial<CrisisLine>): CrisisLine {
  return { ...line, ...change, checked_on: null, confirmed_by: null };
}

/** "I have checked this entry": takes effect when it is saved. */
export function checkedLine(line: CrisisLine, today: string): CrisisLine {
  return { ...line, checked_on: today, confirmed_by: null };
}

export function newLine(lines: readonly CrisisLine[], kind: LineKind, country: string): CrisisLine {
  const id = newId(
    `${country} ${kind}`,
    lines.map((line) => line.id),
  );
  return {
    id,
    country,
    kind,
    name: "",
    contact: [""],
    source: "",
    languages: [],
    source_date: "",
    checked_on: null,
    confirmed_by: null,
  };
}

export type LineProblem = "no_country" | "no_contact" | "no_source";

export function lineProblems(line: CrisisLine): readonly LineProblem[] {
  const found: LineProblem[] = [];
  if (!/^[A-Z]{2}$/.test(line.country)) found.push("no_country");
  if (line.contact.length === 0 || line.contact.some((one) => one.trim() === "")) found.push("no_contact");
  if (line.source.trim() === "") found.push("no_source");
  return found;
}

export function lineProblemText(problem: LineProblem): string {
  switch (problem) {
    case "no_country":
      return t("Write the country in two letters, as BE. EU is the whole European Union, XX is everywhere.");
    case "no_contact":
      return t("Write the number or the address, or take the empty one away.");
    case "no_source":
      return t("Write where this is from: nothing stands here from memory.");
  }
}

export function lineKindText(kind: LineKind): string {
  switch (kind) {
    case "emergency":
      return t("Emergency");
    case "police":
      return t("Police");
    case "medical":
      return t("Medical help");
    case "suicide":
      return t("Suicide");
    case "child":
      return t("A child in danger");
    case "report":
      return t("Reporting images");
    case "prevention":
      return t("Prevention");
    case "help":
      return t("Other help");
  }
}
