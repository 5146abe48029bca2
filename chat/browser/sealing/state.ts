// SPDX-License-Identifier: AGPL-3.0-or-later
// A seat's state as bytes, for the blob. It holds the receiving chain and the bond, and never a sending
// chain, message key, handshake key or half: what is not there cannot be used twice.

import { concat, fromUtf8, Reader, u8, u16, u32, utf8 } from "./bytes.ts";
import { ReceivingChain } from "./chain.ts";
import type { Kind } from "./envelope.ts";
import { SealingError } from "./errors.ts";
import { type Entry, Ledger, type Mark } from "./ledger.ts";
import type { Bytes, Role, Slot } from "./types.ts";

/** Whom a help-seeker's seat is with. */
export interface Known {
  readonly role: Role;
  readonly id: Bytes;
  readonly ed: Bytes;
  readonly certId: Bytes;
  /** Of the root that vouches: 6 groups of 5 digits. */
  readonly fingerprint: string;
  readonly alias: string;
}

/** What a staff browser's seat remembers of how it began. */
export interface Begun {
  readonly purpose: 1 | 2 | 3;
  readonly mode: 1 | 2;
  /** The own certificate of the last offer. */
  readonly certId: Bytes;
  /** The help-seeker's ready came: the bond is in force. */
  readonly confirmed: boolean;
}

export interface SeatState {
  readonly side: "h" | "s";
  readonly sid: Bytes;
  readonly slot: Slot;
  /** Help-seeker: the last active epoch. Staff: the last one offered. */
  readonly highest: number;
  readonly bond: Bytes | null;
  readonly known: Known | null;
  readonly begun: Begun | null;
  readonly receiving: ReceivingChain | null;
  readonly ledger: Ledger;
  /** Help-seeker: alias of whom each bond was with, the first in front; empty while the seat stood empty. */
  readonly names: readonly string[];
}

const VERSION = 2;
const FINGERPRINT = 35;

function optional(value: Bytes | null): Bytes {
  return value === null ? u8(0) : concat(u8(1), value);
}

function encodeEntry(entry: Entry): Bytes {
  const flags = (entry.own ? 1 : 0) | (entry.sent ? 2 : 0) | (entry.acked ? 4 : 0) | (entry.mark << 3);
  return concat(
    u8(flags),
    u8(entry.kind),
    u32(entry.at),
    u32(entry.bond),
    u32(entry.seq),
    entry.mid,
    u16(entry.content.length),
    entry.content,
  );
}

function encodeName(name: string): Bytes {
  const bytes = utf8(name);
  return concat(u8(bytes.length), bytes);
}

export function encodeState(state: SeatState): Bytes {
  const { known, begun, receiving, ledger } = state;
  return concat(
    u8(VERSION),
    u8(state.side === "h" ? 0 : 1),
    state.sid,
    u8(state.slot),
    u32(state.highest),
    optional(state.bond),
    optional(
      known &&
        concat(
          u8(known.role),
          known.id,
          known.ed,
          known.certId,
          utf8(known.fingerprint),
          encodeName(known.alias),
        ),
    ),
    optional(begun && concat(u8(begun.purpose), u8(begun.mode), begun.certId, u8(begun.confirmed ? 1 : 0))),
    optional(receiving && concat(u32(receiving.epoch), u32(receiving.n), receiving.ck)),
    u32(ledger.bond),
    u32(ledger.counter),
    u32(ledger.taken),
    ledger.takenMid,
    u32(ledger.entries.length),
    ...ledger.entries.map(encodeEntry),
    u16(state.names.length),
    ...state.names.map(encodeName),
  );
}

function decodeEntry(reader: Reader): Entry {
  const flags = reader.u8();
  return {
    own: (flags & 1) !== 0,
    sent: (flags & 2) !== 0,
    acked: (flags & 4) !== 0,
    mark: (flags >> 3) as Mark,
    kind: reader.u8() as Kind, // our own bytes, authenticated by the blob's tag
    at: reader.u32(),
    bond: reader.u32(),
    seq: reader.u32(),
    mid: reader.take(16),
    content: reader.take(reader.u16()),
  };
}

function decodeKnown(reader: Reader): Known {
  return {
    role: reader.u8() as Role,
    id: reader.take(16),
    ed: reader.take(32),
    certId: reader.take(32),
    fingerprint: fromUtf8(reader.take(FINGERPRINT)),
    alias: fromUtf8(reader.take(reader.u8())),
  };
}

function decodeBegun(reader: Reader): Begun {
  return {
    purpose: reader.u8() as 1 | 2 | 3,
    mode: reader.u8() as 1 | 2,
    certId: reader.take(32),
    confirmed: reader.u8() === 1,
  };
}

function maybe<T>(reader: Reader, decode: (reader: Reader) => T): T | null {
  return reader.u8() === 0 ? null : decode(reader);
}

/** @throws SealingError unknown_version, bad_state (another side's), bad_length */
export function decodeState(bytes: Bytes, side: "h" | "s"): SeatState {
  const reader = new Reader(bytes);
  if (reader.u8() !== VERSION) throw new SealingError("unknown_version");
  if (reader.u8() !== (side === "h" ? 0 : 1)) throw new SealingError("bad_state");
  const sid = reader.take(16);
  const slot = reader.u8() as Slot;
  const dir = side === "h" ? 1 : 0;
  const front = {
    side,
    sid,
    slot,
    highest: reader.u32(),
    bond: maybe(reader, (r) => r.take(32)),
    known: maybe(reader, decodeKnown),
    begun: maybe(reader, decodeBegun),
    receiving: maybe(reader, (r) => new ReceivingChain(slot, dir, r.u32(), r.u32(), r.take(32))),
  };
  const [bond, counter, taken, takenMid] = [reader.u32(), reader.u32(), reader.u32(), reader.take(16)];
  const entries = Array.from({ length: reader.u32() }, () => decodeEntry(reader));
  const names = Array.from({ length: reader.u16() }, () => fromUtf8(reader.take(reader.u8())));
  reader.end();
  return { ...front, names, ledger: new Ledger(entries, bond, counter, taken, takenMid) };
}
