// SPDX-License-Identifier: AGPL-3.0-or-later
// The same code in Chromium: WebCrypto's Ed25519, keys in IndexedDB, a handshake, a blob, and all vectors.

import assert from "node:assert/strict";
import { test } from "node:test";
import { runInChromium } from "./chromium.ts";
import { check } from "./vector-checks.ts";
import { parse } from "./vector-file.ts";
import { vectorFiles } from "./vector-folder.ts";

test("in Chromium: a key that is kept, a conversation, every vector; Node opens what it makes", {
  timeout: 120_000,
}, async (t) => {
  const { said, forgotten, checked, failed, made } = await runInChromium();

  await t.test("keys and lines", () => {
    const lines = ["The weather is mild", "Here too"];
    assert.deepEqual(said, ["Anna", ...lines, ...lines]);
    assert.ok(forgotten);
  });
  await t.test("vectors", () => {
    assert.deepEqual(failed, []);
    assert.deepEqual(
      checked,
      Object.fromEntries(vectorFiles().map(([name, text]) => [name, parse(text).length])),
    );
  });
  await t.test("what it made", async () => {
    const kinds = (text: string) => parse(text).map((c) => c.kind);
    const kept = vectorFiles().find(([name]) => name === "from-browser.txt")?.[1] ?? "";
    assert.notEqual(made, kept);
    assert.deepEqual(kinds(made), kinds(kept));
    for (const c of parse(made)) await check(c);
  });
});
