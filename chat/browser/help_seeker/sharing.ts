// SPDX-License-Identifier: AGPL-3.0-or-later
/** What stands on the screen as text, in pieces that each fit one message; no line is cut unless it is longer alone. */

import { fromUtf8, utf8 } from "../sealing/bytes.ts";
import { MAX_LINE } from "../sealing/seat.ts";
import type { Line } from "../sealing/types.ts";

/** `you` and `somebody` stand before a line of the person's own, and of staff whose name is not known. */
export function pieces(lines: readonly Line[], you: string, somebody: string, most = MAX_LINE): string[] {
  const made: string[] = [];
  let open = "";
  for (const line of lines) {
    for (const part of cut(`${line.from === "own" ? you : (line.alias ?? somebody)}: ${line.text}`, most)) {
      const joined = open === "" ? part : `${open}\n${part}`;
      if (utf8(joined).length <= most) {
        open = joined;
        continue;
      }
      made.push(open);
      open = part;
    }
  }
  return open === "" ? made : [...made, open];
}

/** Never inside a character. */
function cut(text: string, most: number): string[] {
  const bytes = utf8(text);
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    let end = Math.min(at + most, bytes.length);
    while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
    parts.push(fromUtf8(bytes.slice(at, end)));
    at = end;
  }
  return parts;
}
