// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Leaving fast, after the GOV.UK "Exit this page" pattern: a button that is always there, and Shift
 * three times (not Escape: browsers use it to cancel the very load that leaving starts).
 *
 * The screen goes blank first, then everything else: a slow network must not keep the text visible. Somebody who
 * listens instead of looking hears how many presses are missing, and that another page is coming.
 */

import { t, tn } from "../texts.ts";
import { h, write } from "./views/dom.ts";

/** Presses of Shift count together within so many milliseconds. */
export const WITHIN = 5_000;

/** Counts Shift pressed alone; any other key starts anew, so that typing capitals never leaves. */
export class ShiftCount {
  #times: number[] = [];
  #alone = false;

  down(key: string): void {
    this.#alone = key === "Shift";
    if (!this.#alone) this.#times = [];
  }

  /** How many presses are missing after this one; null when it was none. */
  up(key: string, now: number): number | null {
    if (key !== "Shift" || !this.#alone) return null;
    this.#alone = false;
    this.#times = [...this.#times.filter((time) => now - time < WITHIN), now];
    return Math.max(0, 3 - this.#times.length);
  }
}

/** Make `button` and the keyboard leave. `before` runs after the screen is blank and must not wait. */
export function armLeaving(button: HTMLAnchorElement, before: () => void): void {
  const said = h("p", { role: "status", class: "visually-hidden" });
  document.body.append(said);
  const go = (): void => {
    document.documentElement.classList.add("gone");
    document.body.replaceChildren(said);
    write(said, t("Loading"));
    before();
    location.replace(button.href);
  };
  button.addEventListener("click", (event) => {
    event.preventDefault();
    go();
  });
  const shift = new ShiftCount();
  document.addEventListener("keydown", (event) => {
    if (!event.repeat) shift.down(event.key);
  });
  document.addEventListener("keyup", (event) => {
    const missing = shift.up(event.key, event.timeStamp);
    if (missing === 0) go();
    else if (missing !== null)
      write(said, tn("Shift {n} more time to leave.", "Shift {n} more times to leave.", missing));
  });
  // Back from the page cache after leaving: show nothing of what was there.
  addEventListener("pageshow", (event) => {
    if (event.persisted && document.documentElement.classList.contains("gone")) location.replace(button.href);
  });
}
