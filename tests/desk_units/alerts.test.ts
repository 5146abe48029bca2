// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Alerts } from "../../counsellor_ui/src/state/alerts.ts";
import {
  onClock,
  onList,
  QUIET,
  SILENT,
  startAnew,
  titleText,
} from "../../counsellor_ui/src/state/alerts.ts";
import type { Entry } from "../../counsellor_ui/src/state/waiting_room.ts";

const START = 1_000_000;
const MINE = ["nl"];

function waits(sid: string, language = "nl", present = true): Entry {
  return { sid, language, since: START, present, about: 0, urgency: 1, first: false };
}

/** Alerts after a first list, which rings for nobody. */
const after = (...sids: string[]): Alerts =>
  onList(
    SILENT,
    sids.map((sid) => waits(sid)),
    MINE,
    START,
  ).alerts;

test("those who were waiting already ring for nobody: at going on duty and after a lost connection", () => {
  const first = onList(SILENT, [waits("a"), waits("b")], MINE, START);
  const back = onList(startAnew(first.alerts), [waits("a"), waits("c")], MINE, START + QUIET);

  assert.equal(first.ring, 0);
  assert.equal(back.ring, 0);
});

test("somebody new rings once", () => {
  const { alerts, ring } = onList(after("a"), [waits("a"), waits("b")], MINE, START);
  const same = onList(alerts, [waits("a"), waits("b")], MINE, START + 2 * QUIET);

  assert.equal(ring, 1);
  assert.equal(same.ring, 0);
});

test("a flood rings once for the first, and once for all others who still wait when it is over", () => {
  let { alerts, ring } = onList(after(), [waits("a")], MINE, START);
  assert.equal(ring, 1);

  const more = [waits("a"), waits("b"), waits("c"), waits("d")];
  ({ alerts, ring } = onList(alerts, more, MINE, START + 1_000));
  assert.equal(ring, 0);
  ({ alerts, ring } = onList(alerts, [waits("a"), waits("c"), waits("d")], MINE, START + 2_000));
  assert.equal(ring, 0);
  assert.equal(onClock(alerts, START + QUIET - 1).ring, 0);
  ({ alerts, ring } = onClock(alerts, START + QUIET));
  assert.equal(ring, 2);
  assert.equal(onClock(alerts, START + 3 * QUIET).ring, 0);
});

test("nobody rings in another language, or while they are away; an absent one is known when they return", () => {
  const { alerts, ring } = onList(after(), [waits("a", "de"), waits("b", "nl", false)], MINE, START);

  assert.equal(ring, 0);
  assert.equal(onList(alerts, [waits("b")], MINE, START).ring, 0);
});

test("off duty nothing rings, and the first list on duty is silent too", () => {
  const off = onList(after(), [waits("a")], null, START);
  const on = onList(off.alerts, [waits("a"), waits("b")], MINE, START + QUIET);

  assert.equal(off.ring, 0);
  assert.equal(on.ring, 0);
  assert.equal(onList(on.alerts, [waits("c")], MINE, START + QUIET).ring, 1);
});

test("the title has a number and nothing else", () => {
  assert.equal(titleText(0, 0), "Kentering");
  assert.equal(titleText(2, 1), "(3) Kentering");
});
