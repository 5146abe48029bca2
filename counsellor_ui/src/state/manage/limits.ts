// SPDX-License-Identifier: AGPL-3.0-or-later
/** Limits while they are edited: numbers stay as they were typed until they can be read. Pure. */

import { t } from "../../../../chat/browser/texts.ts";
import type { Limits } from "./content.ts";

export interface LimitsDraft {
  readonly cap: string;
  readonly waiting: string;
  readonly idle_lock_min: string;
  readonly pause_min: string;
  readonly zone: string;
  readonly languages: readonly string[];
}

export const NUMBERS = ["cap", "waiting", "idle_lock_min", "pause_min"] as const;
export type NumberField = (typeof NUMBERS)[number];

/** What each number may be, as the service allows. */
export const RANGES: Readonly<Record<NumberField, readonly [number, number]>> = {
  cap: [1, 10],
  waiting: [1, 2000],
  idle_lock_min: [1, 240],
  pause_min: [0, 120],
};

export function draftOf(limits: Limits): LimitsDraft {
  return {
    ...limits,
    cap: String(limits.cap),
    waiting: String(limits.waiting),
    idle_lock_min: String(limits.idle_lock_min),
    pause_min: String(limits.pause_min),
  };
}

/** Only for a draft without problems. */
export function limitsOf(draft: LimitsDraft): Limits {
  return {
    ...draft,
    cap: Number(draft.cap),
    waiting: Number(draft.waiting),
    idle_lock_min: Number(draft.idle_lock_min),
    pause_min: Number(draft.pause_min),
  };
}

/** A sentence when the number is not allowed, else null. */
export function numberProblem(field: NumberField, text: string): string | null {
  const [least, most] = RANGES[field];
  const value = Number(text);
  const fine = /^\d{1,4}$/.test(text.trim()) && value >= least && value <= most;
  return fine ? null : t("Write a whole number from {least} to {most}.", { least, most });
}

/** Whether it can be the tag of a language, such as "nl". */
export function isTag(tag: string): boolean {
  return /^[a-z]{2}(?:-[A-Za-z]{2,4})?$/.test(tag);
}

/** Whether this browser, and so most likely the service, knows a time zone of that name. */
export function isZone(zone: string): boolean {
  try {
    return zone !== "" && new Intl.DateTimeFormat("en", { timeZone: zone }) !== null;
  } catch {
    return false;
  }
}

export function countProblems(draft: LimitsDraft): number {
  const numbers = NUMBERS.filter((field) => numberProblem(field, draft[field]) !== null).length;
  return numbers + (isZone(draft.zone) ? 0 : 1) + (draft.languages.length > 0 ? 0 : 1);
}
