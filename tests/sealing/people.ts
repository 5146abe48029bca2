// SPDX-License-Identifier: AGPL-3.0-or-later
// A root, a manager and staff for the tests, and random bytes from a seed; for Node and Chromium alike.

import { ed25519 } from "@noble/curves/ed25519.js";
import { concat, fromHex, utf8 } from "../../chat/browser/sealing/bytes.ts";
import type { SigningKey } from "../../chat/browser/sealing/certificate.ts";
import { makeBody, signCertificate } from "../../chat/browser/sealing/certificate.ts";
import { sha256 } from "../../chat/browser/sealing/labels.ts";
import type { Bytes, CertificateFields, StaffIdentity, Trust } from "../../chat/browser/sealing/types.ts";
import { Role } from "../../chat/browser/sealing/types.ts";

export const DAY = 86_400;
export const NOW = 1_800_000_000;

/** Random bytes and numbers from a seed. */
export class Rng {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Whole, below `limit` (mulberry32). */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }

  bytes(length: number): Bytes {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}

/** Bytes that look random and are the same every time (FNV-1a of the name is the seed). */
export function some(name: string, length: number): Bytes {
  const seed = utf8(name).reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), 0x811c9dc5);
  return new Rng(seed).bytes(length);
}

/** PKCS 8 in front of the 32 bytes of an Ed25519 private key (RFC 8410). */
const PKCS8 = fromHex("302e020100300506032b657004220420");

/** The staff key of these 32 bytes: WebCrypto signs with it, as it does at a desk. */
export function keyOf(seed: Bytes): SigningKey {
  const key = crypto.subtle.importKey("pkcs8", concat(PKCS8, seed), "Ed25519", false, ["sign"]);
  const sign = async (bytes: Bytes) => new Uint8Array(await crypto.subtle.sign("Ed25519", await key, bytes));
  return { ed: new Uint8Array(ed25519.getPublicKey(seed)), sign };
}

const signers = new Map<string, SigningKey>();

/** A staff key from a name. */
export function signer(name: string): SigningKey {
  const known = signers.get(name) ?? keyOf(some(`key ${name}`, 32));
  signers.set(name, known);
  return known;
}

export const root = signer("root");
export const otherRoot = signer("other root");
export const managerKey = signer("manager");

export const trust: Trust = {
  roots: [otherRoot.ed, root.ed],
  revoked: [],
  built: NOW - 30 * DAY,
  demo: false,
};

export const managerFields: CertificateFields = {
  role: Role.manager,
  id: some("manager id", 16),
  ed: managerKey.ed,
  issuer: await sha256(root.ed),
  issued: NOW - DAY,
  notAfter: NOW + 399 * DAY,
  alias: "Maria",
};
export const managerBody = makeBody(managerFields);
export const manager = await signCertificate(root, managerBody);

export function staffFields(name: string, role: 2 | 3 = 2): CertificateFields {
  return {
    role,
    id: some(`${name} id`, 16),
    ed: signer(name).ed,
    issuer: managerId,
    issued: NOW - DAY,
    notAfter: NOW + 29 * DAY,
    alias: name,
  };
}

export const managerId = await sha256(managerBody);

export async function identity(
  name: string,
  role: 2 | 3 = 2,
  changes: Partial<CertificateFields> = {},
): Promise<StaffIdentity> {
  const staff = await signCertificate(managerKey, makeBody({ ...staffFields(name, role), ...changes }));
  return { staff, manager, sign: signer(name).sign };
}

/** The code of the SealingError a promise is rejected with; "ok" when it is not. */
export async function codeOfRejection(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return "ok";
  } catch (error) {
    if (error instanceof Error && "code" in error) return String(error.code);
    throw error;
  }
}

/** The same bytes with one bit of one byte changed. */
export function flipped(bytes: Bytes, at: number): Bytes {
  const changed = bytes.slice();
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
}
