// SPDX-License-Identifier: AGPL-3.0-or-later
/** The organisation's content as this desk knows it, asked for anew from time to time. */

import { signal } from "@preact/signals";
import { language } from "../../chat/browser/texts.ts";
import { contentOf } from "./desk/content.ts";
import { http } from "./desk/http.ts";
import type { Content } from "./state/content.ts";
import { MINUTE } from "./state/durations.ts";

/** How often it is asked for, in milliseconds; and how soon again after a refusal. */
const AGAIN = 10 * MINUTE;
const SOON = 20_000;

export class Contents {
  /** Null: not known. */
  readonly value = signal<Content | null>(null);
  #due = 0;

  /** Once a second, while somebody is signed in. */
  tick(now: number): void {
    if (now >= this.#due) void this.load();
  }

  /** With the records away the desk works on with what it knows. */
  async load(): Promise<void> {
    this.#due = Date.now() + SOON;
    try {
      this.value.value = contentOf(await http.content(), language());
      this.#due = Date.now() + AGAIN;
    } catch {
      // as above
    }
  }
}
