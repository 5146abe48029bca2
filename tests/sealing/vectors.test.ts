// SPDX-License-Identifier: AGPL-3.0-or-later
// Everything in tests/vectors/*.txt, held against the browser's implementation in Node; Chromium does the same in
// browser.test.ts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { check } from "./vector-checks.ts";
import { parse } from "./vector-file.ts";
import { vectorFiles } from "./vector-folder.ts";

for (const [name, text] of vectorFiles()) {
  test(`vectors: ${name}`, async (t) => {
    const cases = parse(text);
    assert.ok(cases.length > 0);
    for (const c of cases) await t.test(`${c.kind} ${c.about}`, () => check(c));
  });
}
