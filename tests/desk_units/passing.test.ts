// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { HandoverAnswer } from "../../chat/browser/wire.gen.ts";
import type { Passing } from "../../counsellor_ui/src/state/passing.ts";
import { answered, isUnderway, passingText, personSaid } from "../../counsellor_ui/src/state/passing.ts";

const BEN: Passing = { name: "Ben", stage: "colleague" };

test("every answer of the service leads to its stage", () => {
  const stages = Object.values(HandoverAnswer).map((answer) => answered(BEN, answer).stage);

  assert.deepEqual(stages, ["person", "not_now", "nobody_there", "declined", "lapsed"]);
});

test("the person's word counts while it is under way, and not after it has failed", () => {
  assert.equal(personSaid({ ...BEN, stage: "person" }, true).stage, "agreed");
  assert.equal(personSaid({ ...BEN, stage: "person" }, false).stage, "declined");
  assert.equal(personSaid({ ...BEN, stage: "lapsed" }, true).stage, "lapsed");
});

test("what is under way, and a sentence for every stage, with and without a name", () => {
  const stages = ["colleague", "person", "agreed", "not_now", "nobody_there", "declined", "lapsed"] as const;

  assert.deepEqual(
    stages.filter((stage) => isUnderway({ name: null, stage })),
    ["colleague", "person", "agreed"],
  );
  assert.equal(isUnderway(null), false);
  for (const stage of stages) {
    assert.notEqual(passingText({ name: "Ben", stage }), "");
    assert.ok(!passingText({ name: null, stage }).includes("{"));
  }
});
