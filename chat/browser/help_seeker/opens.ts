// SPDX-License-Identifier: AGPL-3.0-or-later
/** When the line opens next, in the visitor's own time: the page has it on the service's clock. */

/** Without the day when that is today, by the clock of `zone` (the visitor's own, when none is given). */
export function openingHere(at: Date, language: string, now: Date, zone?: string): string {
  const inZone = zone === undefined ? {} : { timeZone: zone };
  const day = { weekday: "long", day: "numeric", month: "long", ...inZone } as const;
  const time = { hour: "numeric", minute: "2-digit", ...inZone } as const;
  const days = new Intl.DateTimeFormat(language, day);
  const today = days.format(at) === days.format(now) && Math.abs(at.getTime() - now.getTime()) < 86_400_000;
  return new Intl.DateTimeFormat(language, today ? time : { ...day, ...time }).format(at);
}

/** Puts it in the place of the service's times, where the page shows some. */
export function showOpening(): void {
  for (const shown of document.querySelectorAll<HTMLTimeElement>("time[data-here]")) {
    const at = new Date(shown.dateTime);
    if (!Number.isNaN(at.getTime()))
      shown.textContent = openingHere(at, document.documentElement.lang, new Date());
  }
}
