// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The lines. A live region that announces additions and nothing else: the state under a line changes
 * without a word, and lines that were there before a reload are put in before the region goes live.
 */

import type { Line } from "../../sealing/types.ts";
import { t } from "../../texts.ts";
import { lineState } from "../words.ts";
import { h, write } from "./dom.ts";

/** So near the end counts as reading the newest. */
const NEAR = 160;

export class Log {
  readonly element = h("div", { class: "log", role: "log", "aria-relevant": "additions" });
  readonly #shown = new Map<string, { readonly row: HTMLElement; readonly state: HTMLElement | null }>();

  constructor() {
    this.element.setAttribute("aria-label", t("Conversation"));
  }

  show(lines: readonly Line[], counsellor: string): void {
    const follow = this.#atEnd();
    let added = false;
    for (const line of lines) {
      if (line.kind === "relay" && line.from === "own") continue; // passed on to the other seat, not for this screen
      const known = this.#shown.get(line.mid);
      if (known === undefined) {
        this.#add(line, counsellor);
        added = true;
      } else if (known.state !== null) {
        this.#mark(known.state, line);
      }
    }
    if (added && follow) scrollTo({ top: document.documentElement.scrollHeight });
  }

  #atEnd(): boolean {
    const page = document.documentElement;
    return page.scrollHeight - page.clientHeight - scrollY < NEAR;
  }

  #add(line: Line, counsellor: string): void {
    const own = line.from === "own";
    const text = h(
      "p",
      { class: "text" },
      h("span", { class: "visually-hidden" }, `${own ? t("You:") : `${counsellor}:`} `),
      line.text,
    );
    const row = h("div", { class: own ? "line own" : "line" }, text);
    const state = own ? h("p", { class: "state" }) : null;
    if (state !== null) {
      this.#mark(state, line);
      row.append(state);
    }
    this.#shown.set(line.mid, { row, state });
    this.element.append(row);
  }

  #mark(state: HTMLElement, line: Line): void {
    write(state, lineState(line.state));
    state.classList.toggle("missing", line.state === "undelivered");
  }
}
