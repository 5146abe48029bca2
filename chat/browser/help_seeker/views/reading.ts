// SPDX-License-Identifier: AGPL-3.0-or-later
/** Something to read in this very page, so that the place is kept and the address stays. Fetched when opened. */

import type { Kit } from "./kit.ts";

interface Piece {
  readonly title: string;
  readonly before: readonly string[];
  readonly points: readonly string[];
  readonly after: readonly string[];
}

export class Reading {
  readonly element: HTMLDetailsElement;
  readonly #kit: Kit;
  readonly #come: HTMLElement;
  readonly #pieces: HTMLElement;
  #asked = false;

  constructor(kit: Kit) {
    const { t, h, button } = kit;
    this.#kit = kit;
    this.#pieces = h("div", { class: "pieces" });
    const close = button("button", t("Close this and talk"), () => {
      this.element.open = false;
      document.getElementById("words")?.focus();
    });
    this.#come = h(
      "div",
      { class: "notice", role: "status", hidden: true },
      h("p", {}, t("Somebody is here for you now.")),
      close,
    );
    this.element = h(
      "details",
      { class: "fold" },
      h("summary", {}, t("Something to read while you wait")),
      this.#come,
      this.#pieces,
    );
    this.element.addEventListener("toggle", () => {
      if (this.element.open) void this.#open();
      else this.element.hidden = this.element.hidden || !this.#come.hidden;
    });
  }

  /** `come`: somebody is here, or coming. It is there to be opened only while somebody `waits`. */
  show(come: boolean, waits: boolean): void {
    this.#come.hidden = waits || !come;
    this.element.hidden = !waits && !this.element.open;
  }

  async #open(): Promise<void> {
    if (this.#asked) return;
    this.#asked = true;
    const { t, h } = this.#kit;
    try {
      const path = `/reading/pieces?language=${document.documentElement.lang}`;
      const answer = await fetch(path, { cache: "no-store", credentials: "omit" });
      if (!answer.ok) throw new TypeError("not to be had now");
      const pieces = (await answer.json()) as readonly Piece[];
      this.#pieces.replaceChildren(...pieces.map((piece) => this.#piece(piece)));
    } catch {
      this.#asked = false; // opened again, it is asked for again
      this.#pieces.replaceChildren(
        h("p", {}, t("This could not be loaded just now. Close it and open it again to try once more.")),
      );
    }
  }

  #piece({ title, before, points, after }: Piece): HTMLElement {
    const { h } = this.#kit;
    const said = (texts: readonly string[]): HTMLElement[] => texts.map((text) => h("p", {}, text));
    const list = h("ul", {}, ...points.map((point) => h("li", {}, point)));
    return h("details", { class: "piece" }, h("summary", {}, title), ...said(before), list, ...said(after));
  }
}
