// SPDX-License-Identifier: AGPL-3.0-or-later
// Fixed layouts: integers are big-endian, trailing bytes are refused (docs/protocol.md, sealing).

import { SealingError } from "./errors.ts";
import type { Bytes } from "./types.ts";

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function utf8(text: string): Bytes {
  return encoder.encode(text);
}

/** @throws SealingError bad_text */
export function fromUtf8(bytes: Bytes): string {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    throw new SealingError("bad_text");
  }
}

export function concat(...parts: readonly Bytes[]): Bytes {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export function u8(value: number): Bytes {
  return Uint8Array.of(value);
}

export function u16(value: number): Bytes {
  return Uint8Array.of(value >>> 8, value);
}

export function u32(value: number): Bytes {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** Not in constant time: used for public values and for what was authenticated already. */
export function equal(a: Bytes, b: Bytes): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export function hex(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @throws SealingError bad_length, for anything that is not whole bytes in hexadecimal */
export function fromHex(text: string): Bytes {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw new SealingError("bad_length");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function toBase64url(bytes: Bytes): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @throws SealingError bad_length */
export function fromBase64url(text: string): Bytes {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) throw new SealingError("bad_length");
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}

/** Reads a fixed layout from the front; `end()` refuses what is left over. */
export class Reader {
  readonly #bytes: Bytes;
  #at = 0;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }

  /** A copy, so that the source can be wiped. @throws SealingError bad_length */
  take(length: number): Bytes {
    const part = this.#bytes.slice(this.#at, this.#at + length);
    if (part.length !== length) throw new SealingError("bad_length");
    this.#at += length;
    return part;
  }

  rest(): Bytes {
    return this.take(this.#bytes.length - this.#at);
  }

  u8(): number {
    return this.#number(1);
  }

  u16(): number {
    return this.#number(2);
  }

  u32(): number {
    return this.#number(4);
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new SealingError("bad_length");
  }

  #number(length: number): number {
    return this.take(length).reduce((value, byte) => value * 256 + byte, 0);
  }
}
