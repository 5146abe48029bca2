// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { EndedBy } from "../../chat/browser/wire.gen.ts";
import { KEEP_AFTER_END } from "../../counsellor_ui/src/state/conversation.ts";
import type { Desk, DeskEvent } from "../../counsellor_ui/src/state/desk.ts";
import { EMPTY_DESK, find, isInFront, step } from "../../counsellor_ui/src/state/desk.ts";
import type { Notice } from "../../counsellor_ui/src/state/notices.ts";

const START = 1_000_000;

function came(sid: string): DeskEvent {
  return { kind: "came", from: { sid, language: "nl", present: true } };
}

const after = (desk: Desk, ...events: DeskEvent[]): Desk =>
  events.reduce((now, event) => step(now, event, START), desk);

const three = (): Desk => after(EMPTY_DESK, came("a"), came("b"), came("c"));
const end = (sid: string): DeskEvent => ({
  kind: "conversation",
  sid,
  event: { kind: "ended", ending: EndedBy.COUNSELLOR },
});
const peerLine = (sid: string, mid: string): DeskEvent => ({
  kind: "conversation",
  sid,
  event: {
    kind: "line",
    seen: false,
    line: { mid, from: "peer", kind: "text", text: "The weather is mild", state: "delivered", seq: 1, at: 1 },
  },
});

test("on a screen with room for one thing, list and conversation take turns", () => {
  const taken = after(EMPTY_DESK, came("a"), came("b"));
  assert.equal(taken.listed, true);
  assert.equal(isInFront(taken, "a", false), true);
  assert.equal(isInFront(taken, "a", true), false); // behind the list: what comes there is new

  const chosen = step(taken, { kind: "select", sid: "b" }, 1);
  assert.equal(isInFront(chosen, "b", true), true);
  assert.equal(isInFront(chosen, "a", true), false);
  assert.equal(isInFront(step(chosen, { kind: "list" }, 2), "b", true), false);
  assert.equal(step(step(chosen, { kind: "list" }, 2), { kind: "turn", by: -1 }, 3).listed, false);
});

test("conversations stay in the order they came, the first is selected", () => {
  const desk = three();

  assert.deepEqual(
    desk.conversations.map(({ sid }) => sid),
    ["a", "b", "c"],
  );
  assert.equal(desk.selected, "a");
});

test("a conversation that comes twice is there once", () => {
  assert.equal(after(three(), came("b")).conversations.length, 3);
});

test("who is on the desk does not wait, even if a list made earlier says so", () => {
  const list: DeskEvent = {
    kind: "room",
    entries: [1, 2].map((n) => ({
      sid: new Uint8Array(16).fill(n),
      language: "nl",
      waited: 9,
      about: 0 as const,
      urgency: 1 as const,
      first: false,
      present: true,
    })),
    total: 2,
  };
  const sids = (desk: Desk): string[] => desk.room.entries.map(({ sid }) => sid);
  const [first, second] = [1, 2].map((n) => `0${n}`.repeat(16)) as [string, string];
  const taken = after(EMPTY_DESK, list, { kind: "asked", sid: first }, came(first));

  assert.deepEqual(sids(taken), [second]);
  assert.equal(taken.room.total, 1);
  assert.deepEqual(sids(after(taken, list)), [second]);
  assert.equal(after(taken, list).room.total, 1);
});

test("a welcome takes back that the service is in trouble, and no other notice", () => {
  const told = (notice: Notice): Desk => after(EMPTY_DESK, { kind: "notice", notice }, { kind: "welcomed" });

  assert.equal(told("store_lost").notice, null);
  assert.equal(told("ended_while_away").notice, "ended_while_away");
});

test("a label from the store is kept, but never one that is on the desk", () => {
  const label = { colour: "green", number: 7 } as const;
  const back: DeskEvent = { kind: "came", from: { sid: "d", language: "nl", present: true, label } };
  const again: DeskEvent = { kind: "came", from: { sid: "e", language: "nl", present: true, label } };
  const desk = after(EMPTY_DESK, back, again);

  assert.deepEqual(find(desk, "d")?.label, label);
  assert.notEqual(find(desk, "e")?.label.number, 7);
  assert.notEqual(find(desk, "e")?.label.colour, "green");
});

test("what happens in one conversation leaves every other the same object", () => {
  const before = three();
  const desk = after(before, peerLine("b", "m1"), {
    kind: "conversation",
    sid: "b",
    event: { kind: "draft", text: "The weather is mild" },
  });

  assert.equal(find(desk, "a"), find(before, "a"));
  assert.equal(find(desk, "c"), find(before, "c"));
  assert.equal(find(desk, "b")?.draft, "The weather is mild");
});

test("an event for a conversation that is not there changes nothing", () => {
  const desk = three();

  assert.equal(after(desk, peerLine("x", "m1")), desk);
  assert.equal(after(desk, { kind: "select", sid: "x" }), desk);
});

test("selecting reads, of this conversation only", () => {
  const desk = after(three(), peerLine("b", "m1"), peerLine("c", "m2"), { kind: "select", sid: "b" });

  assert.deepEqual(
    desk.conversations.map(({ unread }) => unread),
    [0, 0, 1],
  );
});

test("next and previous go round", () => {
  const at = (by: 1 | -1, desk: Desk): Desk => after(desk, { kind: "turn", by });
  const desk = three();

  assert.equal(at(1, desk).selected, "b");
  assert.equal(at(-1, desk).selected, "c");
  assert.equal(at(1, at(1, at(1, desk))).selected, "a");
  assert.equal(at(1, EMPTY_DESK), EMPTY_DESK);
});

test("done puts away what has ended, and nothing else", () => {
  const ended = after(three(), end("a"));

  assert.deepEqual(after(ended, { kind: "done", sid: "b" }), ended);
  const desk = after(ended, { kind: "done", sid: "a" });
  assert.deepEqual(
    desk.conversations.map(({ sid }) => sid),
    ["b", "c"],
  );
  assert.equal(desk.selected, "b");
});

test("the clock puts an ended text away after its time, not before", () => {
  const ended = after(three(), end("a"));
  const late = START + KEEP_AFTER_END;

  assert.equal(step(ended, { kind: "clock" }, late - 1), ended);
  assert.equal(find(step(ended, { kind: "clock" }, late), "a"), null);
  assert.equal(step(ended, { kind: "clock" }, late).conversations.length, 2);
});

test("what moved to another tab leaves this one at once", () => {
  assert.equal(find(after(three(), { kind: "moved", sid: "b" }), "b"), null);
});

test("a number is not used again in a tab", () => {
  const desk = after(three(), end("c"), { kind: "done", sid: "c" }, came("d"));

  assert.equal(find(desk, "d")?.label.number, 4);
});

test("asking marks the place; an answer of either kind frees it", () => {
  const asked = after(EMPTY_DESK, { kind: "asked", sid: "a" });
  const refused = after(asked, { kind: "refused", sid: "a", notice: "taken_by_another" });

  assert.deepEqual(asked.room.taking, ["a"]);
  assert.deepEqual(after(asked, came("a")).room.taking, []);
  assert.deepEqual(refused.room.taking, []);
  assert.equal(refused.notice, "taken_by_another");
});
