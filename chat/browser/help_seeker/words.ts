// SPDX-License-Identifier: AGPL-3.0-or-later
/** What the page says in each state: every sentence that depends on a code stands here. */

import type { Flaw } from "../guard.ts";
import type { LineState, SealingCode } from "../sealing/types.ts";
import { t, tn } from "../texts.ts";
import { ErrorCode, Left } from "../wire.gen.ts";
import type { Back, Note, State } from "./state.ts";

/** The heading of the conversation. */
export function heading(state: State): string {
  if (state.at === "connecting") return t("One moment");
  if (state.at === "waiting") return t("You are in the waiting room");
  if (state.counsellor === null) return t("A counsellor is coming");
  return t("You are talking with {name}", { name: state.counsellor.alias });
}

/** Where things stand, in one or two sentences under the heading. */
export function standing(state: State): string {
  switch (state.at) {
    case "connecting":
      return state.link === "down"
        ? t("Your connection is interrupted. We keep trying.")
        : t("We are connecting you.");
    case "waiting":
      return [state.back === null ? "" : backText(state.back), place(state)]
        .filter((text) => text !== "")
        .join(" ");
    case "matched":
      if (state.questions.length > 0) return t("Somebody can talk with you now. You decide below.");
      return t("The sealing is being set up. This takes a few seconds.");
    case "away":
      return t(
        "The counsellor's connection is interrupted. What you write is kept and delivered as soon as it is back.",
      );
    default:
      return "";
  }
}

function backText({ why, name }: Back): string {
  const alias = name ?? t("The counsellor");
  switch (why) {
    case Left.GIVEN_BACK:
      return t("{name} gave the conversation back, as you agreed.", { name: alias });
    case Left.DECLINED:
      return t("You said no, and that is all right. Somebody else can come.");
    case Left.LAPSED:
      return t("Whoever was to come did not come in time.");
    case Left.REMOVED:
      return t("{name} is no longer with this line.", { name: alias });
    default:
      return t("The connection to {name} was lost. It is not because of you.", { name: alias });
  }
}

function place(state: State): string {
  if (!state.attended)
    return t(
      "Nobody is on duty at this moment. You keep your place, and this page says when somebody is back. You can also stop waiting and come another time.",
    );
  if (state.ahead === null) return t("We are looking up your place.");
  const people =
    state.ahead === 0
      ? t("You are next.")
      : tn("{n} person is before you.", "{n} people are before you.", state.ahead);
  return state.movedBack ? `${people} ${t("Somebody in acute need was let in before you.")}` : people;
}

/** The line above the field: one's own network first, then what the other side does. */
export function status(state: State): string {
  if (state.link === "down" || state.link === "connecting") {
    return t("Your connection is interrupted. We keep trying.");
  }
  if (state.typing && state.counsellor !== null)
    return t("{name} is writing", { name: state.counsellor.alias });
  if (state.at === "open") return here(state);
  if (state.at === "away") return t("The counsellor is not connected just now");
  return "";
}

/** Who is in the conversation besides the counsellor whom the heading names; empty when nobody is. */
export function besides(state: State): string {
  if (state.supervisor === null) return "";
  const name = state.supervisor.alias;
  if (state.counsellor === null) return t("{name}, a supervisor, is in this conversation.", { name });
  return t("{name}, a supervisor, is here too: reads what is written and can write. Nobody else is here.", {
    name,
  });
}

/** What happened, between the lines. */
export function noteText({ what, name, other }: Note): string {
  switch (what) {
    case "lost":
      return t("The connection to {name} was lost.", { name });
    case "gaveBack":
      return t("{name} gave the conversation back.", { name });
    case "came":
      return t("{name} is here now.", { name });
    case "moved":
      return t("{name} is here now, in place of {other}. {other} can no longer read what you write.", {
        name,
        other: other ?? t("The counsellor"),
      });
    case "joined":
      return t("{name}, a supervisor, is here now, and reads what is written from here on.", { name });
    case "left":
      return other === null
        ? t("{name} has left the conversation.", { name })
        : t("{name} has left the conversation. From here on only {other} reads what you write.", {
            name,
            other,
          });
    case "notComing":
      return t("{name} is not coming after all.", { name });
  }
}

/** The heading scrolls away on a phone; this stands above the field, always in sight. */
function here({ counsellor, supervisor }: State): string {
  const name = counsellor?.alias ?? t("The counsellor");
  return supervisor === null
    ? t("{name} is here", { name })
    : t("{name} and {other} are here", { name, other: supervisor.alias });
}

export function lineState(state: LineState): string {
  switch (state) {
    case "waiting":
    case "kept":
      return t("not sent yet");
    case "sent":
      return t("sent");
    case "delivered":
      return t("delivered");
    case "undelivered":
      return t("not delivered");
  }
}

export function flawText(flaw: Exclude<Flaw, "empty">): string {
  return flaw === "link"
    ? t("You can't send links here. Please take it out.")
    : t("This is too long for one message. Please send it in two parts.");
}

/** A trouble that passes, or that concerns one offer; `date` is what this device believes. */
export function trouble(code: ErrorCode | SealingCode, date: string): string {
  switch (code) {
    case ErrorCode.STORE_LOST:
      return t("Our server has trouble at the moment. What you wrote is kept here, and we keep trying.");
    case ErrorCode.LANE_FULL:
      return t(
        "The counsellor has not been able to read for a while. Please wait a little before you write more.",
      );
    case ErrorCode.TOO_FAST:
      return t("That was a lot at once. The rest goes out in a few seconds.");
    case "clock_ahead":
    case "expired":
      return t(
        "Your device's date seems wrong (it says {date}). We can't check who the counsellor is with a wrong date. Please set it right, then come back.",
        { date },
      );
    default:
      return t(
        "Somebody answered whom we could not verify as a counsellor. Nothing you wrote was sent to them.",
      );
  }
}

