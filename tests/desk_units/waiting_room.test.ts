// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import type { WaitingEntry } from "../../chat/browser/wire.gen.ts";
import {
  answered,
  asked,
  EMPTY_ROOM,
  fromRoom,
  left,
  longest,
  nextOf,
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

const sid = (first: number): string => first.toString(16).padStart(2, "0").repeat(16);

test("waiting is counted from this browser's clock, in the server's order", () => {
  const room = fromRoom(EMPTY_ROOM, [entry(1, 30), entry(2, 90)], 7, NOW);

  assert.deepEqual(room, {
    entries: [
      { sid: sid(1), language: "nl", since: NOW - 30_000, present: true },
      { sid: sid(2), language: "nl", since: NOW - 90_000, present: true },
    ],
    total: 7,
    taking: [],
  });
});

test("help next takes the first who is there and is not being taken", () => {
  const room = fromRoom(EMPTY_ROOM, [entry(1, 90, false), entry(2, 60), entry(3, 30)], 3, NOW);

  assert.equal(nextOf(room)?.sid, sid(2));
  assert.equal(nextOf(asked(room, sid(2)))?.sid, sid(3));
  assert.equal(nextOf(fromRoom(EMPTY_ROOM, [entry(1, 90, false)], 1, NOW)), null);
});

test("who left the room is not next, and not counted", () => {
  const room = fromRoom(EMPTY_ROOM, [entry(1, 90), entry(2, 60)], 52, NOW);

  assert.equal(nextOf(left(room, sid(1)))?.sid, sid(2));
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
