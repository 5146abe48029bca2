// SPDX-License-Identifier: AGPL-3.0-or-later
/** Refusals of the desk's API and of the sealing, as sentences. Closed sets: nothing of the input is shown. */

import type { SealingCode } from "../../../chat/browser/sealing/types.ts";
import { t } from "../../../chat/browser/texts.ts";

const API_CODES = [
  "malformed",
  "passkey_refused",
  "ceremony_gone",
  "certificate_refused",
  "request_refused",
  "alias_refused",
  "not_signed_in",
  "wrong_origin",
  "not_allowed",
  "not_found",
  "method_not_allowed",
  "already_used",
  "alias_taken",
  "last_manager",
  "not_ready",
  "stale",
  "too_large",
  "too_many",
  "store_lost",
  "internal",
] as const;

/** The server's codes, and one of our own: it did not answer at all. */
export type ApiCode = (typeof API_CODES)[number] | "no_connection";

export function isApiCode(value: unknown): value is ApiCode {
  return (API_CODES as readonly unknown[]).includes(value);
}

/** Why something the person asked for did not happen. */
export type Trouble = ApiCode | SealingCode | "passkey_cancelled" | "not_a_link";

export function troubleText(trouble: Trouble): string {
  switch (trouble) {
    case "no_connection":
      return t("The service does not answer. Check your connection and try again.");
    case "not_signed_in":
      return t("You are signed out. Sign in again.");
    case "not_allowed":
      return t("Your role does not allow this.");
    case "not_found":
      return t("This is no longer there.");
    case "passkey_refused":
      return t("This passkey is not known here, or its device was removed.");
    case "passkey_cancelled":
      return t("No passkey was used. You can try again.");
    case "ceremony_gone":
      return t("That took too long. Please try again.");
    case "already_used":
      return t("This link was used already. Ask for a new one.");
    case "alias_taken":
      return t("A colleague already has this name. Choose another one.");
    case "alias_refused":
    case "bad_alias":
      return t("A name has letters and spaces only, and at most about 40 of them.");
    case "last_manager":
      return t("This is the last device that can certify. Invite another manager first.");
    case "stale":
      return t("Somebody else changed this meanwhile.");
    case "too_many":
      return t("Many people sign in at this moment. Wait some seconds, then try again.");
    case "store_lost":
      return t("The service can't reach its records. Try again in a moment.");
    case "bad_invite":
    case "bad_proof":
      return t("This request was not made with your link. Do not certify it.");
    case "not_a_link":
      return t("This is not the link of this invitation.");
    case "certificate_refused":
    case "bad_signature":
    case "bad_issuer":
    case "unknown_root":
    case "revoked":
      return t("This certificate is not one that this desk accepts.");
    case "expired":
      return t("This certificate has ended.");
    case "clock_ahead":
      return t("This device's date seems wrong. Set it right and try again.");
    case "no_ed25519":
      return t("This browser is too old to keep a key. Use Chrome 137, Firefox 136, Safari 17 or newer.");
    case "not_kept":
      return t("This browser can't keep a key. Private windows often can't: use an ordinary window.");
    default:
      return t("That did not work. Please try again.");
  }
}
