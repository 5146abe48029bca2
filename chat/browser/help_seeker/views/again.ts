// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * When one can come (again), on the visitor's own clock, for whoever goes now or could not start. Twin of
 * `good_times` in chat/web/first_page.py. Loaded with the cryptography, not with the first page.
 */

import type { State } from "../state.ts";
import type { Kit } from "./kit.ts";

export interface Hours {
  readonly until: Date | null;
  readonly opens: Date | null;
}

/** The line's hours as the page had them when it was loaded. */
export function hoursOf(page: HTMLElement): Hours {
  return { until: date(page.dataset["until"]), opens: date(page.dataset["opens"]) };
}

function date(written: string | undefined): Date | null {
  const at = new Date(written ?? "");
  return Number.isNaN(at.getTime()) ? null : at;
}

/** `attended`: somebody is on duty. The hours alone promise nobody. */
export function goodTimes(
  { t, openingHere }: Pick<Kit, "t" | "openingHere">,
  { until, opens }: Hours,
  attended: boolean,
  language: string,
  now: Date,
): string[] {
  const said: string[] = [];
  if (until !== null && until > now) {
    const time = openingHere(until, language, now);
    said.push(
      attended
        ? t("We are open until {time}.", { time })
        : t("Somebody may still come: our hours go on until {time}.", { time }),
    );
    if (opens !== null)
      said.push(t("After that we open again: {time}.", { time: openingHere(opens, language, now) }));
  } else if (opens !== null && opens > now) {
    said.push(t("We open again: {time}.", { time: openingHere(opens, language, now) }));
  }
  return said;
}

/** What to say on a panel; empty when it is about something else. `times`: with or without somebody on duty. */
export function againTexts(
  { t, ErrorCode }: Pick<Kit, "t" | "ErrorCode">,
  state: State,
  times: (attended: boolean) => readonly string[],
): readonly string[] {
  const onlyWaited = state.ending === "you" && state.counsellor === null && state.back === null;
  if (state.at === "ended" && onlyWaited)
    return [
      t("That is all right. You can start again at any time somebody is here."),
      ...times(state.attended),
    ];
  if (state.at !== "refused") return [];
  if (state.refusal === ErrorCode.CLOSED_INTAKE) return times(false);
  return state.refusal === ErrorCode.ROOM_FULL ? times(true) : [];
}

/** Put it under the first sentence of a panel. */
export function sayAgain(kit: Kit, state: State, panel: HTMLElement, page: HTMLElement): void {
  const times = (attended: boolean): string[] =>
    goodTimes(kit, hoursOf(page), attended, document.documentElement.lang, new Date());
  panel.querySelector("p")?.after(...againTexts(kit, state, times).map((text) => kit.h("p", {}, text)));
}
