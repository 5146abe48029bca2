// SPDX-License-Identifier: AGPL-3.0-or-later

import assert from "node:assert/strict";
import { test } from "node:test";
import { openingHere } from "../../chat/browser/help_seeker/opens.ts";

test("the opening is told in the visitor's own time and language", () => {
  const at = new Date("2026-11-28T16:00:00+01:00");

  const before = new Date("2026-11-27T16:00:00+01:00");

  assert.match(openingHere(at, "en", before, "America/New_York"), /^Saturday.* 10:00/);
  assert.match(openingHere(at, "nl", before, "Europe/Brussels"), /^zaterdag 28 november.* 16:00$/);
  assert.match(openingHere(at, "en", before, "Asia/Tokyo"), /^Sunday.* 12:00/);
});

test("a time of today is told without its day, by the visitor's own clock", () => {
  const at = new Date("2026-11-28T01:00:00+01:00");
  const now = new Date("2026-11-27T23:00:00+01:00");

  assert.match(openingHere(at, "nl", now, "Europe/London"), /^zaterdag 28 november.* 0?0:00$/);
  assert.equal(openingHere(at, "nl", now, "America/New_York"), "19:00");
  assert.equal(openingHere(new Date("2027-11-27T22:00:00Z"), "nl", now, "UTC").startsWith("zaterdag"), true);
});
