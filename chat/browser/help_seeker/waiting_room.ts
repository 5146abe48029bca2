// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The waiting room as this conversation hears of it, and what the person says in it by taps.
 *
 * A tap counts when the server has answered with the same. Until then it is said again after every welcome and
 * every refusal that passes, and an answer to an earlier one changes nothing. When somebody comes first, the taps
 * are again as the server has them.
 */

import {
  type Attended,
  type Described,
  type Expected,
  type FromHelpSeeker,
  Phase,
  type Position,
} from "../wire.gen.ts";
import { nothingSaid, type Said, sameSaid } from "./said.ts";
import type { Event } from "./state.ts";

export class WaitingRoom {
  readonly #send: (frame: FromHelpSeeker) => void;
  readonly #tell: (event: Event) => void;
  #heard: Said = nothingSaid;
  #unheard: Said | null = null;

  constructor(send: (frame: FromHelpSeeker) => void, tell: (event: Event) => void) {
    this.#send = send;
    this.#tell = tell;
  }

  /** The person says what it is about and how urgent it feels. */
  describe(said: Said): void {
    this.#unheard = said;
    this.#tell({ kind: "described", said, heard: false });
    this.#send({ frame: "Describe", ...said });
  }

  welcomed(phase: Phase): void {
    if (phase === Phase.WAITING) this.again();
    else this.#come();
  }

  offered(): void {
    this.#come();
    this.#tell({ kind: "offered" });
  }

  /** Say once more what the server has not answered. */
  again(): void {
    if (this.#unheard !== null) this.#send({ frame: "Describe", ...this.#unheard });
  }

  take(frame: Position | Attended | Expected | Described): void {
    switch (frame.frame) {
      case "Position":
        return this.#tell({ kind: "position", ahead: frame.ahead });
      case "Attended":
        return this.#tell({ kind: "attended", anybody: frame.anybody });
      case "Expected": {
        const { least, most } = frame;
        return this.#tell({ kind: "expected", expected: least === null ? null : { least, most } });
      }
      case "Described":
        return this.#described({ about: frame.about, urgency: frame.urgency });
    }
  }

  /** Somebody comes: what was not heard until now is theirs to hear, from the person. */
  #come(): void {
    if (this.#unheard === null) return;
    this.#unheard = null;
    this.#tell({ kind: "described", said: this.#heard, heard: true });
  }

  #described(said: Said): void {
    this.#heard = said;
    if (this.#unheard !== null && !sameSaid(this.#unheard, said)) return;
    this.#unheard = null;
    this.#tell({ kind: "described", said, heard: true });
  }
}
