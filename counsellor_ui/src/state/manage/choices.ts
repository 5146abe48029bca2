// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Wrap-up choices while they are edited. Pure.
 *
 * What was ever counted under an id keeps its name: a choice that was saved is retired, never deleted, and its id never
 * changes.
 */

import { t } from "../../../../chat/browser/texts.ts";
import type { Choice, ChoiceGroup, Choices } from "./content.ts";
import { CHOICE_GROUPS, newId } from "./content.ts";

export const LONGEST_LABEL = 80;
export const MOST_CHOICES = 40;

/** In the language asked for, or else in any: to recognise a choice that has no words there yet. */
export function labelOf(choice: Choice, language: string): string {
  return choice.labels[language] ?? choice.labels["en"] ?? Object.values(choice.labels)[0] ?? "";
}

/** With other words in one language; empty words take that language away. */
export function relabelled(choice: Choice, language: string, text: string): Choice {
  const others = Object.entries(choice.labels).filter(([name]) => name !== language);
  return { ...choice, labels: Object.fromEntries(text === "" ? others : [...others, [language, text]]) };
}

/** An id is made of the first words a new choice gets, as long as it was never saved. */
export function named(all: readonly Choice[], choice: Choice, saved: readonly Choice[]): Choice {
  if (saved.some(({ id }) => id === choice.id)) return choice;
  const taken = [...all, ...saved].map(({ id }) => id).filter((id) => id !== choice.id);
  return { ...choice, id: newId(labelOf(choice, "en"), taken) };
}

/** One more, with a place-holder for its id until it has words. */
export function added(all: readonly Choice[]): readonly Choice[] {
  const id = newId(
    "new",
    all.map((choice) => choice.id),
  );
  return [...all, { id, labels: {}, retired: false }];
}

export type ChoiceProblem = "no_words" | "too_long" | "twice";

export function choiceProblem(all: readonly Choice[], index: number): ChoiceProblem | null {
  const own = all[index];
  if (own === undefined) return null;
  const labels = Object.entries(own.labels);
  if (labels.every(([, text]) => text.trim() === "")) return "no_words";
  if (labels.some(([, text]) => [...text].length > LONGEST_LABEL)) return "too_long";
  const alike = all.some(
    (other, at) =>
      at !== index &&
      !other.retired &&
      !own.retired &&
      labels.some(([language, text]) => other.labels[language]?.trim() === text.trim()),
  );
  return alike ? "twice" : null;
}

/** A group that offers nothing would leave the wrap-up without an answer. */
export function offersNothing(all: readonly Choice[]): boolean {
  return all.every(({ retired }) => retired);
}

export function countProblems(choices: Choices): number {
  const inGroup = (group: ChoiceGroup): number => {
    const all = choices[group];
    const wrong = all.filter((_, index) => choiceProblem(all, index) !== null).length;
    return wrong + (offersNothing(all) ? 1 : 0);
  };
  return CHOICE_GROUPS.map(inGroup).reduce((a, b) => a + b, 0);
}

/** How many choices on offer have no words in a language. */
export function untranslated(choices: Choices, language: string): number {
  return CHOICE_GROUPS.flatMap((group) => choices[group]).filter(
    ({ labels, retired }) => !retired && (labels[language] ?? "").trim() === "",
  ).length;
}

export function choiceProblemText(problem: ChoiceProblem): string {
  switch (problem) {
    case "no_words":
      return t("Give it a name in one language at least.");
    case "too_long":
      return t("This is too long.");
    case "twice":
      return t("Another one on offer has the same name.");
  }
}
