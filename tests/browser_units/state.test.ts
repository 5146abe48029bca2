// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type At,
  type Event,
  first,
  notDelivered,
  type State,
  step,
  talking,
} from "../../chat/browser/help_seeker/state.ts";
import type { Line } from "../../chat/browser/sealing/types.ts";
import { EndedBy, ErrorCode, Phase } from "../../chat/browser/wire.gen.ts";

const ANNA = { alias: "Anna", fingerprint: "11111 22222 33333 44444 55555 66666" };
const LINE: Line = {
  mid: "a",
  from: "own",
  kind: "text",
  text: "The weather is mild",
  state: "kept",
  seq: 1,
  at: 0,
};

const STATES: Record<At, State> = {
  first,
  continue: { ...first, at: "continue" },
  connecting: { ...first, at: "connecting" },
  waiting: { ...first, at: "waiting", ahead: 2 },
  matched: { ...first, at: "matched" },
  open: { ...first, at: "open", counsellor: ANNA, present: true, lines: [LINE] },
  away: { ...first, at: "away", counsellor: ANNA, lines: [LINE] },
  ended: { ...first, at: "ended", ending: "you", lines: [LINE] },
  lost: { ...first, at: "lost", ending: "lost", erased: true },
  superseded: { ...first, at: "superseded" },
  refused: { ...first, at: "refused", refusal: ErrorCode.ROOM_FULL },
};

const EVENTS = {
  found: { kind: "found" },
  start: { kind: "start" },
  again: { kind: "again" },
  welcomeWaiting: { kind: "welcome", phase: Phase.WAITING, present: false, keeps: true },
  welcomeMatched: { kind: "welcome", phase: Phase.MATCHED, present: true, keeps: true },
  welcomeOpen: { kind: "welcome", phase: Phase.OPEN, present: true, keeps: true },
  welcomeOpenAway: { kind: "welcome", phase: Phase.OPEN, present: false, keeps: true },
  offered: { kind: "offered" },
  back: { kind: "back" },
  active: { kind: "active", counsellor: ANNA },
  here: { kind: "presence", present: true },
  notHere: { kind: "presence", present: false },
  ending: { kind: "ending" },
  peerEnded: { kind: "peerEnded" },
  dead: { kind: "dead" },
  closed: { kind: "closed", by: EndedBy.IDLE },
  closedLost: { kind: "closed", by: EndedBy.LOST },
  superseded: { kind: "superseded" },
  refused: { kind: "refused", refusal: ErrorCode.CLOSED_INTAKE },
} satisfies Record<string, Event>;

type Name = keyof typeof EVENTS;

const OVER = {
  ending: "ended",
  peerEnded: "ended",
  dead: "ended",
  closed: "ended",
  closedLost: "lost",
  superseded: "superseded",
  refused: "refused",
} as const;

/** Where each event leads; what is not written down changes nothing. */
const TABLE: Record<At, Partial<Record<Name, At>>> = {
  first: { found: "continue", start: "connecting" },
  continue: { start: "connecting", again: "first" },
  connecting: {
    welcomeWaiting: "waiting",
    welcomeMatched: "matched",
    welcomeOpen: "matched",
    welcomeOpenAway: "matched",
    active: "open",
    again: "first",
    ...OVER,
  },
  waiting: {
    welcomeMatched: "matched",
    welcomeOpen: "matched",
    welcomeOpenAway: "matched",
    offered: "matched",
    active: "open",
    ...OVER,
  },
  matched: { welcomeWaiting: "waiting", back: "waiting", active: "open", ...OVER },
  open: {
    welcomeWaiting: "waiting",
    welcomeMatched: "matched",
    welcomeOpenAway: "away",
    back: "waiting",
    notHere: "away",
    ...OVER,
  },
  away: {
    welcomeWaiting: "waiting",
    welcomeMatched: "matched",
    welcomeOpen: "open",
    back: "waiting",
    active: "open",
    here: "open",
    ...OVER,
  },
  ended: { again: "first" },
  lost: { again: "first" },
  superseded: { start: "connecting", again: "first" },
  refused: { start: "connecting", again: "first" },
};

