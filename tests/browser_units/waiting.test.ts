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

  assert.deepEqual(told, [{ kind: "described", said: ACUTE }]);
  assert.deepEqual(sent, [
    { frame: "Describe", ...ACUTE },
    { frame: "Describe", ...ACUTE },
  ]);

  waiting.take({ frame: "Described", ...ACUTE });
  waiting.welcomed(Phase.WAITING);

  assert.equal(sent.length, 2);
});

test("an answer to an earlier tap does not undo a later one", () => {
  const { waiting, told } = room();
  waiting.describe(ACUTE);
  waiting.describe(CALM);
  waiting.take({ frame: "Described", ...ACUTE });

  assert.deepEqual(told.at(-1), { kind: "described", said: CALM });

  waiting.take({ frame: "Described", ...CALM });
  waiting.take({ frame: "Described", ...ACUTE }); // said in another tab that has the place since

  assert.deepEqual(told.at(-1), { kind: "described", said: ACUTE });
});

test("what was not heard is not said to whoever came meanwhile", () => {
  const { waiting, sent } = room();
  waiting.describe(ACUTE);
  waiting.welcomed(Phase.MATCHED);
  waiting.welcomed(Phase.WAITING);

  assert.equal(sent.length, 1);
});

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
  const tapped = step(WAITING, { kind: "described", said: CALM });
  const back = step(tapped, { kind: "position", ahead: 1 });

  assert.equal(back.movedBack, false);
  assert.equal(step(back, { kind: "position", ahead: 2 }).movedBack, true);
});

test("the same said again changes nothing at all", () => {
  const tapped = step(WAITING, { kind: "described", said: CALM });

  assert.equal(step(tapped, { kind: "described", said: { ...CALM } }), tapped);
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
  const said = (until: Date | null, opens: Date | null): string[] =>
    goodTimes({ t, openingHere }, { until, opens }, "en", NOW);

  assert.equal(said(UNTIL, OPENS).length, 2);
  assert.match(said(UNTIL, OPENS)[0] ?? "", /^We are open until .+\.$/);
  assert.match(said(UNTIL, OPENS)[1] ?? "", /^After that we open again: .*November.*\.$/);
  assert.match(said(null, OPENS)[0] ?? "", /^We open again: .*November.*\.$/);
  assert.deepEqual(said(null, null), []);
  assert.deepEqual(said(new Date(0), null), []); // the page was loaded long ago
});

test("who stops waiting is not blamed, and who could not start is told when", () => {
  const kit = { t, ErrorCode };
  const left: State = { ...first, at: "ended", ending: "you" };
  const anna = { alias: "Anna", fingerprint: "" };

  assert.deepEqual(againTexts(kit, left, ["later"]), [
    "That is all right. You can start again at any time somebody is here.",
    "later",
  ]);
  assert.deepEqual(againTexts(kit, { ...left, counsellor: anna }, ["later"]), []);
  assert.deepEqual(againTexts(kit, { ...left, ending: "away" }, ["later"]), []);
  for (const refusal of [ErrorCode.CLOSED_INTAKE, ErrorCode.ROOM_FULL])
    assert.deepEqual(againTexts(kit, { ...first, at: "refused", refusal }, ["later"]), ["later"]);
  assert.deepEqual(againTexts(kit, { ...first, at: "refused", refusal: "load" }, ["later"]), []);
});
