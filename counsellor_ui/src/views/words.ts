// SPDX-License-Identifier: AGPL-3.0-or-later
/** The desk's sentences about a conversation and its lines. */

import type { Line, Slot } from "../../../chat/browser/sealing/types.ts";
import { t } from "../../../chat/browser/texts.ts";
import { EndedBy } from "../../../chat/browser/wire.gen.ts";
import type { Conversation, Ending } from "../state/conversation.ts";
import { waiting } from "../state/conversation.ts";
import { durationText } from "../state/durations.ts";

/** Who waits for whom, and since when. */
export function waitingText(c: Conversation, now: number): string {
  if (c.stage === "ended") return t("Ended");
  if (c.stage === "taking")
    return c.startedAnew || c.asks ? t("They are being asked") : t("Their browser is answering");
  if (c.slot === 1) return t("You supervise");
  const { who, since } = waiting(c);
  const time = durationText(now - since);
  switch (who) {
    case "us":
      return t("Waits for you, {time}", { time });
    case "them":
      return t("You wait, {time}", { time });
    case "nobody":
      return t("Nothing written yet, {time}", { time });
  }
}

/** Whether the other person is there; without a connection of ours nobody can say. */
export function presenceText(c: Conversation, now: number, connected: boolean): string {
  if (!connected) return t("Here or away: not known now");
  if (c.present) return t("Here");
  return t("Away, {time}", { time: durationText(now - c.presentSince) });
}

/** How far a line of ours has come. */
export function stateText(line: Pick<Line, "state">): string {
  switch (line.state) {
    case "waiting":
      return t("Waits for their browser");
    case "kept":
      return t("Sending");
    case "sent":
      return t("Sent");
    case "delivered":
      return t("Delivered");
    case "undelivered":
      return t("Not delivered");
  }
}

export function endingText(ending: Ending, slot: Slot = 0): string {
  switch (ending) {
    case "handed_over":
      return slot === 1
        ? t("You talk with this person yourself now, in a conversation of its own.")
        : t("A colleague talks with this person now. You can no longer read what is written.");
    case "given_back":
      return t("The conversation is back in the waiting room, first in line. The other person agreed.");
    case "lost_seat":
      return t(
        "This desk was away for too long. The other person was told, and is first in the waiting room.",
      );
    case "declined":
      return slot === 1
        ? t("The other person does not want anybody else to join.")
        : t("The other person does not want to go on with somebody else.");
    case "lapsed":
      return t("The other person did not answer in time.");
    case "removed":
      return t("This device may no longer hold conversations. The other person was told.");
    case "left":
      return t("You left. The other person sees that you are not there any more.");
    case "they_ended":
      return t("The other person ended the conversation.");
    case "we_ended":
    case EndedBy.COUNSELLOR:
    case EndedBy.BOUNDARY:
      return t("You ended the conversation.");
    case EndedBy.HELP_SEEKER:
      return t("The conversation was ended on the other side.");
    case EndedBy.AWAY:
      return t("The conversation ended because one of you was away for too long.");
    case EndedBy.IDLE:
      return t("The conversation ended because nobody wrote for an hour.");
    case EndedBy.TOO_LONG:
      return t("The conversation ended after six hours.");
    case EndedBy.LOST:
      return t("The service lost its memory, and with it this conversation. The other person is told too.");
    case "damaged":
      return t("What came from the other side could not be read, so the conversation was ended.");
    case EndedBy.UNKNOWN:
      return t("The conversation is over. The service no longer knows why.");
  }
}
