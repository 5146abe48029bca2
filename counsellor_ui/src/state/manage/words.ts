// SPDX-License-Identifier: AGPL-3.0-or-later
/** The names of what is edited, in the language of the desk. */

import { language, t } from "../../../../chat/browser/texts.ts";
import type { ChoiceGroup } from "./content.ts";
import type { NumberField } from "./limits.ts";
import { dateOf } from "./zone.ts";

function locale(): string {
  return language() === "en" ? "en-GB" : language();
}

/** Monday is 0. */
export function weekdayText(day: number): string {
  // 1 January 2024 was a Monday.
  return new Intl.DateTimeFormat(locale(), { weekday: "long", timeZone: "UTC" }).format(
    Date.UTC(2024, 0, 1 + day),
  );
}

/** "Friday 27 November 2026", or "every year on 27 November"; what is no date stays empty. */
export function exceptionDateText(date: string, yearly: boolean): string {
  const wall = dateOf(date);
  if (wall === null) return "";
  const form = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(locale(), { timeZone: "UTC", ...options }).format(wall);
  if (yearly) return t("every year on {date}", { date: form({ day: "numeric", month: "long" }) });
  return form({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
}

/** "Friday 27 November, 16:00", as the wall clock of a zone shows it; milliseconds. */
export function momentText(at: number, zone: string): string {
  const form = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(locale(), { timeZone: zone, ...options }).format(at);
  const day = form({ weekday: "long", day: "numeric", month: "long" });
  return `${day}, ${form({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" })}`;
}

export const OWN_TEXTS = ["confidentiality", "welcome", "closed", "about", "boundary"] as const;
export type OwnText = (typeof OWN_TEXTS)[number];

/** The longest each text may be, in characters, as the service allows. */
export const LONGEST: Readonly<Record<OwnText, number>> = {
  confidentiality: 600,
  welcome: 600,
  closed: 600,
  about: 2000,
  boundary: 1000,
};

export function ownTextText(field: OwnText): string {
  switch (field) {
    case "confidentiality":
      return t("What has to be passed on");
    case "welcome":
      return t("While somebody waits");
    case "closed":
      return t("When the line is closed");
    case "about":
      return t("Who we are");
    case "boundary":
      return t("When a conversation is ended with a boundary");
  }
}

export function ownTextHint(field: OwnText): string {
  switch (field) {
    case "confidentiality":
      return t(
        "Stands on the first page, before anybody writes. Say what you have to pass on, to whom, and when.",
      );
    case "welcome":
      return t("Shown in the waiting room, below the place in the queue.");
    case "closed":
      return t("Shown on the first page while it is closed, below the next opening.");
    case "about":
      return t("Shown below the promises of the first page: who answers here, and for whom you are.");
    case "boundary":
      return t("Sent to the other person as the last message, before the conversation ends.");
  }
}

export function choiceGroupText(group: ChoiceGroup): string {
  switch (group) {
    case "matters":
      return t("Matters");
    case "risks":
      return t("Risks");
    case "outcomes":
      return t("Outcomes");
    case "referrals":
      return t("Referred to");
  }
}

export function numberText(field: NumberField): string {
  switch (field) {
    case "cap":
      return t("Conversations at once, for one person");
    case "waiting":
      return t("People who may wait at once");
    case "idle_lock_min":
      return t("Minutes until the desk locks");
    case "pause_min":
      return t("Minutes of a pause after a heavy contact");
  }
}
