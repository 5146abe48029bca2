// SPDX-License-Identifier: AGPL-3.0-or-later
// The short form of a root key that people compare: digits, because they need no translation.

import { Reader } from "./bytes.ts";
import { label, sha256 } from "./labels.ts";
import type { Bytes } from "./types.ts";

/** 6 groups of 5 digits with spaces between: the first six u32 of the hash, each mod 100000. */
export async function rootFingerprint(key: Bytes): Promise<string> {
  const reader = new Reader(await sha256(label("root"), key));
  return Array.from({ length: 6 }, () => String(reader.u32() % 100_000).padStart(5, "0")).join(" ");
}
