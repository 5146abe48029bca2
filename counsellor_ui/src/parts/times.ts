// SPDX-License-Identifier: AGPL-3.0-or-later
/** Times and names in the language of the desk. */

import { language } from "../../../chat/browser/texts.ts";

/** Plain "en" would mean American dates; the desk's English is Europe's. */
function locale(): string {
  return language() === "en" ? "en-GB" : language();
}

/** "14:05"; milliseconds. */
export function timeText(at: number): string {
  return new Intl.DateTimeFormat(locale(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(
    at,
  );
}

/** "24 November 2026"; milliseconds. */
export function dateText(at: number): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "long" }).format(at);
}

/** "Dutch" for "nl"; the tag itself where the browser has no name for it. */
export function languageText(tag: string): string {
  return new Intl.DisplayNames([locale()], { type: "language", fallback: "code" }).of(tag) ?? tag;
}
