// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Leaving fast, after the GOV.UK "Exit this page" pattern: a button that is always there, and Shift
 * three times (not Escape: browsers use it to cancel the very load that leaving starts).
 *
 * The screen goes blank first, then everything else: a slow network must not keep the text visible.
 */

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

  /** True at the third press. */
  up(key: string, now: number): boolean {
    if (key !== "Shift" || !this.#alone) return false;
    this.#alone = false;
    this.#times = [...this.#times.filter((time) => now - time < WITHIN), now];
    return this.#times.length >= 3;
  }
}

/** Make `button` and the keyboard leave. `before` runs after the screen is blank and must not wait. */
export function armLeaving(button: HTMLAnchorElement, before: () => void): void {
  const go = (): void => {
    document.documentElement.classList.add("gone");
    document.body.replaceChildren();
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
    if (shift.up(event.key, event.timeStamp)) go();
  });
  // Back from the page cache after leaving: show nothing of what was there.
  addEventListener("pageshow", (event) => {
    if (event.persisted && document.documentElement.classList.contains("gone")) location.replace(button.href);
  });
}
