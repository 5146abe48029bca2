// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The name of a seat at this desk. A counsellor's is the conversation's address, 32 hexadecimal digits; a
 * supervisor's has ".1" behind it, so that somebody can have both while taking over; what ended and came
 * again keeps its text under the address with "~" behind it.
 */

import type { Bytes } from "../../../chat/browser/sealing/api.ts";
import { fromHex, hex } from "../../../chat/browser/sealing/api.ts";
import type { Slot } from "../../../chat/browser/sealing/types.ts";

export function keyOf(sid: Bytes, slot: number): string {
  return slot === 0 ? hex(sid) : `${hex(sid)}.1`;
}

export interface Place {
  readonly sid: Bytes;
  readonly slot: Slot;
}

export function placeOf(key: string): Place {
  return { sid: fromHex(key.slice(0, 32)), slot: key.charAt(32) === "." ? 1 : 0 };
}

/** Under which the text of an earlier turn is kept; `taken` are the names in use. */
export function earlierKey(key: string, taken: readonly string[]): string {
  let name = `${key}~`;
  while (taken.includes(name)) name += "~";
  return name;
}
