// SPDX-License-Identifier: AGPL-3.0-or-later
/** One tab of the tests: its storage, its clock, its death, and what its page shows. */

import { Connection, type Surroundings } from "../../chat/browser/connection.ts";
import type { Around } from "../../chat/browser/help_seeker/around.ts";
import type { Keep } from "../../chat/browser/help_seeker/keep.ts";
import * as sealing from "../../chat/browser/help_seeker/seal.ts";
import { type Event, first, type State, step } from "../../chat/browser/help_seeker/state.ts";
import { trust } from "../sealing/people.ts";
import type { Server } from "./line.ts";

/** One tab: its storage, its clock that moves only when told to, and what its page shows. */
export class Tab {
  state: State = first;
  readonly events: Event[] = [];
  readonly keep: Keep & { text: string | null };
  readonly around: Around;
  #timers: { in: number; call: () => void }[] = [];
  #alive = true;
  /** Blobs written so far, and after how many the tab dies. */
  writes = 0;
  deathAt = Number.POSITIVE_INFINITY;

  constructor(server: Server, kept: string | null = null, forbidden = false) {
    const after = (milliseconds: number, call: () => void): (() => void) => {
      const timer = { in: milliseconds, call };
      this.#timers.push(timer);
      return () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      };
    };
    const surroundings: Surroundings = {
      open: () => server.dial(() => this.#alive),
      after,
      now: () => 0,
      random: () => 0,
      watch: () => () => undefined,
    };
    const tab = this;
    this.keep = {
      text: kept,
      read() {
        return this.text;
      },
      write(text) {
        if (forbidden || !tab.#step()) return false;
        this.text = text;
        return true;
      },
      clear() {
        if (tab.#alive) this.text = null;
      },
    };
    this.around = {
      url: "ws://host/socket",
      language: "en",
      keep: this.keep,
      sealing,
      trust,
      work: {
        solution: async () => server.work(),
        endedWithBoundary: () => {
          server.afterBoundary = true;
        },
      },
      connect: (wiring) => new Connection(wiring, surroundings),
      now: () => server.clock,
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
      after,
      tell: (event) => {
        if (!this.#alive) return;
        this.events.push(event);
        this.state = step(this.state, event);
      },
    };
  }

  /** Closed or killed: nothing is kept any more, and nothing is heard from it. */
  die(): void {
    this.#alive = false;
    this.#timers = [];
  }

  /** Let every timer that is due within so many milliseconds fire once. */
  pass(milliseconds: number): void {
    const due = this.#timers.filter((timer) => timer.in <= milliseconds);
    this.#timers = this.#timers.filter((timer) => timer.in > milliseconds);
    for (const timer of due) timer.call();
  }

  /** False: it died before this write. */
  #step(): boolean {
    if (this.#alive && ++this.writes > this.deathAt) this.die();
    return this.#alive;
  }

  get dead(): boolean {
    return !this.#alive;
  }

  get lines(): string[] {
    return this.state.lines.map((line) => `${line.from}: ${line.text} (${line.state})`);
  }
}
