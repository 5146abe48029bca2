// SPDX-License-Identifier: AGPL-3.0-or-later
/** What the end of a certificate means for its holder and for a manager. Pure; times are unix seconds. */

import { DAY, daysLeft } from "./durations.ts";

/** The holder is warned this many days before the end. */
export const WARN_DAYS = 10;
/** A manager's desk offers the renewal when fewer days than this are left. */
export const RENEW_DAYS = 20;
/**
 * - missing: none was given to this device
 * - refused: it does not hold against the roots this desk was built with
 * - ended: the desk is stricter than a help-seeker's browser and allows no days of grace
 */
export type Standing =
  | { readonly kind: "good"; readonly days: number }
  | { readonly kind: "ending"; readonly days: number }
  | { readonly kind: "ended" }
  | { readonly kind: "missing" }
  | { readonly kind: "refused" };

export function standing(notAfter: number, now: number): Standing {
  if (notAfter <= now) return { kind: "ended" };
  const days = daysLeft(notAfter, now);
  return { kind: days < WARN_DAYS ? "ending" : "good", days };
}

export function renewalDue(notAfter: number, now: number): boolean {
  return notAfter - now < RENEW_DAYS * DAY;
}

/** Whether a desk may take conversations with a certificate of this standing. */
export function mayServe(s: Standing): boolean {
  return s.kind === "good" || s.kind === "ending";
}
