// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  mayServe,
  RENEW_DAYS,
  renewalDue,
  standing,
  WARN_DAYS,
} from "../../counsellor_ui/src/state/certificates.ts";
import { DAY, durationText, MINUTE } from "../../counsellor_ui/src/state/durations.ts";

const NOW = 1_800_000_000;

test("the holder is warned ten days before the end, and may work until it", () => {
  assert.deepEqual(standing(NOW + WARN_DAYS * DAY, NOW), { kind: "good", days: 10 });
  assert.deepEqual(standing(NOW + WARN_DAYS * DAY - 1, NOW), { kind: "ending", days: 9 });
  assert.deepEqual(standing(NOW + 1, NOW), { kind: "ending", days: 0 });
  assert.deepEqual(standing(NOW, NOW), { kind: "ended" });
});

test("only a certificate that holds serves", () => {
  const kinds = ["good", "ending", "ended", "missing", "refused"] as const;
  const served = kinds.filter((kind) =>
    mayServe(kind === "good" || kind === "ending" ? { kind, days: 1 } : { kind }),
  );

  assert.deepEqual(served, ["good", "ending"]);
});

test("a renewal is due below twenty days, and stays due after the end", () => {
  assert.equal(renewalDue(NOW + RENEW_DAYS * DAY, NOW), false);
  assert.equal(renewalDue(NOW + RENEW_DAYS * DAY - 1, NOW), true);
  assert.equal(renewalDue(NOW - DAY, NOW), true);
});

test("durations are whole minutes, and never less than nothing", () => {
  const shown = [-5, 0, MINUTE - 1, MINUTE, 59 * MINUTE, 60 * MINUTE, 125 * MINUTE].map(durationText);

  assert.deepEqual(shown, [
    "under 1 min",
    "under 1 min",
    "under 1 min",
    "1 min",
    "59 min",
    "1 h 00 min",
    "2 h 05 min",
  ]);
});
