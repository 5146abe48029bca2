// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The lines, and between them who came and went. A live region that announces additions and nothing else:
 * the state under a line changes without a word, and lines that were there before a reload are put in
 * before the region goes live.
 */

import type { Line } from "../../sealing/types.ts";
import { t } from "../../texts.ts";
import { canGoAgain, type State } from "../state.ts";
import { lineState, noteText } from "../words.ts";
import { button, h, write } from "./dom.ts";

/** So near the end counts as reading the newest. */
const NEAR = 160;

interface Row {
  readonly row: HTMLElement;
  readonly state: HTMLElement | null;
  readonly again: HTMLButtonElement | null;
}

export class Log {
  readonly element = h("div", { class: "log", role: "log", "aria-relevant": "additions" });
  readonly #again: (mid: string) => void;
  readonly #shown = new Map<string, Row>();
  #notes = 0;
  /** Whose line was put in last. */
  #author = "";

  constructor(again: (mid: string) => void) {
    this.#again = again;
    this.element.setAttribute("aria-label", t("Conversation"));
  }

  /** True when something was added. */
  show(state: State): boolean {
    const before = this.#shown.size + this.#notes;
    const { lines, notes } = state;
    this.#remove(lines);
    for (const [at, line] of lines.entries()) {
      while ((notes[this.#notes]?.after ?? lines.length + 1) <= at) this.#note(state);
      const known = this.#shown.get(line.mid);
      if (known === undefined) this.#add(line);
      this.#mark(line, state);
    }
    while (this.#notes < notes.length) this.#note(state);
    return this.#shown.size + this.#notes > before;
  }

  /** Newest in sight. */
  toEnd(): void {
    scrollTo({ top: document.documentElement.scrollHeight });
  }

  /** Whether the newest is being read. */
  atEnd(): boolean {
    const page = document.documentElement;
    return page.scrollHeight - page.clientHeight - scrollY < NEAR;
  }

  /** A line that was sent again stands further down as another. */
  #remove(lines: readonly Line[]): void {
    if (lines.length >= this.#shown.size) return;
    const left = new Set(lines.map((line) => line.mid));
    for (const [mid, { row }] of this.#shown) {
      if (left.has(mid)) continue;
      row.remove();
      this.#shown.delete(mid);
    }
  }

  #note(state: State): void {
    const note = state.notes[this.#notes++];
    if (note === undefined) return;
    this.#author = "";
    this.element.append(h("p", { class: "note" }, noteText(note)));
  }

  #add(line: Line): void {
    const own = line.from === "own";
    const author = authorOf(line);
    const shown = !own && author !== this.#author; // a name stands once over what one person writes in a row
    this.#author = own ? this.#author : author;
    const said = h("span", { class: "visually-hidden" }, `${own ? t("You:") : `${author}:`} `);
    const text = h("p", { class: "text" }, ...(shown ? [] : [said]), line.text);
    const row = h("div", { class: own ? "line own" : "line" });
    if (shown) row.append(h("p", { class: "author" }, author));
    if (line.kind === "summary") row.append(folded(own ? t("You shared this") : t("A summary"), text));
    else row.append(text);
    const state = own ? h("p", { class: "state" }) : null;
    const again = own && line.kind === "text" ? button("plain again", "", () => this.#again(line.mid)) : null;
    if (state !== null) row.append(state);
    if (again !== null) row.append(again);
    this.#shown.set(line.mid, { row, state, again });
    this.element.append(row);
  }

  #mark(line: Line, state: State): void {
    const known = this.#shown.get(line.mid);
    if (known === undefined || known.state === null) return;
    write(known.state, lineState(line.state));
    known.state.classList.toggle("missing", line.state === "undelivered");
    if (known.again === null) return;
    known.again.hidden = !canGoAgain(state, line);
    write(known.again, t("Send again to {name}", { name: state.counsellor?.alias ?? t("The counsellor") }));
  }
}

function authorOf(line: Line): string {
  const name = line.alias ?? t("The counsellor");
  return line.slot === 1 ? t("{name}, supervisor", { name }) : name;
}

function folded(title: string, text: HTMLElement): HTMLElement {
  return h("details", { class: "folded" }, h("summary", {}, title), text);
}
