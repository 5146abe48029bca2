// SPDX-License-Identifier: AGPL-3.0-or-later
/** Shows the state: the server's first page, a conversation, or a panel, one at a time. */

import type * as Seal from "./seal.ts";
import { type At, type State, talking } from "./state.ts";
import { type ConversationActions, ConversationView } from "./views/conversation.ts";
import { kit } from "./views/kit.ts";
import { type PanelActions, panelView } from "./views/panel.ts";

export class Page {
  readonly #first: HTMLElement;
  readonly #talk: HTMLElement;
  readonly #actions: ConversationActions & PanelActions;
  #conversation: ConversationView | null = null;
  #shown: State | null = null;
  #later: typeof Seal | null = null;

  constructor(first: HTMLElement, talk: HTMLElement, actions: ConversationActions & PanelActions) {
    this.#first = first;
    this.#talk = talk;
    this.#actions = actions;
  }

  show(state: State): void {
    const before = this.#shown;
    this.#shown = state;
    this.#first.hidden = state.at !== "first";
    this.#talk.hidden = state.at === "first";
    if (state.at === "first") return this.#clear();
    if (inside(state.at)) return this.#converse(state);
    // A panel is rebuilt only when it says something else, or the focus would jump.
    if (before !== null && before.at === state.at && before.erased === state.erased) return;
    this.#clear();
    const panel = panelView(state, this.#actions);
    this.#askAfter(state, panel);
    this.#later?.sayAgain(kit, state, panel, this.#talk);
    this.#talk.append(panel);
    panel.querySelector("h1")?.focus();
  }

  /** The rest of the page has arrived. */
  use(later: typeof Seal): void {
    this.#later = later;
    this.#conversation?.use(later);
  }

  restoreDraft(draft: string): void {
    this.#conversation?.composer.restore(draft);
  }

  #converse(state: State): void {
    if (this.#conversation !== null) return this.#conversation.show(state);
    this.#clear();
    this.#conversation = new ConversationView(this.#actions);
    if (this.#later !== null) this.#conversation.use(this.#later);
    this.#talk.append(this.#conversation.element);
    this.#conversation.show(state); // in the document already, so that it can scroll to the newest line
    this.#conversation.focus();
  }

  #askAfter(state: State, panel: HTMLElement): void {
    if (this.#later?.asksAfter(state) !== true) return;
    const asked = this.#later.feelingView(kit, true, (weight) => this.#actions.feel(true, weight));
    panel.querySelector(".actions")?.before(asked);
  }

  /** Nothing of a conversation stays in the document once its screen is gone. */
  #clear(): void {
    this.#conversation?.close();
    this.#conversation = null;
    this.#talk.replaceChildren();
  }
}

function inside(at: At): boolean {
  return at === "connecting" || talking(at);
}
