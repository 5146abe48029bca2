// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The screen of a conversation, from the waiting room on: who, the lines, and a foot that stays in view
 * with all that asks for an answer. Built once. Nothing here is modal: a modal dialog would put the
 * button that leaves out of reach.
 */

import { t } from "../../texts.ts";
import type { Said } from "../said.ts";
import type { State } from "../state.ts";
import { besides, ending, heading, standing, status, trouble } from "../words.ts";
import type * as Asked from "./asked.ts";
import { Composer, type ComposerActions, type Guard } from "./composer.ts";
import { button, h, write } from "./dom.ts";
import type * as Feeling from "./feeling.ts";
import { kit } from "./kit.ts";
import { Log } from "./log.ts";
import type * as Waiting from "./waiting.ts";

export interface ConversationActions extends ComposerActions {
  end(erase: boolean): void;
  feel(after: boolean, weight: number): boolean;
  answer(key: string, yes: boolean): void;
  share(yes: boolean): void;
  again(mid: string): void;
  describe(said: Said): void;
}

/** What comes with the cryptography. */
export type Later = Pick<typeof Asked, "askedKey" | "askedView"> &
  Pick<typeof Feeling, "asksBefore" | "feelingView"> &
  Pick<typeof Waiting, "WaitingView"> &
  Guard;

