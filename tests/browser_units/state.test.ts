// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type At,
  canGoAgain,
  type Event,
  first,
  lastWords,
  notDelivered,
  type State,
  step,
  talking,
} from "../../chat/browser/help_seeker/state.ts";
import type { Line } from "../../chat/browser/sealing/types.ts";
import { EndedBy, ErrorCode, Left, Phase } from "../../chat/browser/wire.gen.ts";

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
  back: { kind: "back", why: Left.LOST, name: "Anna" },
  active: { kind: "active", counsellor: ANNA, share: false },
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

test("what the counsellor wrote last is still there after their end, and after no other", () => {
  const peer = (mid: string): Line => ({ ...LINE, mid, from: "peer", state: "delivered" });
  const open = { ...STATES.open, lines: [peer("a"), LINE, peer("b"), peer("c")] };
  const after = (...events: Event[]): string[] => lastWords(events.reduce(step, open)).map(({ mid }) => mid);

  assert.deepEqual(after({ kind: "peerEnded" }), ["b", "c"]);
  assert.deepEqual(after({ kind: "closed", by: EndedBy.COUNSELLOR }), ["b", "c"]);
  assert.deepEqual(after({ kind: "closed", by: EndedBy.IDLE }), []);
  assert.deepEqual(after({ kind: "ending" }), []);
  assert.deepEqual(after(), []);
});

test("a typing hint stands only while the counsellor is there, and ends with the line", () => {
  const typing = step(STATES.open, { kind: "typing", typing: true });

  assert.equal(typing.typing, true);
  assert.equal(step(typing, { kind: "presence", present: false }).typing, false);
  assert.equal(step(typing, { kind: "line", line: { ...LINE, from: "peer" } }).typing, false);
  assert.equal(step(typing, { kind: "line", line: LINE }).typing, true);
  assert.equal(step(STATES.waiting, { kind: "typing", typing: true }).typing, false);
});

test("lost, and found: why and who is kept until somebody is here, and both are noted", () => {
  const lost = step(STATES.open, EVENTS.back);
  assert.deepEqual(
    [lost.at, lost.counsellor, lost.back, lost.present],
    ["waiting", null, { why: Left.LOST, name: "Anna" }, false],
  );
  // Told again after a reload or a new connection: nothing is noted twice, and the reason stays.
  assert.deepEqual(step(lost, { kind: "back", why: null, name: "Anna" }), lost);
  const declined = step(step(lost, EVENTS.offered), { kind: "back", why: Left.DECLINED, name: null });
  assert.deepEqual([declined.at, declined.back], ["waiting", { why: Left.DECLINED, name: "Anna" }]);

  const ben = { ...ANNA, alias: "Ben" };
  const found = step(declined, { kind: "active", counsellor: ben, share: true });
  assert.deepEqual([found.at, found.back, found.share], ["open", null, true]);
  assert.deepEqual(
    found.notes.map(({ what, name }) => [what, name]),
    [
      ["lost", "Anna"],
      ["came", "Ben"],
    ],
  );
});

test("a resume of the same counsellor notes nothing; another is named with whom they came after", () => {
  assert.deepEqual(step(STATES.open, EVENTS.active).notes, []);

  const ben = { ...ANNA, alias: "Ben" };
  const [note] = step(STATES.open, { kind: "active", counsellor: ben, share: false }).notes;
  assert.deepEqual(note, { what: "moved", name: "Ben", other: "Anna", after: 1 });
});

test("a supervisor is noted when joining and leaving, and not when a reload only found her", () => {
  const carla = { ...ANNA, alias: "Carla" };
  const found = step(STATES.connecting, { kind: "supervisor", supervisor: carla, why: null });
  assert.deepEqual([found.supervisor, found.notes], [carla, []]);

  const here = step(STATES.open, { kind: "supervisor", supervisor: carla, why: null });
  const resumed = step(here, { kind: "supervisor", supervisor: carla, why: null });
  const gone = step(resumed, { kind: "supervisor", supervisor: null, why: Left.BY_ITSELF });
  assert.deepEqual(
    gone.notes.map(({ what, name, other }) => [what, name, other]),
    [
      ["joined", "Carla", null],
      ["left", "Carla", "Anna"],
    ],
  );
  assert.deepEqual(step(gone, { kind: "supervisor", supervisor: null, why: Left.LAPSED }).notes, gone.notes);
});

test("questions stand in the order they were asked, one of a key, until they are settled or it is over", () => {
  const question = (key: string) => ({ kind: "asked", question: { kind: "back", key } }) as const;
  const keys = (state: State) => state.questions.map(({ key }) => key);
  const both = [question("a"), question("b"), question("a")].reduce(step, STATES.open);

  assert.deepEqual(keys(both), ["b", "a"]);
  assert.deepEqual(keys(step(both, { kind: "settled", key: "b" })), ["a"]);
  assert.deepEqual(keys(step(both, { kind: "ending" })), []);
});

test("only what did not arrive can go again, and only when somebody is here", () => {
  const lost: Line = { ...LINE, state: "undelivered" };

  assert.equal(canGoAgain(STATES.open, lost), true);
  assert.equal(canGoAgain(STATES.waiting, lost), false);
  assert.equal(canGoAgain(STATES.open, LINE), false);
  assert.equal(canGoAgain(STATES.open, { ...lost, kind: "summary" }), false);
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
