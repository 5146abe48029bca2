// SPDX-License-Identifier: AGPL-3.0-or-later
// Envelopes: what is sealed, and its two sizes.
//
//   header[11] = 1 | slot | dir | epoch u32 | n u32       envelope = header | iv[12] | ct
//   ct = AES-256-GCM(mk, iv, aad = header, u16 len | inner | zeros)     plaintext 1024 or 4096 bytes
//   inner = kind u8 | seq u32 | ack u32 | mid[16] if seq > 0 | content

import { concat, fromUtf8, Reader, u8, u16, u32 } from "./bytes.ts";
import { SealingError } from "./errors.ts";
import { aesOpen, aesSeal } from "./labels.ts";
import type { Bytes, Slot } from "./types.ts";
import { Purpose } from "./types.ts";

/** 0 from the help-seeker, 1 from staff. */
export type Direction = 0 | 1;

export const Kind = {
  ready: 0,
  text: 1,
  typing: 2,
  ack: 3,
  propose: 4,
  answer: 5,
  summary: 6,
  relay: 7,
  room: 8,
  end: 9,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

const SMALL = 1024;
const LARGE = 4096;
const HEADER = 11;
const IV = 12;
const TAG = 16;
/** Longest content of a numbered envelope in bytes. */
export const MAX_CONTENT = LARGE - 2 - 9 - 16;
/** No line of its own. */
export const NO_MID: Bytes = new Uint8Array(16);

export interface Header {
  readonly slot: Slot;
  readonly dir: Direction;
  readonly epoch: number;
  readonly n: number;
}

export interface Inner {
  readonly kind: Kind;
  /** 0 for what need not arrive: ready, typing, ack. */
  readonly seq: number;
  readonly ack: number;
  /** Given exactly when seq > 0. */
  readonly mid: Bytes | null;
  readonly content: Bytes;
}

export function headerBytes(header: Header): Bytes {
  return concat(u8(1), u8(header.slot), u8(header.dir), u32(header.epoch), u32(header.n));
}

/** @throws SealingError unknown_version, bad_slot, bad_length */
export function parseHeader(envelope: Bytes): Header {
  if (envelope.length !== HEADER + IV + SMALL + TAG && envelope.length !== HEADER + IV + LARGE + TAG) {
    throw new SealingError("bad_length");
  }
  const reader = new Reader(envelope.slice(0, HEADER));
  if (reader.u8() !== 1) throw new SealingError("unknown_version");
  const slot = reader.u8();
  const dir = reader.u8();
  if ((slot !== 0 && slot !== 1) || (dir !== 0 && dir !== 1)) throw new SealingError("bad_slot");
  return { slot, dir, epoch: reader.u32(), n: reader.u32() };
}

/** @throws SealingError too_long */
export async function sealEnvelope(key: Bytes, header: Header, iv: Bytes, inner: Inner): Promise<Bytes> {
  const body = concat(
    u8(inner.kind),
    u32(inner.seq),
    u32(inner.ack),
    inner.mid ?? new Uint8Array(0),
    inner.content,
  );
  const size = body.length + 2 <= SMALL ? SMALL : LARGE;
  if (body.length + 2 > size) throw new SealingError("too_long");
  const plaintext = new Uint8Array(size);
  plaintext.set(concat(u16(body.length), body));
  const head = headerBytes(header);
  return concat(head, iv, await aesSeal(key, iv, head, plaintext));
}

/**
 * `not_opened` means that nothing happened. Any other code comes after a good tag: the other side broke
 * the format, and the seat is to be ended.
 *
 * @throws SealingError not_opened, bad_padding, bad_length, bad_text
 */
export async function openEnvelope(key: Bytes, envelope: Bytes): Promise<Inner> {
  const iv = envelope.slice(HEADER, HEADER + IV);
  const plaintext = await aesOpen(key, iv, envelope.slice(0, HEADER), envelope.slice(HEADER + IV));
  const outer = new Reader(plaintext);
  const body = new Reader(outer.take(outer.u16()));
  if (outer.rest().some((byte) => byte !== 0)) throw new SealingError("bad_padding");
  const kind = body.u8();
  if (!isKind(kind)) throw new SealingError("bad_padding");
  const seq = body.u32();
  const ack = body.u32();
  // Lines are numbered; ready, typing and ack are not. Anything else is not of this version.
  const numbered = kind !== Kind.ready && kind !== Kind.typing && kind !== Kind.ack;
  if (numbered !== seq > 0) throw new SealingError("bad_padding");
  const mid = numbered ? body.take(16) : null;
  const content = body.rest();
  checkContent(kind, content);
  return { kind, seq, ack, mid, content };
}

function checkContent(kind: Kind, content: Bytes): void {
  const [first = -1] = content;
  const good =
    kind === Kind.ready
      ? content.length === 16
      : kind === Kind.propose
        ? content.length === 33 && isJoining(first)
        : kind === Kind.answer
          ? content.length === 34 && isJoining(first) && (content[33] ?? 2) < 2
          : kind === Kind.relay
            ? isOrigin(first)
            : kind === Kind.room
              ? content.length === 1 && first < 4
              : kind === Kind.text || kind === Kind.summary
                ? true
                : content.length === 0;
  if (!good) throw new SealingError("bad_padding");
  if (kind === Kind.text || kind === Kind.summary) fromUtf8(content);
  if (kind === Kind.relay) fromUtf8(content.slice(1));
}

/** Whether a number is a purpose by which somebody joins a conversation. */
export function isJoining(purpose: number): purpose is 2 | 3 {
  return purpose === Purpose.handover || purpose === Purpose.supervise;
}

function isOrigin(value: number): boolean {
  return value >= 0 && value <= 2;
}

function isKind(value: number): value is Kind {
  return value >= Kind.ready && value <= Kind.end;
}
