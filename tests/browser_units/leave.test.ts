// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { ShiftCount, WITHIN } from "../../chat/browser/help_seeker/leave.ts";

function press(count: ShiftCount, key: string, at: number): number | null {
  count.down(key);
  return count.up(key, at);
}

test("Shift three times leaves", () => {
  const count = new ShiftCount();

  assert.deepEqual(
    [0, 100, 200].map((at) => press(count, "Shift", at)),
    [2, 1, 0],
  );
});

test("capitals never leave, however many", () => {
  const count = new ShiftCount();
  for (let at = 0; at < 2000; at += 100) {
    count.down("Shift");
    count.down("A");
    assert.equal(count.up("A", at), null);
    assert.equal(count.up("Shift", at), null);
  }
});

test("another key starts the count anew", () => {
  const count = new ShiftCount();
  press(count, "Shift", 0);
  press(count, "Shift", 100);
  press(count, "x", 150);

  assert.equal(press(count, "Shift", 200), 2);
});

test("presses far apart do not add up", () => {
  const count = new ShiftCount();
  press(count, "Shift", 0);
  press(count, "Shift", 100);

  assert.equal(press(count, "Shift", WITHIN + 50), 1);
});
