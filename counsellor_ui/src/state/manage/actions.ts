// SPDX-License-Identifier: AGPL-3.0-or-later
/** Staff actions of the last 90 days as sentences. Never a conversation: the service writes none down. */

import { t } from "../../../../chat/browser/texts.ts";

/** One line as the service gives it; `at` in unix seconds. */
export interface StaffAction {
  readonly at: number;
  readonly actor: string | null;
  readonly actor_alias: string | null;
  readonly action: string;
  readonly subject: string | null;
  readonly subject_alias: string | null;
}

export interface Day {
  /** Milliseconds of its newest line. */
  readonly at: number;
  readonly actions: readonly StaffAction[];
}

/** The names that occur, each once, in the order of the alphabet. */
export function names(actions: readonly StaffAction[]): readonly string[] {
  const all = actions.flatMap(({ actor_alias, subject, subject_alias }) =>
    // A setting's name stands where a person's would; it has no id.
    subject === null ? [actor_alias] : [actor_alias, subject_alias],
  );
  return [...new Set(all.filter((name) => name !== null))].sort((a, b) => a.localeCompare(b));
}

/** What somebody did, and what was done about them; null: everybody. */
export function about(actions: readonly StaffAction[], name: string | null): readonly StaffAction[] {
  if (name === null) return actions;
  return actions.filter((a) => a.actor_alias === name || (a.subject !== null && a.subject_alias === name));
}

/** By calendar day of this computer, newest first, as they came. */
export function byDay(actions: readonly StaffAction[]): readonly Day[] {
  const days: { at: number; day: string; actions: StaffAction[] }[] = [];
  for (const action of actions) {
    const at = action.at * 1000;
    const day = new Date(at).toDateString();
    const last = days.at(-1);
    if (last?.day === day) last.actions.push(action);
    else days.push({ at, day, actions: [action] });
  }
  return days;
}

/** "Anna invited Ben". `setting` and `language` turn the name of a setting and a tag into words. */
export function sentence(
  a: StaffAction,
  setting: (name: string) => string,
  language: (tag: string) => string,
): string {
  const who = a.actor_alias ?? t("The operator");
  const whom = a.subject_alias ?? t("somebody who has left");
  const own = a.subject === null || a.subject === a.actor;
  switch (a.action) {
    case "signed_in":
      return t("{who} signed in", { who });
    case "signed_out":
      return t("{who} signed out", { who });
    case "invited":
      return own
        ? t("{who} made a link for a further device", { who })
        : t("{who} invited {whom}", { who, whom });
    case "cancelled":
      return t("{who} cancelled the invitation of {whom}", { who, whom });
    case "requested":
      return t("{who} asked to be certified", { who: a.actor_alias ?? whom });
    case "certified":
      return t("{who} certified {whom}", { who, whom });
    case "renewed":
      return own
        ? t("{who} renewed their own certificate", { who })
        : t("{who} renewed the certificate of {whom}", { who, whom });
    case "revoked":
      return own
        ? t("{who} removed one of their own devices", { who })
        : t("{who} removed a device of {whom}", { who, whom });
    case "removed":
      return t("{who} removed {whom} from the team", { who, whom });
    case "changed_setting":
      return t("{who} changed: {what}", { who, what: setting(a.subject_alias ?? "") });
    case "closed_intake":
      return a.subject_alias === null
        ? t("{who} closed intake in all languages", { who })
        : t("{who} closed intake: {language}", { who, language: language(a.subject_alias) });
    case "opened_intake":
      return a.subject_alias === null
        ? t("{who} opened intake in all languages", { who })
        : t("{who} opened intake: {language}", { who, language: language(a.subject_alias) });
    default:
      return t("{who} did something that this desk has no words for", { who });
  }
}
