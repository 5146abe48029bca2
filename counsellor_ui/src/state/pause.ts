// SPDX-License-Identifier: AGPL-3.0-or-later
/** A moment after a heavy or abusive contact: offered, never forced. Pure. */

export type Pause =
  | { readonly kind: "none" }
  | { readonly kind: "offered"; readonly abusive: boolean }
  /** Milliseconds of this browser's clock. It may end earlier, and goes on until the person says so. */
  | { readonly kind: "taken"; readonly until: number };

export const NO_PAUSE: Pause = { kind: "none" };

/** What is left of a pause, "7:05"; an elapsed one shows "0:00". */
export function remaining(until: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
