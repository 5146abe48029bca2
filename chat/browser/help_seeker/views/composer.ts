// SPDX-License-Identifier: AGPL-3.0-or-later
/** The field to write in, what may not be sent, what is asked before it is, and one line of status. */

import { type Flaw, flaw, tidy } from "../../guard.ts";
import { t } from "../../texts.ts";
import type * as Reveals from "../reveals.ts";
import { flawText } from "../words.ts";
import { button, h, write } from "./dom.ts";
import { kit } from "./kit.ts";
import type * as Revealing from "./revealing.ts";

export interface ComposerActions {
  /** Resolves with whether the text was taken. */
  say(text: string): Promise<boolean>;
  typing(): void;
  keepDraft(text: string): void;
}

/** What came with the cryptography: before it is there, nothing can be sent anyway. */
export type Guard = Pick<typeof Reveals, "reveals"> & Pick<typeof Revealing, "revealingView">;

/** The draft is kept for a reload when nobody typed for so many milliseconds. */
const DRAFT_AFTER = 600;

export class Composer {
  readonly element: HTMLFormElement;
  readonly #actions: ComposerActions;
  readonly #field = h("textarea", {
    id: "words",
    rows: "1",
    autocomplete: "off",
    "aria-describedby": "flaw",
  });
  readonly #flaw = h("p", { class: "flaw", id: "flaw", role: "alert" });
  readonly #notice = h("section", { class: "notice", role: "alert", hidden: true });
  readonly #status = h("p", { class: "status", role: "status" });
  readonly #send: HTMLButtonElement;
  #draftTimer: ReturnType<typeof setTimeout> | undefined;
  #sending = false;
  #guard: Guard | null = null;

  /** `beside` stands beside the status: what is always in reach while writing. */
  constructor(actions: ComposerActions, beside: HTMLElement) {
    this.#actions = actions;
    this.#send = button("button primary", t("Send"), () => void this.#submit());
    this.#field.setAttribute("placeholder", t("Write here"));
    this.element = h(
      "form",
      { class: "compose" },
      h("div", { class: "bar" }, this.#status, beside),
      this.#notice,
      this.#flaw,
      h("label", { for: "words", class: "visually-hidden" }, t("Your message")),
      h("div", { class: "field" }, this.#field, this.#send),
    );
    this.element.addEventListener("submit", (event) => event.preventDefault());
    this.#field.addEventListener("input", () => this.#typed());
    this.#field.addEventListener("keydown", (event) => this.#key(event));
  }

  use(guard: Guard): void {
    this.#guard = guard;
  }

  status(text: string): void {
    write(this.#status, text);
  }

  /** What had been typed before a reload. */
  restore(draft: string): void {
    if (this.#field.value === "") this.#field.value = draft;
  }

  #typed(): void {
    // A refusal goes as soon as its reason is gone; a new one comes only with Send, not while writing.
    if (this.#flaw.textContent !== "") this.#show(flaw(tidy(this.#field.value)));
    if (!this.#notice.hidden && this.#revealed(tidy(this.#field.value)).length === 0) this.#hush();
    if (this.#field.value.trim() !== "") this.#actions.typing();
    clearTimeout(this.#draftTimer);
    this.#draftTimer = setTimeout(() => this.#actions.keepDraft(this.#field.value), DRAFT_AFTER);
  }

  #key(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    if (matchMedia("(pointer: coarse)").matches) return; // on a phone Enter is a new line; Send is a button
    event.preventDefault();
    void this.#submit();
  }

  /** `told`: what the person was told the text may show, and sends anyway. */
  async #submit(told: readonly Reveals.Kind[] = []): Promise<void> {
    if (this.#sending) return;
    const typed = this.#field.value;
    const text = tidy(typed);
    const found = flaw(text);
    this.#show(found);
    this.#field.focus();
    this.#hush();
    if (found !== null || this.#asks(text, told)) return;
    this.#sending = true;
    const taken = await this.#actions.say(text);
    this.#sending = false;
    if (!taken) {
      write(this.#flaw, t("This could not be sent. It is still here; please try again."));
      return;
    }
    // What was typed while the line was being kept stays.
    this.#field.value = this.#field.value.startsWith(typed)
      ? this.#field.value.slice(typed.length)
      : this.#field.value;
    clearTimeout(this.#draftTimer);
    this.#actions.keepDraft(this.#field.value);
  }

  #revealed(text: string): readonly Reveals.Kind[] {
    return this.#guard?.reveals(text) ?? [];
  }

  /**
   * Ask before it is sent, if the text may show who somebody is in a way that they were not told of: it may have
   * been changed under the notice.
   */
  #asks(text: string, told: readonly Reveals.Kind[]): boolean {
    const kinds = this.#revealed(text);
    if (this.#guard === null || kinds.every((kind) => told.includes(kind))) return false;
    const change = (): void => {
      this.#hush();
      this.#field.focus();
    };
    const send = (): void => void this.#submit(kinds);
    this.#notice.replaceChildren(this.#guard.revealingView(kit, kinds, change, send));
    this.#notice.hidden = false;
    return true;
  }

  #hush(): void {
    this.#notice.hidden = true;
    this.#notice.replaceChildren();
  }

  #show(found: Flaw | null): void {
    write(this.#flaw, found === null || found === "empty" ? "" : flawText(found));
    this.#field.toggleAttribute("aria-invalid", found === "link" || found === "tooLong");
  }
}
