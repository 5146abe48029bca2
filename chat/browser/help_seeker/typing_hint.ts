// SPDX-License-Identifier: AGPL-3.0-or-later
/** That the other side is writing: it stands for a moment after each sign of it. */

import type { Around } from "./around.ts";

/** Milliseconds. */
const STANDS = 6_000;

export class TypingHint {
  readonly #around: Pick<Around, "after" | "tell">;
  #cancel: (() => void) | null = null;

  constructor(around: Pick<Around, "after" | "tell">) {
    this.#around = around;
  }

  /** A sign came. */
  come(): void {
    const { tell, after } = this.#around;
    this.#cancel?.();
    this.#cancel = after(STANDS, () => tell({ kind: "typing", typing: false }));
    tell({ kind: "typing", typing: true });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}
