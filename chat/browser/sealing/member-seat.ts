// SPDX-License-Identifier: AGPL-3.0-or-later
// What a help-seeker's seat says and keeps about who is in the conversation: proposals and answers, lines that
// are passed on to the other seat, summaries, and what a seat before did not get. All of it lies in the ledger,
// so a reload finds it again.

import { concat, equal, fromHex, hex, u8, utf8 } from "./bytes.ts";
import type { Proposal } from "./consent.ts";
import { Kind } from "./envelope.ts";
import { type Entry, Mark } from "./ledger.ts";
import { isTakenBack } from "./proposals.ts";
import { MAX_LINE, Seat } from "./seat.ts";
import type { SeatState } from "./state.ts";
import type { Bytes, Line, SeatPorts, Slot } from "./types.ts";

export abstract class MemberSeat extends Seat {
  /** Alias of whom each bond was with, the first in front. */
  protected names: readonly string[];

  protected constructor(state: SeatState, ports: SeatPorts) {
    super(state, ports);
    this.names = state.names;
  }

  /** How many bonds there were: the last is of whoever holds the seat, or of nobody. */
  bonds(): number {
    return this.ledger.bond;
  }

  /** What this seat's staff member has proposed and not taken back, also before a reload. */
  proposals(): readonly Proposal[] {
    const words = this.words();
    return words.filter((word, at) => word.kind === "proposed" && !isTakenBack(words.slice(at), word));
  }

  /** Tell this seat's staff member what the person says to a proposal. */
  answer(purpose: 2 | 3, certId: Bytes, yes: boolean): Promise<void> {
    return this.happened(
      async () => void (await this.add(Kind.answer, Seat.joining(purpose, certId, yes ? 1 : 0))),
    );
  }

  /**
   * Pass a line on to this seat's staff member as a relay: of the other slot, or the person's own ("h").
   * Once per line. Nothing is passed to a seat that has not begun, so nobody gets what was said before.
   */
  relay(origin: Slot | "h", line: Line): Promise<void> {
    return this.happened(async () => {
      if (this.bond === null) return;
      const mid = fromHex(line.mid);
      const from = u8(origin === "h" ? 2 : origin);
      const [front, back] = halves(utf8(line.text));
      await this.#addOnce(mid, concat(from, front));
      if (back.length > 0)
        await this.#addOnce(
          mid.map((byte) => byte ^ 0xff),
          concat(from, back),
        );
    });
  }

  /** Tell this seat's staff member which staff slots the lines go to, unless that is what was told last. */
  room(counsellor: boolean, supervisor: boolean): Promise<void> {
    return this.happened(async () => {
      if (this.bond === null) return;
      const room = u8((counsellor ? 1 : 0) | (supervisor ? 2 : 0));
      const told = this.#ofBond().findLast((entry) => entry.own && entry.kind === Kind.room);
      if (told === undefined || !equal(told.content, room)) await this.add(Kind.room, room);
    });
  }

  /**
   * Which of the other seat's lines this one still lacks: those behind the last that was passed on, or those that
   * came in a later second than this seat was told who is there. A line from before that is never among them.
   */
  missing(lines: readonly Line[]): readonly Line[] {
    if (this.bond === null) return [];
    const passed = new Set(
      this.#ofBond().flatMap((entry) => (entry.own && entry.kind === Kind.relay ? [hex(entry.mid)] : [])),
    );
    const last = lines.findLastIndex((line) => passed.has(line.mid));
    if (last >= 0) return lines.slice(last + 1);
    const told = this.#ofBond().find((entry) => entry.own && entry.kind === Kind.room);
    return told === undefined ? [] : lines.filter((line) => line.at > told.at);
  }

  /** Send a line, which a seat before did not get, to whoever is here now. Another line stands for it from then on. */
  again(mid: string): Promise<void> {
    return this.happened(async () => {
      const old = this.ledger.entries.find(
        (entry) =>
          entry.own && entry.kind === Kind.text && entry.mark === Mark.none && hex(entry.mid) === mid,
      );
      if (old === undefined || this.bond === null || this.ledger.state(old, false) !== "undelivered") return;
      old.mark = Mark.again;
      await this.add(Kind.text, old.content);
    });
  }

  /** Summaries by staff of which the person has not yet said whether whoever comes next may have them. */
  summaries(): readonly Line[] {
    return this.ledger.entries
      .filter((entry) => !entry.own && entry.kind === Kind.summary && entry.mark === Mark.none)
      .map((entry) => this.lineOf(entry));
  }

  /** The person's word on a summary; it is given when the next seat is active, and never without this yes. */
  may(mid: string, yes: boolean): Promise<void> {
    return this.happened(async () => {
      const summary = this.ledger.entries.find(
        (entry) => !entry.own && entry.kind === Kind.summary && hex(entry.mid) === mid,
      );
      if (summary === undefined || summary.mark !== Mark.none) return;
      summary.mark = yes ? Mark.yes : Mark.no;
      if (!yes || this.sending === null || summary.bond === this.ledger.bond) return this.keep();
      summary.mark = Mark.given;
      await this.add(Kind.summary, summary.content);
    });
  }

  protected override lineOf(entry: Entry): Line {
    const alias = this.names[entry.bond - 1] ?? "";
    const line = { ...super.lineOf(entry), slot: this.slot };
    return Object.freeze(alias === "" ? line : { ...line, alias });
  }

  protected nameBond(alias: string): void {
    const last = this.ledger.bond - 1;
    this.names = Array.from({ length: last + 1 }, (_, at) => (at === last ? alias : (this.names[at] ?? "")));
  }

  async #addOnce(mid: Bytes, content: Bytes): Promise<void> {
    const known = this.ledger.entries.some(
      (entry) => equal(entry.mid, mid) && entry.bond === this.ledger.bond,
    );
    if (!known) await this.add(Kind.relay, content, mid);
  }

  /** What a staff member summed up for whoever comes next, and the person agreed to. */
  protected giveSummaries(): Entry[] {
    const agreed = this.ledger.entries.filter((entry) => !entry.own && entry.mark === Mark.yes);
    return agreed.map((entry) => {
      entry.mark = Mark.given;
      return this.ledger.compose(Kind.summary, this.ports.random(16), entry.content, Math.floor(this.now()));
    });
  }

  #ofBond(): readonly Entry[] {
    return this.ledger.entries.filter((entry) => entry.bond === this.ledger.bond);
  }
}

/** The longest line that fits an envelope is one byte too long for a relay: that one goes in two. */
function halves(text: Bytes): readonly [Bytes, Bytes] {
  let cut = text.length <= MAX_LINE ? text.length : MAX_LINE;
  while (((text[cut] ?? 0) & 0xc0) === 0x80) cut -= 1; // never inside a character
  return [text.slice(0, cut), text.slice(cut)];
}
