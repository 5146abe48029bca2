// SPDX-License-Identifier: AGPL-3.0-or-later
/** Random bytes of the browser. */

import type { Bytes } from "../../../chat/browser/sealing/api.ts";

export function random(n: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(n));
}

export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** Seconds since 1970, by this browser's clock. */
export function now(): number {
  return Date.now() / 1000;
}
