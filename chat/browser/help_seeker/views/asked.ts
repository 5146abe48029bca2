// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * What waits for the person's yes or no: who may come, who may go on, what may be passed on.
 *
 * Both answers look the same and are equally easy; nothing is chosen in advance, nothing runs out on the
 * screen, and no is never an end. The name in the question is the one in the certificate.
 *
 * Loaded with the cryptography, not with the first page.
 */

import type * as Texts from "../../texts.ts";
import type { Joining, Question, State } from "../state.ts";
import type { Kit } from "./kit.ts";

type Say = typeof Texts.t;

interface Asking {
  readonly title: string;
  readonly texts: readonly string[];
  readonly yes: string;
  readonly no: string;
}

export interface AskedActions {
  answer(key: string, yes: boolean): void;
  share(yes: boolean): void;
}

/** The first question that is open, or the offer to share; null when nothing waits. */
export function askedView(kit: Kit, state: State, actions: AskedActions): HTMLElement | null {
  const { t, h } = kit;
  const [question] = state.questions;
  if (question !== undefined) {
    const quoted = question.kind === "summary" ? [h("blockquote", {}, question.text)] : [];
    return view(kit, asking(t, question, state), quoted, (yes) => actions.answer(question.key, yes));
  }
  if (!state.share || state.counsellor === null || state.at !== "open") return null;
  return view(kit, sharing(t, state.counsellor.alias), [], (yes) => actions.share(yes));
}

/** What names the view: it is built anew only when this is another. */
export function askedKey(state: State): string {
  const [question] = state.questions;
  if (question !== undefined) return `${question.key} ${state.counsellor?.alias ?? ""}`;
  return state.share && state.at === "open" ? `share ${state.counsellor?.alias}` : "";
}

function view(
  { h, button }: Kit,
  { title, texts, yes, no }: Asking,
  quoted: readonly HTMLElement[],
  say: (yes: boolean) => void,
): HTMLElement {
  return h(
    "div",
    {},
    h("h2", {}, title),
    ...texts.map((text) => h("p", {}, text)),
    ...quoted,
    h(
      "div",
      { class: "actions" },
      button("button", yes, () => say(true)),
      button("button", no, () => say(false)),
    ),
  );
}

function asking(t: Say, question: Question, state: State): Asking {
  switch (question.kind) {
    case "handover":
      return handover(t, question, state);
    case "supervise":
      return supervise(t, question, state);
    case "back":
      return {
        title: t("May somebody else go on?"),
        texts: [
          t(
            "{name} can't stay, and asks whether you will go on with whoever is free next. You would be first in the waiting room, and this page asks you again when somebody is there.",
            { name: current(t, state) },
          ),
          t("If you say no, nothing changes now."),
        ],
        yes: t("Yes, I will wait for somebody else"),
        no: t("No, stay with {name}", { name: current(t, state) }),
      };
    case "summary":
      return {
        title: t("May this be passed on?"),
        texts: [
          t(
            "{name} wrote this for whoever talks with you next, so that you need not start from the beginning. Nobody gets it without your yes.",
            { name: question.alias ?? current(t, state) },
          ),
        ],
        yes: t("Yes, pass it on"),
        no: t("No, don't pass it on"),
      };
  }
}

function current(t: Say, state: State): string {
  return state.counsellor?.alias ?? t("The counsellor");
}

function handover(t: Say, { alias, announced, same }: Joining<"handover">, state: State): Asking {
  const yes = t("Yes, go on with {name}", { name: alias });
  const unseen = t("{name} has not seen what was written before.", { name: alias });
  if (state.counsellor === null) {
    const before = state.back?.name ?? null;
    return {
      title: t("{name} can talk with you now", { name: alias }),
      texts: same
        ? [t("{name} is back, and no longer has what was written before.", { name: alias })]
        : [...(before === null ? [] : [t("The connection to {name} was lost.", { name: before })]), unseen],
      yes,
      no: t("No, wait for somebody else"),
    };
  }
  const { counsellor } = state;
  const no = t("No, stay with {name}", { name: counsellor.alias });
  if (same) {
    const text = t("{name}'s browser lost what was written before. {name} asks whether you will go on.", {
      name: alias,
    });
    return { title: t("Go on with {name}?", { name: alias }), texts: [text], yes, no: t("No") };
  }
  if (announced) {
    const text = t("{current} hands you over to {name}.", { current: counsellor.alias, name: alias });
    return { title: t("Go on with {name}?", { name: alias }), texts: [text, unseen], yes, no };
  }
  const text = t("The line offers {name}; {current} did not announce this. You can ask {current} first.", {
    current: counsellor.alias,
    name: alias,
  });
  return { title: t("Go on with {name}?", { name: alias }), texts: [text, unseen], yes, no };
}

function supervise(t: Say, { alias, announced }: Joining<"supervise">, state: State): Asking {
  const name = current(t, state);
  const who = announced
    ? t("{current} asks for help from {name}, a supervisor.", { current: name, name: alias })
    : t(
        "{name} is a supervisor of this line. {current} did not announce this. You can ask {current} first.",
        {
          current: name,
          name: alias,
        },
      );
  return {
    title: t("May {name} join?", { name: alias }),
    texts: [
      who,
      t("{name} would read what is written from then on, nothing from before, and could write to you.", {
        name: alias,
      }),
    ],
    yes: t("Yes, {name} may join", { name: alias }),
    no: t("No"),
  };
}

function sharing(t: Say, name: string): Asking {
  return {
    title: t("Does {name} need to know what was said?", { name }),
    texts: [
      t(
        "{name} has not seen what was written before. You can give {name} what stands on your screen, or tell it in your own words, or start anew.",
        { name },
      ),
    ],
    yes: t("Share what stands on my screen"),
    no: t("No, don't share it"),
  };
}
