// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Giving a conversation into other hands, as the one who gives it sees it: `answered`, `personSaid`. Pure.
 *
 * ```
 * to a colleague:   colleague -> person -> (the seat has moved)
 * to whoever is next:            person -> agreed -> (the seat is left)
 * ```
 * From each of them it can fail, and then everything stays as it was.
 */

import { t } from "../../../chat/browser/texts.ts";
import { HandoverAnswer } from "../../../chat/browser/wire.gen.ts";

/**
 * - colleague: the colleague is asked
 * - person: the help-seeker is asked
 * - agreed: the help-seeker has said yes, and the service does the rest
 */
type Underway = "colleague" | "person" | "agreed";
type Failed = "not_now" | "nobody_there" | "declined" | "lapsed";

export interface Passing {
  /** The colleague's alias; null: whoever is next. */
  readonly name: string | null;
  readonly stage: Underway | Failed;
}

export function isUnderway(passing: Passing | null): boolean {
  return passing !== null && ["colleague", "person", "agreed"].includes(passing.stage);
}

/** The service's word about the colleague, or about what the help-seeker said. */
export function answered(passing: Passing, answer: HandoverAnswer): Passing {
  switch (answer) {
    case HandoverAnswer.ACCEPTED:
      return { ...passing, stage: "person" };
    case HandoverAnswer.NOT_NOW:
      return { ...passing, stage: "not_now" };
    case HandoverAnswer.NOBODY_THERE:
      return { ...passing, stage: "nobody_there" };
    case HandoverAnswer.DECLINED:
      return { ...passing, stage: "declined" };
    case HandoverAnswer.LAPSED:
      return { ...passing, stage: "lapsed" };
  }
}

/** The help-seeker's own word, from inside the channel. */
export function personSaid(passing: Passing, yes: boolean): Passing {
  if (!isUnderway(passing)) return passing;
  return { ...passing, stage: yes ? "agreed" : "declined" };
}

export function passingText({ name, stage }: Passing): string {
  const colleague = name ?? t("The colleague");
  switch (stage) {
    case "colleague":
      return t("{name} is asked whether to take this over.", { name: colleague });
    case "person":
      return name === null
        ? t("The other person is asked whether somebody else may go on.")
        : t("{name} has accepted. Now the other person is asked.", { name });
    case "agreed":
      return name === null
        ? t("The other person agrees. The conversation goes back to the waiting room.")
        : t("The other person agrees. {name} takes over.", { name });
    case "not_now":
      return t("{name} can't take it now. You go on.", { name: colleague });
    case "nobody_there":
      return t("{name} is not on duty, or has as many conversations as one may have. You go on.", {
        name: colleague,
      });
    case "declined":
      return t("The other person wants to stay with you.");
    case "lapsed":
      return t("Nobody answered in time. You go on.");
  }
}
