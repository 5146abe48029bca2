// SPDX-License-Identifier: AGPL-3.0-or-later
/** What an organisation says and decides, as the service keeps it: each kind is one value, edited as a whole. */

import type { Hours } from "./hours.ts";
import type { HoursDraft } from "./hours_draft.ts";
import type { LimitsDraft } from "./limits.ts";

export interface QuickReply {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

export type ByLanguage<T> = Readonly<Record<string, T>>;

export interface QuickReplies {
  readonly languages: ByLanguage<readonly QuickReply[]>;
}

/** The organisation's wording in one language. Empty: ours, or nothing where we have none. */
export interface OwnWords {
  readonly confidentiality: string;
  /** A manager stands behind the wording of `confidentiality`. */
  readonly approved: boolean;
  readonly about: string;
  readonly closed: string;
  readonly boundary: string;
  readonly welcome: string;
}

export interface Texts {
  readonly languages: ByLanguage<OwnWords>;
}

export const LINE_KINDS = [
  "emergency",
  "police",
  "medical",
  "suicide",
  "child",
  "report",
  "prevention",
  "help",
] as const;
export type LineKind = (typeof LINE_KINDS)[number];

export interface CrisisLine {
  readonly id: string;
  /** ISO 3166-1, or EU; XX for everywhere else. */
  readonly country: string;
  readonly kind: LineKind;
  readonly name: string;
  readonly contact: readonly string[];
  readonly source: string;
  readonly languages: readonly string[];
  readonly source_date: string;
  readonly checked_on: string | null;
  readonly confirmed_by: string | null;
}

export interface CrisisLines {
  readonly lines: readonly CrisisLine[];
}

export interface Choice {
  readonly id: string;
  readonly labels: ByLanguage<string>;
  /** Not offered any more; its earlier counts keep their name. */
  readonly retired: boolean;
}

export const CHOICE_GROUPS = ["matters", "risks", "outcomes", "referrals"] as const;
export type ChoiceGroup = (typeof CHOICE_GROUPS)[number];
export type Choices = Readonly<Record<ChoiceGroup, readonly Choice[]>>;

export interface Card {
  readonly text: string;
  readonly checklist: readonly string[];
}

export interface Procedure {
  readonly languages: ByLanguage<Card>;
  /** Ours, to be replaced by the organisation's own. */
  readonly draft: boolean;
}

export interface Limits {
  readonly cap: number;
  readonly waiting: number;
  readonly idle_lock_min: number;
  readonly pause_min: number;
  readonly zone: string;
  readonly languages: readonly string[];
}

/** What the service holds of each kind. */
export interface Values {
  readonly hours: Hours;
  readonly quick_replies: QuickReplies;
  readonly texts: Texts;
  readonly lines: CrisisLines;
  readonly choices: Choices;
  readonly procedure: Procedure;
  readonly limits: Limits;
}

export type Kind = keyof Values;
export const KINDS = [
  "hours",
  "texts",
  "lines",
  "quick_replies",
  "choices",
  "procedure",
  "limits",
] as const satisfies readonly Kind[];

/** What is on the screen while a kind is edited. */
export interface Drafts {
  readonly hours: HoursDraft;
  readonly quick_replies: QuickReplies;
  readonly texts: Texts;
  readonly lines: CrisisLines;
  readonly choices: Choices;
  readonly procedure: Procedure;
  readonly limits: LimitsDraft;
}

/** A name for something new, from its words and unlike all others: letters, digits and _, for good. */
export function newId(words: string, taken: readonly string[]): string {
  const folded = words
    .normalize("NFD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "")
    .slice(0, 28);
  const base = folded === "" ? "entry" : folded;
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? base : `${base}_${number}`;
    if (!taken.includes(id)) return id;
  }
}

/** A list with one entry changed; null takes it out. */
export function replaced<T>(all: readonly T[], index: number, by: T | null): readonly T[] {
  return by === null
    ? all.filter((_, at) => at !== index)
    : all.map((entry, at) => (at === index ? by : entry));
}

/** A list with one entry moved by one place; at the ends it stays. */
export function moved<T>(all: readonly T[], index: number, by: 1 | -1): readonly T[] {
  const [one, other] = [all[index], all[index + by]];
  if (one === undefined || other === undefined) return all;
  return all.map((entry, at) => (at === index ? other : at === index + by ? one : entry));
}
