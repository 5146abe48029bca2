// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * What is noted of a conversation that is over: coded choices, and no word that anybody wrote. Pure.
 *
 * The id is made once and goes with every try, so that a lost answer never makes two of one.
 */

export interface WrapUp {
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** Codes of the organisation's lists; null is not chosen yet. */
  readonly matter: string | null;
  readonly risk: string | null;
  readonly outcome: string | null;
  /** Any number of them, also none. */
  readonly referred: readonly string[];
  /** Was heavy for the counsellor, by their own word. */
  readonly heavy: boolean;
  /** - unsent: the last try failed; it is tried again by itself, and the person may press too */
  readonly state: "open" | "sending" | "unsent";
}

export type WrapUpChange =
  | { readonly kind: "matter" | "risk" | "outcome"; readonly code: string }
  | { readonly kind: "referred"; readonly code: string; readonly on: boolean }
  | { readonly kind: "heavy"; readonly on: boolean }
  | { readonly kind: "sending" }
  | { readonly kind: "unsent" };

export function fresh(id: string, risk: string | null, heavy: boolean): WrapUp {
  return { id, matter: null, risk, outcome: null, referred: [], heavy, state: "open" };
}

/** While it is being sent nothing changes: what the service gets is what was on the screen. */
export function changed(wrapUp: WrapUp, change: WrapUpChange): WrapUp {
  if (change.kind === "unsent") return { ...wrapUp, state: "unsent" };
  if (wrapUp.state === "sending") return wrapUp;
  switch (change.kind) {
    case "matter":
    case "risk":
    case "outcome":
      return { ...wrapUp, [change.kind]: change.code };
    case "referred":
      return { ...wrapUp, referred: ticked(wrapUp.referred, change.code, change.on) };
    case "heavy":
      return { ...wrapUp, heavy: change.on };
    case "sending":
      return isWhole(wrapUp) ? { ...wrapUp, state: "sending" } : wrapUp;
  }
}

/** With one more, or without it. */
export function ticked(codes: readonly string[], code: string, on: boolean): readonly string[] {
  const others = codes.filter((other) => other !== code);
  return on ? [...others, code] : others;
}

/** Whether it can be sent. */
export function isWhole({ matter, risk, outcome }: WrapUp): boolean {
  return matter !== null && risk !== null && outcome !== null;
}

/** Milliseconds until the next try by itself, after so many that failed. */
export function nextTry(failed: number): number {
  return Math.min(60_000, 2_000 * 2 ** Math.min(failed, 5));
}
