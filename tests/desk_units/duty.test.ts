// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import type { WaitingEntry } from "../../chat/browser/wire.gen.ts";
import { DutyStatus } from "../../chat/browser/wire.gen.ts";
import type { Desk, DeskEvent } from "../../counsellor_ui/src/state/desk.ts";
import { EMPTY_DESK, step } from "../../counsellor_ui/src/state/desk.ts";
import type { Duty, Hindrance } from "../../counsellor_ui/src/state/duty.ts";
import { held, hindrance, OFF_DUTY, remembered, told } from "../../counsellor_ui/src/state/duty.ts";

const START = 1_000_000;
const ON: Duty = told(OFF_DUTY, { status: DutyStatus.ON, languages: ["nl", "fr"], cap: 2, heavy: 0 }, START);

function entry(n: number, language: string, present = true): WaitingEntry {
  return {
    sid: new Uint8Array(16).fill(n),
    language,
    waited: 60,
    present,
    about: 0,
    urgency: 1,
    first: false,
  };
}

const room = (entries: readonly WaitingEntry[], total = entries.length): DeskEvent => ({
  kind: "room",
  entries,
  total,
});
const after = (...events: DeskEvent[]): Desk =>
  events.reduce((desk, event) => step(desk, event, START), EMPTY_DESK);
const came = (sid: string): DeskEvent => ({ kind: "came", from: { sid, language: "nl", present: true } });

test("help next says why it can't, and the first reason is the one to do something about", () => {
  const waiting = room([entry(1, "nl")]);
  const full = after(waiting, came("a"), came("b"));
  const told: readonly (readonly [Hindrance | null, Duty, Desk, boolean])[] = [
    ["not_connected", OFF_DUTY, after(waiting), false],
    ["off_duty", OFF_DUTY, full, true],
    ["on_break", { ...ON, status: DutyStatus.BREAK }, full, true],
    ["asked", ON, step(full, { kind: "next", asked: true }, START), true],
    ["cap", ON, full, true],
    ["nobody_waits", ON, after(room([])), true],
    ["other_languages", ON, after(room([entry(1, "de")])), true],
    ["all_away", ON, after(room([entry(1, "nl", false), entry(2, "de")])), true],
    [null, ON, after(waiting), true],
  ];

  for (const [expected, duty, desk, connected] of told)
    assert.equal(hindrance(duty, desk, connected), expected);
});

test("beyond the first fifty only the server knows who waits", () => {
  assert.equal(hindrance(ON, after(room([entry(1, "de")], 51)), true), null);
});

test("an ended conversation takes no place of the cap", () => {
  const over: DeskEvent = { kind: "conversation", sid: "a", event: { kind: "ended", ending: "we_ended" } };
  const desk = after(room([entry(1, "nl")]), came("a"), came("b"), over);

  assert.equal(held(desk), 1);
  assert.equal(hindrance(ON, desk, true), null);
});

test("a status keeps its beginning when the server says the same again", () => {
  const again = told({ ...ON, asked: true }, { ...ON, heavy: 1 }, START + 5_000);
  const away = told(again, { ...ON, status: DutyStatus.BREAK }, START + 9_000);

  assert.deepEqual([again.since, again.heavy, again.asked], [START, 1, false]);
  assert.equal(away.since, START + 9_000);
});

test("the ticks of last time are offered, of the languages there are; all of them the first time", () => {
  assert.deepEqual(remembered(["fr", "xx"], ["nl", "fr"]), ["fr"]);
  assert.deepEqual(remembered([], ["nl", "fr"]), ["nl", "fr"]);
  assert.deepEqual(remembered(["xx"], ["nl", "fr"]), ["nl", "fr"]);
});

test("an answer to help next frees the button, and a refusal says why", () => {
  const asked = after({ kind: "next", asked: true });
  const refused = step(asked, { kind: "next", asked: false, notice: "cap" }, START);

  assert.deepEqual([asked.room.askedNext, asked.notice], [true, null]);
  assert.deepEqual([refused.room.askedNext, refused.notice], [false, "cap"]);
});
