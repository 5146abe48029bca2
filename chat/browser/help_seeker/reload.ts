// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * What a reload needs, and no more: the sealed blob of this tab (docs/protocol.md, blob for reload).
 *
 * In the blob lie the states of both seats and the draft. The half of the key that the server holds is never in
 * it; `d` stands in front unsealed and is worth nothing alone. Behind the blob, after a full stop, stands
 * the era of the live store: it is needed before the blob can be opened, and says nothing of anybody.
 */

import type { Bytes, Slot } from "../sealing/types.ts";
import type { Keep } from "./keep.ts";
import type * as Seal from "./seal.ts";

interface Means {
  readonly keep: Keep;
  readonly sealing: typeof Seal;
  random(length: number): Bytes;
}

export class Reload {
  readonly #means: Means;
  readonly #d: Bytes;
  readonly sid: Bytes;
  readonly ticket: Bytes;
  readonly ticketHash: Bytes;
  /** Made here for a new conversation; after a reload the server returns it. */
  half: Bytes | null;
  /** The live store's memory this conversation lies in; zeros before the first welcome. */
  era: Bytes = new Uint8Array(32);
  draft = "";
  /** False: the browser keeps nothing. */
  keeps = true;
  /** By slot; empty as long as a seat has none. */
  readonly #seats: [Bytes, Bytes] = [new Uint8Array(), new Uint8Array()];
  #forgotten = false;
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    means: Means,
    sid: Bytes,
    d: Bytes,
    half: Bytes | null,
    ticket: Bytes,
    ticketHash: Bytes,
  ) {
    this.#means = means;
    this.sid = sid;
    this.#d = d;
    this.half = half;
    this.ticket = ticket;
    this.ticketHash = ticketHash;
  }

  static async fresh(means: Means): Promise<Reload> {
    return Reload.#of(means, means.random(16), means.random(32), means.random(32));
  }

  /** From this tab's blob; null when there is none or it is no blob. */
  static async found(means: Means): Promise<Reload | null> {
    const text = means.keep.read();
    if (text === null) return null;
    try {
      const [blob = "", era = ""] = text.split(".");
      const { sid, d } = means.sealing.readBlobHead(means.sealing.fromBase64url(blob));
      const reload = await Reload.#of(means, sid, d, null);
      reload.era = means.sealing.fromBase64url(era);
      return reload;
    } catch {
      means.keep.clear();
      return null;
    }
  }

  static async #of(means: Means, sid: Bytes, d: Bytes, half: Bytes | null): Promise<Reload> {
    const ticket = await means.sealing.ticketOf(d);
    return new Reload(means, sid, d, half, ticket, await means.sealing.ticketHash(ticket));
  }

  /**
   * Open the blob with the server's half. Resolves with the seats' states by slot, null for one that had none yet.
   *
   * @throws when the blob was not sealed under this half.
   */
  async open(half: Bytes): Promise<readonly (Bytes | null)[]> {
    this.half = half;
    const text = this.#means.keep.read();
    if (text === null) return [];
    const { sealing } = this.#means;
    const opened = await sealing.openBlob(sealing.fromBase64url(text.split(".")[0] ?? ""), half);
    const [counsellor, draft, supervisor] = sealing.splitStates(opened);
    this.#seats[0] = counsellor ?? new Uint8Array();
    this.#seats[1] = supervisor ?? new Uint8Array();
    this.draft = new TextDecoder().decode(draft);
    return this.#seats.map((state) => (state.length === 0 ? null : state));
  }

  /** Resolves when a seat's state is written. Rejects when it should be kept and can't be. */
  keepSeat(slot: Slot, state: Bytes): Promise<void> {
    this.#seats[slot] = state;
    return this.#write();
  }

  keepEra(era: Bytes): Promise<void> {
    this.era = era;
    return this.#write();
  }

  keepDraft(draft: string): Promise<void> {
    this.draft = draft;
    return this.#write();
  }

  /** Remove the blob; nothing is written after it. Once only: the next blob may be another conversation's. */
  forget(): void {
    if (this.#forgotten) return;
    this.#forgotten = true;
    this.#means.keep.clear();
  }

  /** One write at a time, so that an older state never lands on a newer one. */
  #write(): Promise<void> {
    const written = this.#writing.then(() => this.#seal());
    this.#writing = written.catch(() => undefined);
    return written;
  }

  async #seal(): Promise<void> {
    if (this.half === null || this.#forgotten || !this.keeps) return;
    const { sealing, keep } = this.#means;
    const [counsellor, supervisor] = this.#seats;
    const parts = [counsellor, new TextEncoder().encode(this.draft), supervisor];
    const blob = await sealing.sealBlob(this.sid, this.#d, this.half, sealing.joinStates(parts));
    if (this.#forgotten) return; // ended while this was being sealed
    this.keeps = keep.write(`${sealing.toBase64url(blob)}.${sealing.toBase64url(this.era)}`);
  }
}
