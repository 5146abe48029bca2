// SPDX-License-Identifier: AGPL-3.0-or-later
/** When the line opens next, in the visitor's own time: the page has it on the service's clock. */

export function openingHere(at: Date, language: string, zone?: string): string {
  const format = {
    weekday: "long",
    day: "numeric",
    month: "long",
    hour: "numeric",
    minute: "2-digit",
  } as const;
  const options = zone === undefined ? format : { ...format, timeZone: zone };
  return new Intl.DateTimeFormat(language, options).format(at);
}

/** Puts it in the place of the service's time, if the page shows one. */
export function showOpening(): void {
  const shown = document.getElementById("opens");
  if (!(shown instanceof HTMLTimeElement)) return;
  const at = new Date(shown.dateTime);
  if (!Number.isNaN(at.getTime())) shown.textContent = openingHere(at, document.documentElement.lang);
}
