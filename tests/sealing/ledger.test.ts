// SPDX-License-Identifier: AGPL-3.0-or-later
// The numbering of lines, by itself.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Kind, NO_MID } from "../../chat/browser/sealing/envelope.ts";
import { Ledger } from "../../chat/browser/sealing/ledger.ts";
import { some } from "./people.ts";

const mid = (name: string) => some(`mid ${name}`, 16);

/** A ledger with own lines a, b, c, … numbered from 1. */
function numbered(...names: readonly string[]): Ledger {
  const ledger = new Ledger();
  ledger.startBond();
  for (const name of names) ledger.compose(Kind.text, mid(name), some(name, 3), 0);
  ledger.number();
  return ledger;
}

function seqs(ledger: Ledger): number[] {
  return ledger.entries.filter((entry) => entry.own).map((entry) => entry.seq);
}

test("after a ready that agrees, what is above it is sent again under the same numbers", () => {
  const ledger = numbered("a", "b", "c");
  const { arrived, again } = ledger.resume(1, mid("a"));

  assert.deepEqual(
    arrived.map((entry) => entry.seq),
    [1],
  );
  assert.deepEqual(
    again.map((entry) => entry.seq),
    [2, 3],
  );
  assert.equal(ledger.counter, 3);
});

test("another mid under that number, or none: every line is numbered anew, and none counts as arrived", () => {
  for (const [ack, theirs] of [
    [2, mid("x")],
    [5, mid("x")],
    [3, NO_MID],
  ] as const) {
    const ledger = numbered("a", "b", "c");
    const { arrived, again } = ledger.resume(ack, theirs);

    assert.deepEqual(arrived, []);
    assert.deepEqual(
      again.map((entry) => entry.seq),
      [ack + 1, ack + 2, ack + 3],
    );
  }
});

test("both sides rolled back: no hole is left in the numbers", () => {
  const ledger = numbered("a", "b");
  ledger.resume(5, mid("x")); // now 6 and 7
  const { again } = ledger.resume(0, NO_MID);

  assert.deepEqual(
    again.map((entry) => entry.seq),
    [1, 2],
  );
  assert.equal(ledger.counter, 2);
});

test("a ready after a reload takes the numbers from what is not known to have arrived", () => {
  const ledger = numbered("a", "b");
  ledger.resumeWithoutChain(1, mid("a"));
  assert.deepEqual(seqs(ledger), [1, 0]);

  ledger.acknowledge(2); // of a line numbered 2 by a tab that is gone
  assert.deepEqual(
    ledger.entries.map((entry) => entry.acked),
    [true, false],
  );
});

test("taking in: the next is new, a lower one a duplicate, a higher one a gap, a known mid is counted", () => {
  const ledger = numbered();
  const take = (seq: number, name: string) => {
    const taken = ledger.take(Kind.text, seq, mid(name), some(name, 3), 0);
    return typeof taken === "string" ? taken : "new";
  };

  assert.deepEqual(
    [take(1, "a"), take(1, "a"), take(3, "c"), take(2, "a"), take(3, "b")],
    ["new", "duplicate", "gap", "again", "new"],
  );
  assert.equal(ledger.taken, 3);
  assert.deepEqual(ledger.takenMid, mid("b"));
});

test("a new bond begins at 1, and keeps what was not delivered from the newcomer", () => {
  const ledger = numbered("a");
  ledger.startBond();
  ledger.compose(Kind.text, mid("b"), some("b", 3), 0);

  assert.deepEqual(
    ledger.number().map((entry) => entry.seq),
    [1],
  );
  assert.deepEqual(
    ledger.entries.map((entry) => ledger.state(entry, false)),
    ["undelivered", "kept"],
  );
  assert.deepEqual(
    ledger.resume(0, NO_MID).again.map((entry) => entry.mid),
    [mid("b")],
  );
});
