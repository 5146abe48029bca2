// SPDX-License-Identifier: AGPL-3.0-or-later
/** How long something lasts, as people say it. Whole minutes: seconds would only flicker. */

import { t } from "../../../chat/browser/texts.ts";

export const MINUTE = 60_000;
export const DAY = 86_400;

/** "under 1 min", "7 min", "1 h 05 min". Milliseconds; a clock that went back counts as nothing. */
export function durationText(milliseconds: number): string {
  const minutes = Math.floor(Math.max(0, milliseconds) / MINUTE);
  if (minutes < 1) return t("under 1 min");
  if (minutes < 60) return t("{minutes} min", { minutes });
  const rest = String(minutes % 60).padStart(2, "0");
  return t("{hours} h {minutes} min", { hours: Math.floor(minutes / 60), minutes: rest });
}

/** Whole days until a time, both in unix seconds; 0 on the last day and after it. */
export function daysLeft(until: number, now: number): number {
  return Math.max(0, Math.floor((until - now) / DAY));
}
