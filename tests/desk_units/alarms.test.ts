// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { AlarmKind } from "../../chat/browser/wire.gen.ts";
import type { Alarms } from "../../counsellor_ui/src/state/alarms.ts";
import {
  ALARM_KEPT,
  ANSWERED_SHOWN,
  answered,
  called,
  NO_ALARMS,
  onClock,
  putAway,
  rang,
  unanswered,
  waitsFor,
} from "../../counsellor_ui/src/state/alarms.ts";

const START = 10_000_000;
const ME = "me";
const alarm = (id: string, age = 0, staff = "ben") => ({ id, kind: AlarmKind.HELP, sid: null, staff, age });
const two = (): Alarms => rang(rang(NO_ALARMS, alarm("x", 1_000), START), alarm("y", 5_000), START);

test("the oldest that nobody is on stands first, and one that comes again is there once", () => {
  const ids = rang(two(), alarm("x"), START).shown.map(({ id }) => id);

  assert.deepEqual(ids, ["y", "x"]);
});

test("an answered alarm goes behind, rings no more, and leaves by itself", () => {
  const alarms = answered(two(), "y", "carla", ME, START);

  assert.deepEqual(
    alarms.shown.map(({ id, answeredBy }) => [id, answeredBy]),
    [
      ["x", null],
      ["y", "carla"],
    ],
  );
  assert.equal(unanswered(alarms), 1);
  assert.equal(onClock(alarms, START + ANSWERED_SHOWN - 1), alarms);
  assert.deepEqual(
    onClock(alarms, START + ANSWERED_SHOWN).shown.map(({ id }) => id),
    ["x"],
  );
});

test("nobody's alarm is in sight for longer than the service keeps it", () => {
  const late = onClock(two(), START + ALARM_KEPT - 1_000);

  assert.equal(late.shown.length, 0);
  assert.equal(putAway(two(), "x").shown.length, 1);
});

test("the answer to an alarm that never came here is the answer to our own call", () => {
  const calls = called(NO_ALARMS, "a", START);

  assert.equal(waitsFor(calls, "a"), true);
  assert.equal(waitsFor(calls, "b"), false);
  assert.equal(called(calls, "a", START + 1), calls);
  assert.equal(answered(calls, "unknown", "carla", ME, START).own?.answeredBy, "carla");
});

test("the answer to a colleague's alarm is no answer to our own call; to our own alarm it is", () => {
  const calls = called(two(), "a", START);
  const own = rang(calls, alarm("z", 0, ME), START);

  assert.equal(answered(calls, "x", "carla", ME, START).own?.answeredBy, null);
  assert.equal(answered(own, "z", "carla", ME, START).own?.answeredBy, "carla");
});
