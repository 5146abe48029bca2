// SPDX-License-Identifier: AGPL-3.0-or-later

import assert from "node:assert/strict";
import { test } from "node:test";
import { openingHere } from "../../chat/browser/help_seeker/opens.ts";

test("the opening is told in the visitor's own time and language", () => {
  const at = new Date("2026-11-28T16:00:00+01:00");

  assert.match(openingHere(at, "en", "America/New_York"), /^Saturday.* 10:00/);
  assert.match(openingHere(at, "nl", "Europe/Brussels"), /^zaterdag 28 november.* 16:00$/);
  assert.match(openingHere(at, "en", "Asia/Tokyo"), /^Sunday.* 12:00/);
});
