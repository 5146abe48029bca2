// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import type { WaitingEntry } from "../../chat/browser/wire.gen.ts";
import {
  answered,
  asked,
  byLanguage,
  EMPTY_ROOM,
  fromRoom,
  left,
  longest,
} from "../../counsellor_ui/src/state/waiting_room.ts";

const NOW = 10_000_000;

function entry(first: number, waited: number, present = true): WaitingEntry {
  return {
    sid: new Uint8Array(16).fill(first),
    language: "nl",
    waited,
    present,
    about: 0,
    urgency: 1,
    first: false,
  };
}

const declared = { language: "nl", present: true, about: 0, urgency: 1, first: false };
const sid = (first: number): string => first.toString(16).padStart(2, "0").repeat(16);

test("waiting is counted from this browser's clock, in the server's order", () => {
  const room = fromRoom(EMPTY_ROOM, [entry(1, 30), entry(2, 90)], 7, NOW);

  assert.deepEqual(room, {
    entries: [
      { sid: sid(1), since: NOW - 30_000, ...declared },
      { sid: sid(2), since: NOW - 90_000, ...declared },
    ],
    total: 7,
    taking: [],
    askedNext: false,
  });
});

test("who left the room is not listed, and not counted", () => {
  const room = fromRoom(EMPTY_ROOM, [entry(1, 90), entry(2, 60)], 52, NOW);

  assert.deepEqual(
    left(room, sid(1)).entries.map((one) => one.sid),
    [sid(2)],
  );
  assert.equal(left(room, sid(1)).total, 51);
  assert.equal(left(room, sid(9)), room);
});

test("what waits longest stands out wherever it is, unless it is away", () => {
  const room = fromRoom(EMPTY_ROOM, [entry(1, 30), entry(2, 90), entry(3, 400, false)], 3, NOW);

  assert.equal(longest(room)?.sid, sid(2));
  assert.equal(longest(EMPTY_ROOM), null);
});

test("asking twice is asking once, and an answer to something else frees nothing", () => {
  const room = asked(asked(EMPTY_ROOM, "a"), "a");

  assert.deepEqual(room.taking, ["a"]);
  assert.deepEqual(answered(room, "b").taking, ["a"]);
  assert.deepEqual(answered(room, "a").taking, []);
});

test("a row that says the same stays the same row, so that it is not drawn again", () => {
  const before = fromRoom(EMPTY_ROOM, [entry(1, 30), entry(2, 90)], 2, NOW);
  const after = fromRoom(before, [entry(1, 31), entry(2, 91, false)], 2, NOW + 1_400);

  assert.equal(after.entries[0], before.entries[0]);
  assert.notEqual(after.entries[1], before.entries[1]);
});

test("languages are counted, most first", () => {
  const french = { ...entry(3, 10), language: "fr" };
  const room = fromRoom(EMPTY_ROOM, [french, entry(1, 30), entry(2, 90)], 3, NOW);

  assert.deepEqual(byLanguage(room), [
    ["nl", 2],
    ["fr", 1],
  ]);
});
