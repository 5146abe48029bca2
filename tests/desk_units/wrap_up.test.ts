// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { Risk } from "../../chat/browser/wire.gen.ts";
import type { Conversation, ConversationEvent } from "../../counsellor_ui/src/state/conversation.ts";
import { begin, step, wasHeavy, wasHeld } from "../../counsellor_ui/src/state/conversation.ts";
import type { WrapUp, WrapUpChange } from "../../counsellor_ui/src/state/wrap_up.ts";
import { changed, fresh, isWhole, nextTry } from "../../counsellor_ui/src/state/wrap_up.ts";

const START = 1_000_000;
const FROM = { sid: "a", label: { colour: "blue", number: 1 }, language: "nl", present: true } as const;
const LINE: ConversationEvent = {
  kind: "line",
  seen: true,
  line: {
    mid: "m",
    from: "peer",
    kind: "text",
    text: "The weather is mild",
    state: "delivered",
    seq: 1,
    at: 1,
  },
};
const ENDED: ConversationEvent = { kind: "ended", ending: "they_ended" };
const BEGINS: ConversationEvent = { kind: "wrap_up_begins", id: "1", risk: "none" };

const after = (...events: ConversationEvent[]): Conversation =>
  events.reduce((c, event) => step(c, event, START), begin(FROM, START));
const made = (...changes: WrapUpChange[]): WrapUp => changes.reduce(changed, fresh("1", null, false));
const WHOLE: readonly WrapUpChange[] = [
  { kind: "matter", code: "m" },
  { kind: "risk", code: "r" },
  { kind: "outcome", code: "o" },
];

test("it can be sent once the first three are chosen", () => {
  assert.equal(isWhole(made(...WHOLE)), true);
  for (const left of WHOLE) assert.equal(isWhole(made(...WHOLE.filter((one) => one !== left))), false);
  assert.equal(made({ kind: "sending" }).state, "open");
});

test("while it is being sent nothing changes; after a failed try everything can", () => {
  const sending = made(...WHOLE, { kind: "sending" });

  assert.equal(changed(sending, { kind: "matter", code: "other" }), sending);
  const unsent = changed(sending, { kind: "unsent" });
  assert.equal(changed(unsent, { kind: "matter", code: "other" }).matter, "other");
  assert.equal(unsent.id, sending.id);
});

test("referrals are ticked and unticked", () => {
  const both = made({ kind: "referred", code: "x", on: true }, { kind: "referred", code: "y", on: true });

  assert.deepEqual(both.referred, ["x", "y"]);
  assert.deepEqual(changed(both, { kind: "referred", code: "x", on: false }).referred, ["y"]);
});

test("tries come further and further apart, a minute at most", () => {
  assert.deepEqual([0, 1, 2, 50].map(nextTry), [2_000, 4_000, 8_000, 60_000]);
});

test("a wrap-up begins after the end and keeps its id", () => {
  assert.equal(after(LINE, BEGINS).wrapUp, null);
  const over = after(LINE, ENDED, BEGINS, { kind: "wrap_up_begins", id: "2", risk: null });

  assert.deepEqual([over.wrapUp?.id, over.wrapUp?.risk, over.wrapUp?.heavy], ["1", "none", false]);
  assert.equal(wasHeld(after(ENDED)), false);
});

test("a flag or a boundary makes a contact heavy, until the counsellor says otherwise; a boundary stays one", () => {
  const concern: ConversationEvent = { kind: "risk", risk: Risk.CONCERN };
  const light: ConversationEvent = { kind: "wrap_up", change: { kind: "heavy", on: false } };

  assert.equal(wasHeavy(after(LINE, ENDED, BEGINS)), false);
  assert.equal(wasHeavy(after(LINE, concern, ENDED, BEGINS)), true);
  assert.equal(wasHeavy(after(LINE, concern, ENDED, BEGINS, light)), false);
  assert.equal(wasHeavy(after(LINE, { kind: "boundary" }, ENDED, BEGINS, light)), true);
});

test("ticks of the checklist stay with the conversation", () => {
  const ticked = after({ kind: "tick", code: "0", on: true }, { kind: "tick", code: "2", on: true }, ENDED);

  assert.deepEqual(ticked.ticks, ["0", "2"]);
  assert.deepEqual(step(ticked, { kind: "tick", code: "0", on: false }, START).ticks, ["2"]);
});
