// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import type { BoardConversation, BoardPerson } from "../../chat/browser/wire.gen.ts";
import { DutyStatus, Risk } from "../../chat/browser/wire.gen.ts";
import { aliasOf, EMPTY_BOARD, fromBoard, onDuty } from "../../counsellor_ui/src/state/board.ts";

const id = (n: number): Uint8Array<ArrayBuffer> => new Uint8Array(16).fill(n);
const digits = (n: number): string => n.toString(16).padStart(2, "0").repeat(16);

function person(n: number, alias: string, status: DutyStatus, device = n): BoardPerson {
  return {
    staff: id(n),
    device: id(device),
    alias,
    supervisor: false,
    status,
    languages: ["nl"],
    since: 600,
    conversations: 1,
    heavy: 0,
  };
}

function talk(n: number, minutes: number, risk: Risk): BoardConversation {
  return { sid: id(n), staff: id(1), language: "nl", minutes, risk, supervisor: null };
}

test("on duty stands before a break and off; the most serious conversation before the longest", () => {
  const board = fromBoard(EMPTY_BOARD, {
    people: [
      person(1, "Dries", DutyStatus.OFF),
      person(2, "Carla", DutyStatus.BREAK),
      person(3, "Ben", DutyStatus.ON),
      person(4, "Anna", DutyStatus.ON),
    ],
    conversations: [talk(1, 5, Risk.NONE), talk(2, 50, Risk.NONE), talk(3, 1, Risk.IMMINENT)],
  });

  assert.deepEqual(
    board.people.map(({ alias }) => alias),
    ["Anna", "Ben", "Carla", "Dries"],
  );
  assert.deepEqual(
    board.talks.map(({ sid }) => sid),
    [digits(3), digits(2), digits(1)],
  );
  assert.equal(board.people[0]?.since, 600_000);
  assert.equal(aliasOf(board, digits(2)), "Carla");
  assert.equal(aliasOf(board, digits(9)), null);
});

test("what did not change is the same object, and so is not drawn again", () => {
  const people = [person(1, "Anna", DutyStatus.ON), person(2, "Ben", DutyStatus.ON)];
  const before = fromBoard(EMPTY_BOARD, { people, conversations: [talk(1, 5, Risk.NONE)] });
  const after = fromBoard(before, {
    people: [person(1, "Anna", DutyStatus.ON), person(2, "Ben", DutyStatus.BREAK)],
    conversations: [talk(1, 6, Risk.NONE)],
  });

  assert.equal(after.people[0], before.people[0]);
  assert.notEqual(after.people[1], before.people[1]);
  assert.notEqual(after.talks[0], before.talks[0]);
});

test("somebody at two devices is on duty once", () => {
  const people = [person(1, "Anna", DutyStatus.ON), person(1, "Anna", DutyStatus.ON, 7)];

  assert.equal(onDuty(fromBoard(EMPTY_BOARD, { people, conversations: [] })), 1);
});
