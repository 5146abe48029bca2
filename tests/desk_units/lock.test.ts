// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { lockDue } from "../../counsellor_ui/src/state/lock.ts";
import { remaining } from "../../counsellor_ui/src/state/pause.ts";

test("a desk locks after the set minutes without a touch, and never with none set", () => {
  assert.equal(lockDue(0, 10, 600_000), true);
  assert.equal(lockDue(0, 10, 599_999), false);
  assert.equal(lockDue(0, 0, 10_000_000), false);
});

test("a pause shows what is left, and nothing below nothing", () => {
  assert.equal(remaining(425_000, 0), "7:05");
  assert.equal(remaining(425_000, 424_001), "0:01");
  assert.equal(remaining(425_000, 500_000), "0:00");
});
