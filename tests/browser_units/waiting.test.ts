// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { openingHere } from "../../chat/browser/help_seeker/opens.ts";
import type { Said } from "../../chat/browser/help_seeker/said.ts";
import { type Event, first, type State, step } from "../../chat/browser/help_seeker/state.ts";
import { againTexts, goodTimes } from "../../chat/browser/help_seeker/views/again.ts";
import { likely } from "../../chat/browser/help_seeker/views/waiting.ts";
import { WaitingRoom } from "../../chat/browser/help_seeker/waiting_room.ts";
import { t, tn } from "../../chat/browser/texts.ts";
import { About, ErrorCode, type FromHelpSeeker, Phase, Urgency } from "../../chat/browser/wire.gen.ts";

const ACUTE: Said = { about: About.ME, urgency: Urgency.ACUTE };
const CALM: Said = { about: About.ME, urgency: Urgency.CAN_WAIT };

function room(): { waiting: WaitingRoom; sent: FromHelpSeeker[]; told: Event[] } {
  const sent: FromHelpSeeker[] = [];
  const told: Event[] = [];
  return {
    waiting: new WaitingRoom(
      (frame) => sent.push(frame),
      (event) => told.push(event),
    ),
    sent,
    told,
  };
}

test("a tap is shown at once, sent, and sent again after every welcome until it was heard", () => {
  const { waiting, sent, told } = room();
  waiting.describe(ACUTE);
  waiting.welcomed(Phase.WAITING);

  assert.deepEqual(told, [{ kind: "described", said: ACUTE, heard: false }]);
  assert.deepEqual(sent, [
    { frame: "Describe", ...ACUTE },
    { frame: "Describe", ...ACUTE },
  ]);

  waiting.take({ frame: "Described", ...ACUTE });
  waiting.welcomed(Phase.WAITING);
  waiting.again();

  assert.equal(sent.length, 2);
  assert.deepEqual(told.at(-1), { kind: "described", said: ACUTE, heard: true });
});

test("an answer to an earlier tap does not undo a later one", () => {
  const { waiting, told } = room();
  waiting.describe(ACUTE);
  waiting.describe(CALM);
  waiting.take({ frame: "Described", ...ACUTE });

  assert.deepEqual(told.at(-1), { kind: "described", said: CALM, heard: false });

  waiting.take({ frame: "Described", ...CALM });
  waiting.take({ frame: "Described", ...ACUTE }); // said in another tab that has the place since

  assert.deepEqual(told.at(-1), { kind: "described", said: ACUTE, heard: true });
});

for (const [how, comes] of [
  ["a welcome says so", (waiting: WaitingRoom) => waiting.welcomed(Phase.MATCHED)],
  ["an offer", (waiting: WaitingRoom) => waiting.offered()],
] as const) {
  test(`what was not heard is not said to whoever came meanwhile, nor shown as said: ${how}`, () => {
    const { waiting, sent, told } = room();
    waiting.take({ frame: "Described", ...CALM });
    waiting.describe(ACUTE);
    comes(waiting);
    waiting.welcomed(Phase.WAITING);

    assert.equal(sent.length, 1);
    assert.deepEqual(told.filter((event) => event.kind === "described").at(-1), {
      kind: "described",
      said: CALM,
      heard: true,
    });
  });
}