export class ConversationView {
  readonly element: HTMLElement;
  readonly composer: Composer;
  readonly #actions: ConversationActions;
  readonly #title = h("h1", { tabindex: "-1" });
  readonly #standing = h("p", { role: "status" });
  readonly #besides = h("p", { class: "besides", role: "status", hidden: true });
  readonly #hint = h("p", { class: "quiet" });
  /** The organisation's own words for those who wait: they came with the page, as plain text. */
  readonly #welcome = h(
    "p",
    { class: "own-words", hidden: true },
    document.getElementById("welcome")?.textContent ?? "",
  );
  readonly #keepsNothing: HTMLElement;
  readonly #fingerprint = h("span", { class: "fingerprint" });
  readonly #sealed: HTMLElement;
  readonly #trouble = h("p", { class: "notice", role: "status", hidden: true });
  readonly #question = h("section", { class: "notice", role: "alert", hidden: true });
  readonly #log: Log;
  readonly #end: HTMLButtonElement;
  readonly #erase: HTMLButtonElement;
  readonly #feeling = h("div", { hidden: true });
  readonly #confirm = h("section", { class: "notice", "aria-labelledby": "confirm-title", hidden: true });
  #asked = "";
  #later: Later | null = null;
  #waiting: Waiting.WaitingView | null = null;
  #state: State | null = null;
  #begun = false; // a counsellor was there

  constructor(actions: ConversationActions) {
    this.#actions = actions;
    this.#log = new Log((mid) => actions.again(mid));
    this.#end = button("plain", "", () => this.#confirming(this.#begun));
    this.#erase = button("plain", t("Erase now"), () => this.#confirming(true, true));
    this.composer = new Composer(actions, h("div", { class: "ways-out" }, this.#erase, this.#end));
    this.#sealed = sealed(this.#fingerprint);
    this.#confirm.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#confirming(null);
    });
    this.#keepsNothing = h(
      "p",
      { class: "notice", hidden: true },
      t("Your browser keeps nothing for this page. If you load it again, the conversation is lost."),
    );
    this.element = h(
      "section",
      { class: "conversation" },
      h(
        "div",
        { class: "who" },
        this.#title,
        this.#standing,
        this.#besides,
        this.#hint,
        this.#welcome,
        this.#feeling,
        this.#sealed,
      ),
      this.#keepsNothing,
      this.#log.element,
      h("div", { class: "foot" }, this.#trouble, this.#question, this.#confirm, this.composer.element),
    );
  }

  /** The part of the page that came with the cryptography: whatever is asked stands in it, and the waiting room. */
  use(later: Later): void {
    if (this.#later !== null) return;
    this.#later = later;
    this.composer.use(later);
    this.#feeling.append(later.feelingView(kit, false, (weight) => this.#actions.feel(false, weight)));
    const { describe } = this.#actions;
    const stopWaiting = (): void => this.#confirming(false);
    this.#waiting = new later.WaitingView(kit, { describe, stopWaiting });
    this.#standing.after(this.#waiting.likely);
    this.#hint.after(this.#waiting.element);
    if (this.#state !== null) this.#waiting.show(this.#state);
  }

  /** This screen is gone. */
  close(): void {
    this.#waiting?.close();
  }

  focus(): void {
    this.#title.focus({ preventScroll: true });
  }

  show(state: State): void {
    this.#state = state;
    const follow = this.#log.atEnd(); // before the foot grows over the newest line
    write(this.#title, heading(state));
    write(this.#standing, standing(state));
    this.#standing.hidden = standing(state) === "";
    write(this.#besides, besides(state));
    this.#besides.hidden = state.supervisor === null;
    this.#hint.hidden = state.at !== "waiting";
    this.#welcome.hidden = state.at !== "waiting" || this.#welcome.textContent === "";
    write(this.#hint, hint(state));
    this.#feeling.hidden = this.#later?.asksBefore(state) !== true;
    this.#begun = state.counsellor !== null || state.back !== null;
    this.#sealed.hidden = state.counsellor === null;
    if (state.counsellor !== null) write(this.#fingerprint, state.counsellor.fingerprint);
    this.#keepsNothing.hidden = state.keeps;
    write(this.#end, this.#begun ? t("End the conversation") : t("Stop waiting"));
    this.#erase.hidden = !this.#begun;
    this.#waiting?.show(state);
    this.composer.element.hidden = state.at === "connecting";
    this.composer.status(status(state));
    this.#note(state.trouble);
    const asked = this.#ask(state);
    const added = this.#log.show(state);
    if (follow && (asked || added)) this.#log.toEnd();
  }

  #note(code: State["trouble"]): void {
    this.#trouble.hidden = code === null;
    if (code === null) return;
    const date = new Date().toLocaleDateString(document.documentElement.lang, { dateStyle: "long" });
    write(this.#trouble, trouble(code, date));
  }

  /** Built anew only when another thing is asked, so that a button is never changed under a finger. True: it is. */
  #ask(state: State): boolean {
    const key = this.#later?.askedKey(state) ?? "";
    if (key === this.#asked) return false;
    this.#asked = key;
    const asked = this.#later?.askedView(kit, state, this.#actions) ?? null;
    this.#question.hidden = asked === null;
    this.#question.replaceChildren(...(asked === null ? [] : [asked]));
    return true;
  }

  /** Ask before it ends; `begun` and `erase` choose the words, null closes the question. */
  #confirming(begun: boolean | null, erase = false): void {
    this.#confirm.hidden = begun === null;
    if (begun === null) return this.#end.focus();
    const { title, text, yes, no } = ending(begun, erase);
    const heading = h("h2", { id: "confirm-title", tabindex: "-1" }, title);
    const end = button("button primary", yes, () => this.#actions.end(erase));
    const goOn = button("button", no, () => this.#confirming(null));
    this.#confirm.replaceChildren(heading, h("p", {}, text), h("div", { class: "actions" }, end, goOn));
    heading.focus();
  }
}

function hint(state: State): string {
  return state.back === null
    ? t("You can write your first message now. It is sent when a counsellor is here.")
    : t("You can go on writing. It stays in this browser, and you decide who gets it when somebody is here.");
}

function sealed(fingerprint: HTMLElement): HTMLElement {
  const texts = [
    t("Sealed: only this counsellor can read what you write. Our server passes it on and can't read it."),
    t("Verified: the organisation vouches for this counsellor. The number of its key is:"),
  ];
  return h(
    "details",
    { class: "sealed" },
    h("summary", {}, t("Sealed, verified")),
    ...texts.map((text) => h("p", {}, text)),
    h("p", {}, fingerprint),
    h(
      "p",
      { class: "quiet" },
      t("You can compare it with the number the organisation has published elsewhere."),
    ),
    h("p", {}, h("a", { href: "/seen", target: "_blank", rel: "noreferrer" }, t("What we can see of you"))),
  );
}
