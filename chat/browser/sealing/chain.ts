// SPDX-License-Identifier: AGPL-3.0-or-later
// The hash ratchet: each message has a key of its own, and the key before cannot be found from it.
//
//   ck' | mk = HKDF(empty, ck, L("step"), 64)
//
// A sending chain lives in memory only, and one object steps it; that is what makes "the same n is never
// sealed twice" hold through reloads, copies of the blob and duplicated tabs.

import { Reader } from "./bytes.ts";
import type { Direction, Header, Inner } from "./envelope.ts";
import { openEnvelope, parseHeader, sealEnvelope } from "./envelope.ts";
import { codeOf } from "./errors.ts";
import { hkdfUnsalted, label } from "./labels.ts";
import type { Bytes, SealingCode, Slot } from "./types.ts";

/** One step: the next chain key, and the key of this message. */
export async function step(ck: Bytes): Promise<{ readonly next: Bytes; readonly mk: Bytes }> {
  const reader = new Reader(await hkdfUnsalted(ck, label("step"), 64));
  return { next: reader.take(32), mk: reader.take(32) };
}

export class SendingChain {
  readonly epoch: number;
  readonly #slot: Slot;
  readonly #dir: Direction;
  #ck: Bytes;
  #n = 0;

  constructor(slot: Slot, dir: Direction, epoch: number, ck: Bytes) {
    this.#slot = slot;
    this.#dir = dir;
    this.epoch = epoch;
    this.#ck = ck;
  }

  /** Not reentrant: only from the seat's serial queue. The chain has moved on before anything is sealed. */
  async seal(iv: Bytes, inner: Inner): Promise<{ readonly envelope: Bytes; readonly n: number }> {
    const { next, mk } = await step(this.#ck);
    const header: Header = { slot: this.#slot, dir: this.#dir, epoch: this.epoch, n: this.#n };
    this.#ck.fill(0);
    this.#ck = next;
    this.#n += 1;
    const envelope = await sealEnvelope(mk, header, iv, inner);
    mk.fill(0);
    return { envelope, n: header.n };
  }

  wipe(): void {
    this.#ck.fill(0);
  }
}

/**
 * What came of an envelope. ignored: state kept, nothing happened. gap: something is missing. broken: a good
 * tag around what is not of this version, so the other side breaks the format and the seat is to end.
 */
export type Outcome =
  | { readonly kind: "ok"; readonly inner: Inner }
  | { readonly kind: "ignored" }
  | { readonly kind: "gap" }
  | { readonly kind: "broken"; readonly code: SealingCode };

const IGNORED: Outcome = { kind: "ignored" };

/** The only chain that is kept in the blob. */
export class ReceivingChain {
  readonly slot: Slot;
  /** Where its envelopes come from. */
  readonly dir: Direction;
  readonly epoch: number;
  /** The number that must come next. */
  n: number;
  ck: Bytes;

  constructor(slot: Slot, dir: Direction, epoch: number, n: number, ck: Bytes) {
    this.slot = slot;
    this.dir = dir;
    this.epoch = epoch;
    this.n = n;
    this.ck = ck;
  }

  /** Takes in the next envelope, and nothing else. Not reentrant: only from the seat's serial queue. */
  async receive(envelope: Bytes): Promise<Outcome> {
    const header = readHeader(envelope);
    if (
      header === null ||
      header.slot !== this.slot ||
      header.dir !== this.dir ||
      header.epoch !== this.epoch
    )
      return IGNORED;
    if (header.n !== this.n) return header.n > this.n ? { kind: "gap" } : IGNORED;
    const { next, mk } = await step(this.ck);
    try {
      const inner = await openEnvelope(mk, envelope);
      this.ck.fill(0);
      this.ck = next;
      this.n += 1;
      return { kind: "ok", inner };
    } catch (error) {
      const code = codeOf(error);
      return code === "not_opened" ? IGNORED : { kind: "broken", code };
    } finally {
      mk.fill(0);
    }
  }

  wipe(): void {
    this.ck.fill(0);
  }
}

/** Null when it is none. */
export function readHeader(envelope: Bytes): Header | null {
  try {
    return parseHeader(envelope);
  } catch (error) {
    codeOf(error);
    return null;
  }
}