/** What is asked before one ends it or erases it; `begun`: a counsellor was there. */
export function ending(
  begun: boolean,
  erase: boolean,
): Readonly<Record<"title" | "text" | "yes" | "no", string>> {
  if (erase)
    return {
      title: t("Erase it now?"),
      text: t(
        "Everything our server holds of this conversation is deleted at once, and your screen shows nothing of it any more. There is no last word to the counsellor, who may still see the text on the screen until their notes are done, at most 15 minutes.",
      ),
      yes: t("Yes, erase it"),
      no: t("No, go on"),
    };
  if (begun)
    return {
      title: t("End it now?"),
      text: t(
        "Then it is over on both sides, and what our server holds of it is deleted. You can come back another time; nobody will know that it is you.",
      ),
      yes: t("Yes, end it"),
      no: t("No, go on"),
    };
  return {
    title: t("Stop waiting?"),
    text: t("You lose your place, and what you wrote here is deleted. You can start again at any time."),
    yes: t("Yes, stop waiting"),
    no: t("No, wait on"),
  };
}

export interface Panel {
  readonly title: string;
  readonly texts: readonly string[];
}

/** The screens without a conversation. */
export function panel(state: State): Panel {
  switch (state.at) {
    case "continue":
      return {
        title: t("Continue the conversation?"),
        texts: [t("In this tab a conversation was going on. Nothing of it is shown before you say so.")],
      };
    case "superseded":
      return {
        title: t("The conversation goes on in another tab"),
        texts: [t("It was opened somewhere else, so this tab shows nothing of it any more.")],
      };
    case "lost":
      return {
        title: t("The conversation was lost"),
        texts: [
          t(
            "Our server had to start anew, and it keeps nothing on disk. So the conversation is gone, on our side too.",
          ),
          t("We are sorry. You can start again."),
        ],
      };
    case "refused":
      return refused(state.refusal);
    default:
      return ended(state);
  }
}

function refused(code: State["refusal"]): Panel {
  switch (code) {
    case ErrorCode.CLOSED_INTAKE:
      return {
        title: t("Nobody is here at the moment"),
        texts: [t("We won't let you wait when there is nobody to talk with. Please come back another time.")],
      };
    case ErrorCode.ROOM_FULL:
      return {
        title: t("It is very busy"),
        texts: [
          t("So many people are waiting that your wait would be too long. Please try again in half an hour."),
        ],
      };
    case ErrorCode.WORK_NEEDED:
      return {
        title: t("Your browser could not do a small task"),
        texts: [
          t(
            "Before you can wait, your browser works for a moment, so that nobody can flood the line. That failed.",
          ),
          t("Please load the page again. It works best when this page stays open and in front."),
        ],
      };
    case ErrorCode.VERSION:
      return {
        title: t("This page is out of date"),
        texts: [t("We have made a new version since you opened it. Please load the page again.")],
      };
    case ErrorCode.NOT_A_MEMBER:
      return {
        title: t("This conversation can't be continued here"),
        texts: [t("You can start a new one.")],
      };
    case "load":
      return {
        title: t("A part of this page did not arrive"),
        texts: [t("Without it nothing can be sealed, so we don't start. Please load the page again.")],
      };
    default:
      return {
        title: t("That didn't work"),
        texts: [t("It is not your fault. Please try again in a few minutes.")],
      };
  }
}

function ended(state: State): Panel {
  if (state.ending === "erased") return erasedPanel(state);
  const erased = state.erased
    ? t("What our server held of it is deleted.")
    : t("Our server has not confirmed yet that it deleted what it held. Leave this page open for a moment.");
  return { title: t("The conversation is over"), texts: [reason(state), erased] };
}

function erasedPanel({ erased, counsellor }: State): Panel {
  if (!erased)
    return {
      title: t("Erasing"),
      texts: [
        t("Your screen and this browser hold nothing of it any more."),
        t(
          "Our server has not confirmed yet that it deleted what it held. Leave this page open for a moment.",
        ),
      ],
    };
  const name = counsellor?.alias ?? t("The counsellor");
  return {
    title: t("Erased"),
    texts: [
      t(
        "Deleted on our server just now: every sealed line it still held, its half of the key of this tab, and everything else it held of this conversation.",
      ),
      t("Deleted in this browser: the sealed copy that this tab kept for loading the page again."),
      t("{name} may still see the text on the screen until their notes are done, at most 15 minutes.", {
        name,
      }),
    ],
  };
}

function reason(state: State): string {
  switch (state.ending) {
    case "counsellor":
      return t("{name} ended the conversation.", { name: state.counsellor?.alias ?? t("The counsellor") });
    case "serverSaysCounsellor":
      return t("Our server says that the counsellor ended the conversation.");
    case "away":
      return t("One side was away for too long.");
    case "idle":
      return t("Nobody wrote for an hour.");
    case "tooLong":
      return t("It lasted six hours, which is the longest a conversation can last.");
    case "unknown":
      return t("It ended while you were away.");
    case "fault":
      return t(
        "Something did not fit together in the sealing, so we stopped rather than risk it. It is not your fault.",
      );
    default:
      return state.counsellor === null ? t("You left the waiting room.") : t("You ended it.");
  }
}
