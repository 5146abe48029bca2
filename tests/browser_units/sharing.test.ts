// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { pieces } from "../../chat/browser/help_seeker/sharing.ts";
import { utf8 } from "../../chat/browser/sealing/bytes.ts";
import { MAX_LINE } from "../../chat/browser/sealing/seat.ts";
import type { Line } from "../../chat/browser/sealing/types.ts";

function line(from: Line["from"], text: string, alias?: string): Line {
  const rest = { mid: text, kind: "text", state: "delivered", seq: 1, at: 0 } as const;
  return { ...rest, from, text, ...(alias === undefined ? {} : { alias }) };
}

test("who said what, in order, in one piece when it fits", () => {
  const lines = [line("own", "Mild", "Anna"), line("peer", "And grey", "Anna"), line("peer", "Yes")];

  assert.deepEqual(pieces(lines, "I", "Counsellor"), ["I: Mild\nAnna: And grey\nCounsellor: Yes"]);
  assert.deepEqual(pieces([], "I", "Counsellor"), []);
});

test("no piece is longer than a message may be, no line is cut that fits alone", () => {
  const lines = Array.from({ length: 40 }, (_, n) => line("own", `${n} ${"é".repeat(150)}`));
  const made = pieces(lines, "I", "Counsellor");

  assert.ok(made.length > 1);
  for (const piece of made) assert.ok(utf8(piece).length <= MAX_LINE);
  assert.equal(made.join("\n"), lines.map(({ text }) => `I: ${text}`).join("\n"));
});

test("the longest line of all is cut between characters, and nothing of it is lost", () => {
  const text = `x${"é".repeat(2034)}`;
  const made = pieces([line("own", text), line("own", "after")], "I", "Counsellor");

  for (const piece of made) assert.ok(utf8(piece).length <= MAX_LINE);
  assert.equal(made.join("").replace("\n", ""), `I: ${text}I: after`);
});