test("a range, and that nobody can say", () => {
  const { waiting, told } = room();
  waiting.take({ frame: "Expected", least: 3, most: 10 });
  waiting.take({ frame: "Expected", least: 20, most: null });
  waiting.take({ frame: "Expected", least: null, most: null });

  assert.deepEqual(told, [
    { kind: "expected", expected: { least: 3, most: 10 } },
    { kind: "expected", expected: { least: 20, most: null } },
    { kind: "expected", expected: null },
  ]);
  assert.match(likely({ t, tn }, { least: 0, most: 1 }), /in less than 1 minute\.$/);
  assert.match(likely({ t, tn }, { least: 3, most: 10 }), /in 3 to 10 minutes\.$/);
  assert.match(likely({ t, tn }, { least: 20, most: null }), /^It will probably take more than 20 minutes/);
  assert.match(likely({ t, tn }, null), /^We can't say/);
});

const WAITING: State = { ...first, at: "waiting", ahead: 0, expected: { least: 0, most: 3 } };

test("a place that goes back after one's own tap is nobody else's doing", () => {
  const tapped = step(WAITING, { kind: "described", said: CALM, heard: false });
  const back = step(tapped, { kind: "position", ahead: 1 });

  assert.equal(back.movedBack, false);
  assert.equal(step(back, { kind: "position", ahead: 2 }).movedBack, true);
});

test("the same said again changes nothing at all", () => {
  const tapped = step(WAITING, { kind: "described", said: CALM, heard: true });

  assert.equal(step(tapped, { kind: "described", said: { ...CALM }, heard: true }), tapped);
});

test("that it was heard says nothing of the place", () => {
  const tapped = step(WAITING, { kind: "described", said: CALM, heard: false });
  const placed = step(tapped, { kind: "position", ahead: 1 });
  const heard = step(placed, { kind: "described", said: CALM, heard: true });

  assert.deepEqual(heard, { ...placed, heard: true });
});

test("a connection that is new says only that nobody is on duty, so somebody is until then", () => {
  const alone = step(WAITING, { kind: "attended", anybody: false });
  for (const phase of [Phase.WAITING, Phase.MATCHED, Phase.OPEN])
    assert.equal(step(alone, { kind: "welcome", phase, present: false, keeps: true }).attended, true);
});

test("a range of before is not shown after coming back, nor after a counsellor was lost", () => {
  const welcome: Event = { kind: "welcome", phase: Phase.WAITING, present: false, keeps: true };

  assert.equal(step(WAITING, welcome).expected, null);
  assert.equal(step({ ...WAITING, at: "matched" }, { kind: "back", why: null, name: null }).expected, null);
});

const NOW = new Date("2026-11-27T18:00:00Z");
const UNTIL = new Date("2026-11-27T22:00:00Z");
const OPENS = new Date("2026-11-29T15:00:00Z");

test("the next good time, as the hours say", () => {
  const said = (until: Date | null, opens: Date | null, attended = true): string[] =>
    goodTimes({ t, openingHere }, { until, opens }, attended, "en", NOW);

  assert.equal(said(UNTIL, OPENS).length, 2);
  assert.match(said(UNTIL, OPENS)[0] ?? "", /^We are open until .+\.$/);
  assert.match(said(UNTIL, OPENS)[1] ?? "", /^After that we open again: .*November.*\.$/);
  assert.match(said(UNTIL, OPENS, false)[0] ?? "", /^Somebody may still come: our hours go on until .+\.$/);
  assert.deepEqual(said(UNTIL, OPENS, false)[1], said(UNTIL, OPENS)[1]);
  assert.deepEqual(said(null, OPENS, false), said(null, OPENS));
  assert.match(said(null, OPENS)[0] ?? "", /^We open again: .*November.*\.$/);
  assert.deepEqual(said(null, null), []);
  assert.deepEqual(said(new Date(0), null), []); // the page was loaded long ago
});

test("who stops waiting is not blamed, and who could not start is told when", () => {
  const kit = { t, ErrorCode };
  const left: State = { ...first, at: "ended", ending: "you" };
  const anna = { alias: "Anna", fingerprint: "" };
  const times = (attended: boolean): string[] => [attended ? "open" : "may open"];
  const said = (state: State): readonly string[] => againTexts(kit, state, times);
  const refused = (refusal: State["refusal"]): State => ({ ...first, at: "refused", refusal });
  const kind = "That is all right. You can start again at any time somebody is here.";

  assert.deepEqual(said(left), [kind, "open"]);
  assert.deepEqual(said({ ...left, attended: false }), [kind, "may open"]);
  assert.deepEqual(said({ ...left, counsellor: anna }), []);
  assert.deepEqual(said({ ...left, ending: "away" }), []);
  assert.deepEqual(said(refused(ErrorCode.CLOSED_INTAKE)), ["may open"]);
  assert.deepEqual(said(refused(ErrorCode.ROOM_FULL)), ["open"]);
  assert.deepEqual(said(refused("load")), []);
});
