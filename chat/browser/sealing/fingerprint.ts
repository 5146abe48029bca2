// SPDX-License-Identifier: AGPL-3.0-or-later
// The short form of a key that people compare: digits, because they need no translation.

import { Reader } from "./bytes.ts";
import { label, sha256 } from "./labels.ts";
import type { Bytes } from "./types.ts";

/** 6 groups of 5 digits with spaces between: the first six u32 of a hash, each mod 100000. */
export function digits(hash: Bytes): string {
  const reader = new Reader(hash);
  return Array.from({ length: 6 }, () => String(reader.u32() % 100_000).padStart(5, "0")).join(" ");
}

/** Of a root's public key: SHA-256(L("root") | key). */
export async function rootFingerprint(key: Bytes): Promise<string> {
  return digits(await sha256(label("root"), key));
}
