// SPDX-License-Identifier: AGPL-3.0-or-later
/** What the desk says when something could not be done: a closed set, one sentence each, no input echoed. */

import { t } from "../../../chat/browser/texts.ts";
import { ErrorCode } from "../../../chat/browser/wire.gen.ts";
import type { Hindrance } from "./duty.ts";
import { hindranceText } from "./duty.ts";

export type Notice =
  | "taken_by_another"
  | "not_available"
  | Hindrance
  | "nobody_for_you"
  | "closed_intake"
  | "not_allowed"
  | "store_lost"
  | "too_fast"
  | "not_kept"
  | "ended_while_away"
  | "lost"
  | "supervisor_declined"
  | "went_wrong";

export function noticeText(notice: Notice): string {
  switch (notice) {
    case "taken_by_another":
      return t("A colleague has taken this conversation, or the person has left.");
    case "not_available":
      return t("You can't take another conversation now.");
    case "nobody_for_you":
      return t("There is nobody you could help at this moment.");
    case "closed_intake":
      return t("Nobody takes conversations in this language at this moment.");
    case "not_allowed":
      return t("Your role does not allow this.");
    case "store_lost":
      return t("The service can't keep messages at this moment. We try again.");
    case "too_fast":
      return t("That was too fast for the service. We try again.");
    case "not_kept":
      return t("This browser can't store anything. Make room on the disk, then reload.");
    case "ended_while_away":
      return t(
        "A conversation ended, or went back to the waiting room, while this desk was closed. Its text is gone.",
      );
    case "lost":
      return t(
        "The service lost its memory, and with it your open conversations and their text. " +
          "The other people are told too.",
      );
    case "supervisor_declined":
      return t("The other person does not want a supervisor to join.");
    case "went_wrong":
      return t("That did not work. Please try again.");
    default:
      return hindranceText(notice);
  }
}

/** The notice for a refusal that is about a conversation still being taken. */
export function refusedTake(code: ErrorCode): Notice {
  switch (code) {
    case ErrorCode.TAKEN:
      return "taken_by_another";
    case ErrorCode.NOT_AVAILABLE:
      return "not_available";
    case ErrorCode.STORE_LOST:
      return "store_lost";
    case ErrorCode.TOO_FAST:
      return "too_fast";
    case ErrorCode.CAP_REACHED:
      return "cap";
    case ErrorCode.OFF_DUTY:
      return "off_duty";
    case ErrorCode.NOBODY_WAITS:
      return "nobody_for_you";
    case ErrorCode.CLOSED_INTAKE:
      return "closed_intake";
    case ErrorCode.NOT_ALLOWED:
      return "not_allowed";
    default:
      return "went_wrong";
  }
}
