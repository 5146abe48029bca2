// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { flaw, tidy } from "../../chat/browser/guard.ts";
import { reveals } from "../../chat/browser/help_seeker/reveals.ts";

const vectors = readFileSync(new URL("../rules/reveals.txt", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => {
    const [kinds = "", ...text] = line.split(": ");
    return [kinds === "-" ? [] : kinds.split(","), text.join(": ").replaceAll("\\n", "\n")] as const;
  });

for (const [kinds, text] of vectors)
  test(`shows ${kinds.join(", ") || "nothing"}: ${text}`, () => assert.deepEqual(reveals(text), kinds));

test("none of them is a link, but for a host that stands alone: each may be sent after the question", () => {
  const links = vectors.map(([, text]) => text).filter((text) => flaw(tidy(text)) === "link");

  assert.deepEqual(links, ["anna @ example.org"]);
});

test("asked twice it says the same: a pattern keeps no place from the text before", () => {
  for (const [, text] of vectors) assert.deepEqual(reveals(text), reveals(text));
});

test("digits, spaces and quotes of every keyboard", () => {
  assert.deepEqual(reveals("٠٦ ١٢ ٣٤ ٥٦ ٧٨"), ["phone"]);
  assert.deepEqual(reveals("06\u00a012\u202f34\u00a056\u00a078"), ["phone"]);
  assert.deepEqual(reveals("je m\u2019appelle Luc"), ["name"]);
  assert.deepEqual(reveals("my\u200b name is\u200e Anna"), ["name"]);
});
