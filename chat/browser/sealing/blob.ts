// SPDX-License-Identifier: AGPL-3.0-or-later
// The blob for a reload: sealed under a key whose other half lives in the live store's memory and dies
// with the conversation.
//
//   ticket = SHA-256(L("ticket") | d)      K = HKDF(salt = sid, ikm = d | half, info = L("blob"), 32)
//   head = 1 | sid[16] | d[32]             blob = head | iv[12] | AES-256-GCM(K, iv, aad = head, padded)
//   padded = u32 length | state | zeros, to a multiple of 16 KiB

import { concat, Reader, u8, u32 } from "./bytes.ts";
import { SealingError } from "./errors.ts";
import { aesOpen, aesSeal, hkdf, label, sha256 } from "./labels.ts";
import type { Bytes } from "./types.ts";

const BLOCK = 16 * 1024;
const HEAD = 49;
const IV = 12;
const TAG = 16;

/** What the client shows to attach again; the server keeps its hash only. */
export function ticketOf(d: Bytes): Promise<Bytes> {
  return sha256(label("ticket"), d);
}

/** What the frame Start carries. */
export function ticketHash(ticket: Bytes): Promise<Bytes> {
  return sha256(ticket);
}

async function keyOf(sid: Bytes, d: Bytes, half: Bytes): Promise<Bytes> {
  if (sid.length !== 16 || d.length !== 32 || half.length !== 32) throw new SealingError("bad_length");
  const ikm = concat(d, half);
  const key = await hkdf(sid, ikm, label("blob"), 32);
  ikm.fill(0);
  return key;
}

/** The iv is drawn here: the key is the same for the whole conversation. */
export async function sealBlob(sid: Bytes, d: Bytes, half: Bytes, state: Bytes): Promise<Bytes> {
  const key = await keyOf(sid, d, half);
  const head = concat(u8(1), sid, d);
  const padded = new Uint8Array(Math.ceil((state.length + 4) / BLOCK) * BLOCK);
  padded.set(concat(u32(state.length), state));
  const iv = crypto.getRandomValues(new Uint8Array(IV));
  const sealed = await aesSeal(key, iv, head, padded);
  key.fill(0);
  return concat(head, iv, sealed);
}

/** What stands in front of a blob unsealed. @throws SealingError unknown_version, bad_length */
export function readBlobHead(blob: Bytes): { readonly sid: Bytes; readonly d: Bytes } {
  const reader = new Reader(blob);
  if (reader.u8() !== 1) throw new SealingError("unknown_version");
  return { sid: reader.take(16), d: reader.take(32) };
}

/** @throws SealingError unknown_version, bad_length, not_opened, bad_padding */
export async function openBlob(blob: Bytes, half: Bytes): Promise<Bytes> {
  const { sid, d } = readBlobHead(blob);
  if (blob.length < BLOCK || (blob.length - HEAD - IV - TAG) % BLOCK !== 0)
    throw new SealingError("bad_length");
  const key = await keyOf(sid, d, half);
  const padded = await aesOpen(key, blob.slice(HEAD, HEAD + IV), blob.slice(0, HEAD), blob.slice(HEAD + IV));
  key.fill(0);
  const reader = new Reader(padded);
  const state = reader.take(reader.u32());
  if (reader.rest().some((byte) => byte !== 0)) throw new SealingError("bad_padding");
  return state;
}

/** Several seats in one blob: u32 length before each. */
export function joinStates(states: readonly Bytes[]): Bytes {
  return concat(...states.flatMap((state) => [u32(state.length), state]));
}

/** @throws SealingError bad_length */
export function splitStates(joined: Bytes): Bytes[] {
  let rest = joined;
  const states: Bytes[] = [];
  while (rest.length > 0) {
    const reader = new Reader(rest);
    states.push(reader.take(reader.u32()));
    rest = reader.rest();
  }
  return states;
}
