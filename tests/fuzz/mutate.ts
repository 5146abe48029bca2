// SPDX-License-Identifier: AGPL-3.0-or-later
// Bytes that are nearly right; the twin of mutate.py.

import { concat, fromHex, utf8 } from "../../chat/browser/sealing/bytes.ts";
import type { Bytes } from "../../chat/browser/sealing/types.ts";
import type { Rng } from "../sealing/people.ts";

const EDGES = [0, 1, 2, 3, 4, 5, 9, 15, 16, 31, 32, 63, 64, 127, 128, 191, 192, 224, 254, 255] as const;
const WORDS = ["0000", "00000000", "ffff", "ffffffff", "7fffffff", "80000000"].map(fromHex);
/** No UTF-8, half a surrogate pair, above the last code point, a byte order mark, a turn of direction. */
const ODD = ["00", "ff", "c328", "eda080", "f4908080", "efbbbf", "e280ae"].map(fromHex);
const DEEP = [fromHex("91"), fromHex("8101"), utf8("["), utf8('{"a":')];

function spliced(bytes: Bytes, at: number, cut: number, put: Bytes): Bytes {
  return concat(bytes.slice(0, at), put, bytes.slice(at + cut));
}

function once(bytes: Bytes, rng: Rng, others: readonly Bytes[]): Bytes {
  // What a parser looks at stands in front, or at the end.
  const near = rng.pick([Math.min(bytes.length, 80), bytes.length]);
  const at = rng.chance(85) ? rng.below(near + 1) : bytes.length;
  switch (rng.below(11)) {
    case 0:
      return spliced(bytes, at, 1, Uint8Array.of((bytes[at] ?? 0) ^ (1 << rng.below(8))));
    case 1:
      return spliced(bytes, at, 1, Uint8Array.of(rng.pick(EDGES)));
    case 2:
      return spliced(bytes, at, rng.pick([1, 1, 4, 16, 64]), new Uint8Array(0));
    case 3:
      return spliced(bytes, at, 0, rng.bytes(rng.pick([1, 2, 4, 16, 64])));
    case 4:
      return bytes.slice(0, at);
    case 5: {
      const word = rng.pick(WORDS);
      return spliced(bytes, at, word.length, word);
    }
    case 6:
      return spliced(bytes, at, 0, rng.pick(ODD));
    case 7:
      return concat(bytes.slice(0, at), rng.pick(others).slice(at));
    case 8: {
      const piece = bytes.slice(at, at + rng.pick([1, 8, 40]));
      return spliced(bytes, at, 0, concat(...Array.from({ length: rng.pick([1, 2, 30]) }, () => piece)));
    }
    case 9: {
      const deep = rng.pick(DEEP);
      return spliced(bytes, at, 0, concat(...Array.from({ length: rng.pick([3, 2000]) }, () => deep)));
    }
    default:
      return concat(bytes.slice(0, at), rng.bytes(Math.min(bytes.length - at, 200)));
  }
}

/** The same with one to five things wrong; parts of others may get in. */
export function mutated(bytes: Bytes, rng: Rng, others: readonly Bytes[]): Bytes {
  let made = bytes;
  const times = rng.pick([1, 1, 1, 2, 3, 5]);
  for (let i = 0; i < times; i++) made = once(made, rng, others);
  return made;
}
