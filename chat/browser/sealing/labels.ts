// SPDX-License-Identifier: AGPL-3.0-or-later
// Every hash, key derivation, HPKE info and signature begins with its own label, so that no output of
// one can pass for another's. The primitives that take a label live here with it.

import { concat, utf8 } from "./bytes.ts";
import { SealingError } from "./errors.ts";
import type { Bytes } from "./types.ts";

const EMPTY = new Uint8Array(0);

export type Label =
  | "certificate"
  | "root"
  | "manager"
  | "manager request"
  | "enrol"
  | "offer"
  | "hello"
  | "reply"
  | "transcript"
  | "keys"
  | "step"
  | "ticket"
  | "blob"
  | "peer";

/** ASCII "kentering/1 " + name and one zero byte. */
export function label(name: Label): Bytes {
  return utf8(`kentering/1 ${name}\0`);
}

export async function sha256(...parts: readonly Bytes[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", concat(...parts)));
}

/** HKDF-SHA-256, extract and expand (RFC 5869). An empty salt is Uint8Array(0). */
export async function hkdf(salt: Bytes, ikm: Bytes, info: Bytes, length: number): Promise<Bytes> {
  const key = await crypto.subtle.importKey("raw", ikm, "HKDF", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, key, length * 8);
  return new Uint8Array(bits);
}

export function hkdfUnsalted(ikm: Bytes, info: Bytes, length: number): Promise<Bytes> {
  return hkdf(EMPTY, ikm, info, length);
}

async function hmacKey(key: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
}

export async function hmac(key: Bytes, message: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign("HMAC", await hmacKey(key), message));
}

/** In constant time. */
export async function hmacVerify(key: Bytes, mac: Bytes, message: Bytes): Promise<boolean> {
  return crypto.subtle.verify("HMAC", await hmacKey(key), mac, message);
}

async function aesKey(key: Bytes, usage: "encrypt" | "decrypt"): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", key, "AES-GCM", false, [usage]);
}

/** AES-256-GCM with a 16-byte tag at the end. */
export async function aesSeal(key: Bytes, iv: Bytes, aad: Bytes, plaintext: Bytes): Promise<Bytes> {
  const sealed = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData: aad },
    await aesKey(key, "encrypt"),
    plaintext,
  );
  return new Uint8Array(sealed);
}

/** @throws SealingError not_opened */
export async function aesOpen(key: Bytes, iv: Bytes, aad: Bytes, sealed: Bytes): Promise<Bytes> {
  const imported = await aesKey(key, "decrypt");
  try {
    return new Uint8Array(
      await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: aad }, imported, sealed),
    );
  } catch {
    throw new SealingError("not_opened");
  }
}
