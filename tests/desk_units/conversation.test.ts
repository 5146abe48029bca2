// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Line } from "../../chat/browser/sealing/api.ts";
import { EndedBy } from "../../chat/browser/wire.gen.ts";
import type { Conversation, ConversationEvent } from "../../counsellor_ui/src/state/conversation.ts";
import {
  begin,
  FLICKER,
  gone,
  KEEP_AFTER_END,
  step,
  waiting,
} from "../../counsellor_ui/src/state/conversation.ts";

const START = 1_000_000;

const fresh = (): Conversation =>
  begin({ sid: "a1", label: { colour: "blue", number: 1 }, language: "nl", present: true }, START);

function line(mid: string, from: Line["from"], at: number, state: Line["state"] = "kept"): Line {
  return { mid, from, kind: "text", text: "The weather is mild", state, seq: 1, at };
}

const after = (c: Conversation, ...events: ConversationEvent[]): Conversation =>
  events.reduce((now, event) => step(now, event, START + 1), c);

const ENDED: ConversationEvent = { kind: "ended", ending: EndedBy.HELP_SEEKER };

test("a taken conversation is being taken, one from before a reload is resuming", () => {
  const from = { sid: "a1", label: { colour: "blue", number: 1 }, language: "nl", present: true } as const;

  assert.equal(begin(from, START).stage, "taking");
  assert.equal(begin({ ...from, resuming: true }, START).stage, "resuming");
});

test("every event in every stage: what it does to the stage", () => {
  const events: ConversationEvent[] = [
    { kind: "active" },
    { kind: "resuming" },
    { kind: "line", line: line("m1", "peer", 1), seen: false },
    { kind: "state", mid: "m1", state: "sent" },
    { kind: "typing" },
    { kind: "presence", present: false },
    { kind: "read" },
    { kind: "draft", text: "x" },
    { kind: "lane_full" },
    ENDED,
  ];
  const stages: Record<Conversation["stage"], Conversation> = {
    taking: fresh(),
    open: after(fresh(), { kind: "active" }),
    resuming: after(fresh(), { kind: "active" }, { kind: "resuming" }),
    ended: after(fresh(), ENDED),
  };
  const actual = Object.values(stages).map((c) => events.map((event) => after(c, event).stage));
  const same = (stage: string): string[] => Array<string>(7).fill(stage);

  assert.deepEqual(actual, [
    ["open", "taking", ...same("taking"), "ended"],
    ["open", "resuming", ...same("open"), "ended"],
    ["open", "resuming", ...same("resuming"), "ended"],
    ["ended", "ended", ...same("ended"), "ended"],
  ]);
});

test("a line that comes twice is shown once and counted once", () => {
  const twice: ConversationEvent = { kind: "line", line: line("m1", "peer", 5), seen: false };
  const c = after(fresh(), twice, twice);

  assert.equal(c.lines.length, 1);
  assert.equal(c.unread, 1);
});

test("what is seen is not unread, own lines never are, and reading clears the mark", () => {
  const c = after(
    fresh(),
    { kind: "line", line: line("m1", "peer", 5), seen: true },
    { kind: "line", line: line("m2", "own", 6), seen: false },
    { kind: "line", line: line("m3", "peer", 7), seen: false },
  );

  assert.equal(c.unread, 1);
  assert.equal(after(c, { kind: "read" }).unread, 0);
});

test("a state belongs to its line alone", () => {
  const c = after(
    fresh(),
    { kind: "line", line: line("m1", "own", 5), seen: true },
    { kind: "line", line: line("m2", "own", 6), seen: true },
    { kind: "state", mid: "m2", state: "delivered" },
    { kind: "state", mid: "m9", state: "delivered" },
  );

  assert.deepEqual(
    c.lines.map(({ state }) => state),
    ["kept", "delivered"],
  );
});

test("we are waited for since the first line we have not answered", () => {
  const c = after(
    fresh(),
    { kind: "line", line: line("m1", "peer", 100), seen: true },
    { kind: "line", line: line("m2", "own", 200), seen: true },
    { kind: "line", line: line("m3", "peer", 300), seen: true },
    { kind: "line", line: line("m4", "peer", 400), seen: true },
  );

  assert.deepEqual(waiting(c), { who: "us", since: 300_000 });
});