for (const at of Object.keys(STATES) as At[]) {
  test(`every event at "${at}"`, () => {
    for (const name of Object.keys(EVENTS) as Name[]) {
      assert.equal(step(STATES[at], EVENTS[name]).at, TABLE[at][name] ?? at, name);
    }
  });
}

test("an event that does not fit leaves the very same value", () => {
  for (const at of ["first", "continue", "ended", "superseded", "refused"] as const) {
    assert.equal(step(STATES[at], EVENTS.active), STATES[at]);
    assert.equal(step(STATES[at], { kind: "line", line: LINE }), STATES[at]);
  }
});

test("the place going back is said, the place going forward is not", () => {
  const ahead = (state: State, n: number): State => step(state, { kind: "position", ahead: n });
  const once = ahead(STATES.waiting, 1);

  assert.deepEqual([once.ahead, once.movedBack], [1, false]);
  assert.deepEqual([ahead(once, 2).ahead, ahead(once, 2).movedBack], [2, true]);
  assert.equal(ahead(ahead(once, 2), 2).movedBack, false);
});

test("only the sealed word says that the counsellor ended it", () => {
  const { ending } = step(STATES.open, { kind: "closed", by: EndedBy.COUNSELLOR });
  assert.equal(ending, "serverSaysCounsellor");

  const said = step(STATES.open, { kind: "peerEnded" });
  const confirmed = step(said, { kind: "closed", by: EndedBy.COUNSELLOR });

  assert.deepEqual([said.ending, said.erased], ["counsellor", false]);
  assert.deepEqual([confirmed.ending, confirmed.erased], ["counsellor", true]);
});

test("ended by oneself: the deletion counts once the server said so", () => {
  const ended = step(STATES.open, { kind: "ending" });

  assert.deepEqual([ended.ending, ended.erased], ["you", false]);
  assert.equal(step(ended, { kind: "closed", by: EndedBy.HELP_SEEKER }).erased, true);
});

test("superseded keeps nothing of the conversation on this screen", () => {
  assert.deepEqual(step(STATES.open, { kind: "superseded" }), { ...first, at: "superseded" });
});

test("lines come, change their state, and what was not delivered is listed at the end", () => {
  const peer: Line = { ...LINE, mid: "b", from: "peer", state: "delivered" };
  const events: Event[] = [
    { kind: "line", line: peer },
    { kind: "line", line: { ...LINE, mid: "c" } },
    { kind: "lineState", mid: "a", state: "delivered" },
    { kind: "lineState", mid: "c", state: "sent" },
    { kind: "ending" },
  ];
  const state = events.reduce(step, STATES.open);

  assert.deepEqual(
    state.lines.map((line) => [line.mid, line.state]),
    [
      ["a", "delivered"],
      ["b", "delivered"],
      ["c", "sent"],
    ],
  );
  assert.deepEqual(
    notDelivered(state).map((line) => line.mid),
    ["c"],
  );
});

test("a typing hint stands only while the counsellor is there, and ends with the line", () => {
  const typing = step(STATES.open, { kind: "typing", typing: true });

  assert.equal(typing.typing, true);
  assert.equal(step(typing, { kind: "presence", present: false }).typing, false);
  assert.equal(step(typing, { kind: "line", line: { ...LINE, from: "peer" } }).typing, false);
  assert.equal(step(typing, { kind: "line", line: LINE }).typing, true);
  assert.equal(step(STATES.waiting, { kind: "typing", typing: true }).typing, false);
});

test("one's own network is beside the state", () => {
  for (const at of Object.keys(STATES) as At[]) {
    const next = step(STATES[at], { kind: "link", link: "down" });
    assert.deepEqual([next.at, next.link], [at, "down"]);
  }
});

test("one can write from the waiting room on", () => {
  const can = (Object.keys(STATES) as At[]).filter(talking);

  assert.deepEqual(can, ["waiting", "matched", "open", "away"]);
});
