// SPDX-License-Identifier: AGPL-3.0-or-later
// The ledger of a seat: which lines there are, how they are numbered, and what the other side has.
// Nothing here is asynchronous and nothing is sealed; losing, repeating, rolling back and forking are
// all repaired by these few rules.
//
// How this works: `seq` counts what must arrive, per bond and direction, from 1. The receiver takes last + 1
// only. Each line has a random `mid`; a mid seen before is counted and not shown. After a new epoch's
// `ready` (ack a, and the mid of the line numbered a) there are two cases:
//   - one's own line a has that mid (or a is 0): what is up to a has arrived; the rest is numbered from a + 1
//   - it has another, or there is none: one of the two sides was rolled back or forked, so every line of the
//     bond is numbered anew from a + 1, and the mids drop what was there

import { equal, hex } from "./bytes.ts";
import { type Kind, NO_MID } from "./envelope.ts";
import type { Bytes, LineState } from "./types.ts";

/**
 * What the person decided about a line. Of one's own: whether it was sent again as another line. Of a summary
 * that staff wrote: whether whoever comes next may have it, and whether they were given it.
 */
export const Mark = { none: 0, again: 1, yes: 2, no: 3, given: 4 } as const;
export type Mark = (typeof Mark)[keyof typeof Mark];

/** A line, or another thing that must arrive. */
export interface Entry {
  readonly own: boolean;
  readonly kind: Kind;
  readonly mid: Bytes;
  readonly content: Bytes;
  /** Unix seconds, by this browser's clock. */
  readonly at: number;
  /** Which bond it belongs to, counted from 1; 0 as long as there was none. */
  bond: number;
  /** 0 as long as none was given. */
  seq: number;
  /** The server said that it stored it. */
  sent: boolean;
  /** The other side acknowledged it. */
  acked: boolean;
  mark: Mark;
}

export class Ledger {
  readonly entries: Entry[];
  /** How many bonds there were; the last is the one in force. */
  bond: number;
  /** Highest number given. */
  counter: number;
  /** Highest number taken in, and its mid. */
  taken: number;
  takenMid: Bytes;
  readonly #seen = new Set<string>();

  constructor(entries: Entry[] = [], bond = 0, counter = 0, taken = 0, takenMid: Bytes = NO_MID) {
    this.entries = entries;
    this.bond = bond;
    this.counter = counter;
    this.taken = taken;
    this.takenMid = takenMid;
    for (const entry of entries) if (!entry.own) this.#seen.add(hex(entry.mid));
  }

  /** Adds one of one's own, not yet numbered. */
  compose(kind: Kind, mid: Bytes, content: Bytes, at: number): Entry {
    const entry: Entry = {
      own: true,
      kind,
      mid,
      content,
      at,
      bond: this.bond,
      seq: 0,
      sent: false,
      acked: false,
      mark: Mark.none,
    };
    this.entries.push(entry);
    return entry;
  }

  /** Numbers what has no number yet, in the order it was composed. Resolves to what was numbered. */
  number(): Entry[] {
    const fresh = this.#own().filter((entry) => entry.seq === 0);
    for (const entry of fresh) entry.seq = ++this.counter;
    return fresh;
  }

  /** Takes in number `seq`. "again": a new number for a line that was shown. "gap": something is missing. */
  take(
    kind: Kind,
    seq: number,
    mid: Bytes,
    content: Bytes,
    at: number,
  ): Entry | "again" | "duplicate" | "gap" {
    if (seq <= this.taken) return "duplicate";
    if (seq > this.taken + 1) return "gap";
    this.taken = seq;
    this.takenMid = mid;
    if (this.#seen.has(hex(mid))) return "again";
    const entry: Entry = {
      own: false,
      kind,
      mid,
      content,
      at,
      bond: this.bond,
      seq,
      sent: true,
      acked: true,
      mark: Mark.none,
    };
    this.entries.push(entry);
    this.#seen.add(hex(mid));
    return entry;
  }

  /** The other side has everything up to `ack`. Returns what is news. */
  acknowledge(ack: number): Entry[] {
    const news = this.#own().filter((entry) => !entry.acked && entry.seq > 0 && entry.seq <= ack);
    for (const entry of news) entry.acked = true;
    return news;
  }

  /** After a ready, with a sending chain to use: returns what is to be sealed again, numbered. */
  resume(ack: number, mid: Bytes): { readonly arrived: Entry[]; readonly again: Entry[] } {
    const arrived = this.#agree(ack, mid);
    return { arrived, again: this.number() };
  }

  /**
   * After a ready that came too late: the chain to send with is gone. Everything that is not known to have
   * arrived loses its number, because this epoch's numbers were given by an object that is gone.
   */
  resumeWithoutChain(ack: number, mid: Bytes): Entry[] {
    return this.#agree(ack, mid);
  }

  /** A new bond: another person, or one who lost everything. Nothing said earlier flows to them. */
  startBond(): void {
    this.bond += 1;
    this.counter = 0;
    this.taken = 0;
    this.takenMid = NO_MID;
    // What was written while waiting was written to whoever comes first.
    if (this.bond === 1) for (const entry of this.entries) entry.bond = 1;
  }

  /** Whoever held the seat is gone: what they did not get stays undelivered, and nobody is there for what follows. */
  vacate(): Entry[] {
    const left = this.#own().filter((entry) => !entry.acked);
    if (this.bond > 0) this.startBond();
    return left;
  }

  /** Whether something numbered has not been acknowledged. */
  waitsForAck(): boolean {
    return this.#own().some((entry) => entry.seq > 0 && !entry.acked);
  }

  state(entry: Entry, over: boolean): LineState {
    if (entry.acked) return "delivered";
    if (over || entry.bond !== this.bond) return "undelivered";
    if (entry.sent) return "sent";
    return entry.seq > 0 ? "kept" : "waiting";
  }

  /** Sets the counter to `ack` and takes the numbers from all that is above it, or forked. */
  #agree(ack: number, mid: Bytes): Entry[] {
    const own = this.#own();
    const same = ack === 0 || own.some((entry) => entry.seq === ack && equal(entry.mid, mid));
    const arrived = same ? this.acknowledge(ack) : [];
    for (const entry of own) if (!same || entry.seq > ack) entry.seq = 0;
    this.counter = ack;
    return arrived;
  }

  #own(): Entry[] {
    return this.entries.filter((entry) => entry.own && entry.bond === this.bond);
  }
}
