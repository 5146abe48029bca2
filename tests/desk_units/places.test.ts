// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { hex } from "../../chat/browser/sealing/api.ts";
import { earlierKey, keyOf, placeOf } from "../../counsellor_ui/src/state/places.ts";

const SID = new Uint8Array(16).fill(10);

test("a counsellor's seat is named by the address, a supervisor's beside it, and both are read back", () => {
  for (const slot of [0, 1] as const) {
    const place = placeOf(keyOf(SID, slot));
    assert.deepEqual([hex(place.sid), place.slot], [hex(SID), slot]);
  }
  assert.equal(keyOf(SID, 0), hex(SID));
  assert.notEqual(keyOf(SID, 1), hex(SID));
});

test("the text of an earlier turn gets a name that nobody has", () => {
  const key = keyOf(SID, 0);
  const first = earlierKey(key, [key]);
  const second = earlierKey(key, [key, first]);

  assert.equal(new Set([key, first, second]).size, 3);
  assert.equal(placeOf(second).slot, 0);
});
