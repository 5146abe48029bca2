// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Label } from "../../counsellor_ui/src/state/labels.ts";
import { COLOURS, isLabel, labelText, nextLabel } from "../../counsellor_ui/src/state/labels.ts";

/** Give out labels one after the other, with all of them staying on the desk. */
function give(count: number): Label[] {
  const labels: Label[] = [];
  for (let i = 0; i < count; i += 1) labels.push(nextLabel(labels, 0));
  return labels;
}

test("as many conversations as colours have a colour each", () => {
  const colours = give(COLOURS.length).map(({ colour }) => colour);

  assert.deepEqual(new Set(colours), new Set(COLOURS));
});

test("beyond the colours each comes a second time before any a third", () => {
  const colours = give(2 * COLOURS.length).map(({ colour }) => colour);

  for (const colour of COLOURS) assert.equal(colours.filter((other) => other === colour).length, 2);
});

test("a colour just put away is not the next one given out", () => {
  const [first, second] = give(2);
  const next = nextLabel([first as Label], 2);

  assert.notEqual(next.colour, (second as Label).colour);
});

test("numbers only rise, also over those put away", () => {
  assert.equal(nextLabel([], 41).number, 42);
  assert.equal(nextLabel([{ colour: "blue", number: 50 }], 41).number, 51);
});

test("a label is a colour and a number, read aloud as such", () => {
  assert.equal(labelText({ colour: "blue", number: 3 }), "Blue 3");
  assert.deepEqual(
    COLOURS.map((colour) => labelText({ colour, number: 1 }).toLowerCase()),
    COLOURS.map((c) => `${c} 1`),
  );
});

test("only what we would give out is taken for a label", () => {
  assert.equal(isLabel({ colour: "green", number: 2 }), true);
  for (const other of [null, "blue", {}, { colour: "red", number: 1 }, { colour: "blue", number: 0 }]) {
    assert.equal(isLabel(other), false);
  }
});
