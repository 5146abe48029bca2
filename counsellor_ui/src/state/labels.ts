// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * What a conversation is called at the desk: a colour and a number, "Blue 3".
 *
 * Nothing of it comes from the help-seeker: no name, no initials, no language. Two conversations that
 * are open together never share a colour while colours last, and no number is used twice in a tab, so
 * that neither eye nor ear can mix two up. The colour is always written as a word too.
 */

import { t } from "../../../chat/browser/texts.ts";

export const COLOURS = ["blue", "amber", "violet", "green", "brown", "grey"] as const;
export type Colour = (typeof COLOURS)[number];

export interface Label {
  readonly colour: Colour;
  readonly number: number;
}

/** The next label, given those on the desk now and the highest number given out so far. */
export function nextLabel(onDesk: readonly Label[], highest: number): Label {
  const number = Math.max(highest, ...onDesk.map((label) => label.number)) + 1;
  // Start from the number, so that a colour just put away is not the very next one given out.
  const order = COLOURS.map((_, i) => COLOURS[(number - 1 + i) % COLOURS.length] as Colour);
  const uses = (colour: Colour): number => onDesk.filter((label) => label.colour === colour).length;
  const colour = order.reduce((best, next) => (uses(next) < uses(best) ? next : best));
  return { colour, number };
}

/** Whether bytes from the store are a label we would give out. */
export function isLabel(value: unknown): value is Label {
  const label = value as Label | null;
  return (
    typeof label === "object" &&
    label !== null &&
    COLOURS.includes(label.colour) &&
    Number.isInteger(label.number) &&
    label.number > 0
  );
}

/** "Blue 3", as shown and as read aloud. */
export function labelText({ colour, number }: Label): string {
  switch (colour) {
    case "blue":
      return t("Blue {number}", { number });
    case "amber":
      return t("Amber {number}", { number });
    case "violet":
      return t("Violet {number}", { number });
    case "green":
      return t("Green {number}", { number });
    case "brown":
      return t("Brown {number}", { number });
    case "grey":
      return t("Grey {number}", { number });
  }
}