test("we wait since our first line that was not answered; before any line nobody waits", () => {
  const c = after(
    fresh(),
    { kind: "line", line: line("m1", "own", 100), seen: true },
    { kind: "line", line: line("m2", "own", 200), seen: true },
  );

  assert.deepEqual(waiting(c), { who: "them", since: 100_000 });
  assert.deepEqual(waiting(fresh()), { who: "nobody", since: START });
});

test("after the end no line comes in, no draft, no presence; a late state still does", () => {
  const c = after(fresh(), { kind: "line", line: line("m1", "own", 5), seen: true }, ENDED);
  const later = after(
    c,
    { kind: "line", line: line("m2", "peer", 6), seen: false },
    { kind: "draft", text: "x" },
    { kind: "presence", present: false },
    { kind: "state", mid: "m1", state: "undelivered" },
  );

  assert.deepEqual(later, { ...c, lines: [line("m1", "own", 5, "undelivered")] });
});

test("the channel's word about the end outweighs the server's, in whatever order they come", () => {
  const they: ConversationEvent = { kind: "ended", ending: "they_ended" };

  assert.equal(after(fresh(), ENDED, they).ending, "they_ended");
  assert.equal(after(fresh(), they, ENDED).ending, "they_ended");
  assert.equal(after(fresh(), { kind: "ended", ending: "we_ended" }, they).ending, "we_ended");
});

test("the text of an ended conversation has fifteen minutes", () => {
  const c = step(fresh(), ENDED, START);

  assert.equal(gone(fresh()), null);
  assert.equal(gone(c), START + KEEP_AFTER_END);
  assert.equal(KEEP_AFTER_END, 15 * 60 * 1000);
});

test("a full lane is said until something arrives", () => {
  const c = after(fresh(), { kind: "line", line: line("m1", "own", 5), seen: true }, { kind: "lane_full" });

  assert.equal(c.laneFull, true);
  assert.equal(after(c, { kind: "state", mid: "m1", state: "sent" }).laneFull, true);
  assert.equal(after(c, { kind: "state", mid: "m1", state: "delivered" }).laneFull, false);
});

test("writing is shown for a while, and no more once the line is there or the person is away", () => {
  const c = step(fresh(), { kind: "typing" }, START);

  assert.ok(c.typingUntil > START);
  assert.equal(after(c, { kind: "line", line: line("m1", "peer", 5), seen: true }).typingUntil, 0);
  assert.equal(after(c, { kind: "presence", present: false }).typingUntil, 0);
});

test("leaving and coming back stay in the text, where they happened", () => {
  const present = (c: Conversation, here: boolean, at: number): Conversation =>
    step(c, { kind: "presence", present: here }, at);
  let c = after(fresh(), { kind: "line", line: line("m1", "peer", 1), seen: true });
  c = present(c, false, 10_000);
  c = step(c, { kind: "line", line: line("m2", "own", 2), seen: true }, 20_000);
  c = present(present(c, true, 90_000), true, 95_000);

  assert.deepEqual(c.marks, [
    { present: false, at: 10_000, after: 1 },
    { present: true, at: 90_000, after: 2 },
  ]);
});

test("who was back for a moment and said nothing was away all along", () => {
  const present = (c: Conversation, here: boolean, at: number): Conversation =>
    step(c, { kind: "presence", present: here }, at);
  const away = present(fresh(), false, 10_000);
  const flickered = present(present(away, true, 50_000), false, 50_000 + FLICKER - 1);
  const wrote = step(
    present(away, true, 50_000),
    { kind: "line", line: line("m1", "peer", 55), seen: true },
    55_000,
  );

  assert.deepEqual(flickered.marks, away.marks);
  assert.equal(flickered.presentSince, 10_000);
  assert.equal(present(wrote, false, 60_000).marks.length, 3);
  assert.equal(present(present(away, true, 50_000), false, 50_000 + FLICKER).marks.length, 3);
});
