// SPDX-License-Identifier: AGPL-3.0-or-later
// Which names a certificate may carry: letters and single spaces of one script, so that nobody looks
// like another. The letters are listed as code point ranges (the same as in chat/sealing/alias.py), not
// asked of a Unicode database: implementations of different Unicode versions must refuse the same names.

import { utf8 } from "./bytes.ts";

const MAX_BYTES = 48;

const SCRIPTS: readonly (readonly (readonly [number, number])[])[] = [
  // Latin
  [
    [0x41, 0x5a],
    [0x61, 0x7a],
    [0xc0, 0xd6],
    [0xd8, 0xf6],
    [0xf8, 0x1bf],
    [0x1c4, 0x24f],
    [0x1e00, 0x1eff],
  ],
  // Greek
  [
    [0x386, 0x386],
    [0x388, 0x38a],
    [0x38c, 0x38c],
    [0x38e, 0x3a1],
    [0x3a3, 0x3ce],
  ],
  // Cyrillic
  [
    [0x400, 0x481],
    [0x48a, 0x52f],
  ],
  // Armenian
  [
    [0x531, 0x556],
    [0x561, 0x587],
  ],
  // Hebrew
  [[0x5d0, 0x5ea]],
  // Arabic
  [
    [0x620, 0x63f],
    [0x641, 0x64a],
    [0x671, 0x6d3],
  ],
  // Georgian
  [[0x10d0, 0x10fa]],
  // Japanese and Chinese: kana and Han
  [
    [0x3041, 0x3096],
    [0x30a1, 0x30fa],
    [0x4e00, 0x9fff],
  ],
  // Hangul syllables
  [[0xac00, 0xd7a3]],
];

/** 1 to 48 bytes of UTF-8, NFC, words of letters of one script with one space between them. */
export function isAlias(text: string): boolean {
  const length = utf8(text).length;
  if (length < 1 || length > MAX_BYTES || text !== text.normalize("NFC")) return false;
  const words = text.split(" ");
  if (words.includes("")) return false;
  const letters = Array.from(words.join(""), (letter) => letter.codePointAt(0) ?? 0);
  return SCRIPTS.some((ranges) => letters.every((c) => ranges.some(([low, high]) => low <= c && c <= high)));
}
