// SPDX-License-Identifier: AGPL-3.0-or-later
// Who gets which line: handover, supervisor (9.18), and what is said about them inside the channel.

import assert from "node:assert/strict";
import { test } from "node:test";
import { hex } from "../../chat/browser/sealing/bytes.ts";
import { identity, NOW, some } from "./people.ts";
import { say, states } from "./tab.ts";
import { World } from "./world.ts";

test("a handover: the newcomer gets nothing said before, and what Anna did not get stays undelivered", async () => {
  const { world, h, s } = await World.active();
  await say(h, "to Anna");
  await world.pump();
  await world.tick(3);
  await world.pump();
  s.kill();
  await say(h, "too late for Anna");
  world.staff = await identity("Ben");
  const ben = world.open("s");
  await world.connect(ben);
  await ben.run(ben.s.offer(2, 1));
  await world.pump();
  assert.deepEqual(
    h.changed("needsConsent").map((change) => change.alias),
    ["Ben"],
  );
  await h.run(h.h.consent(true));
  await world.pump();
  await say(h, "to Ben");
  const settled = await world.settle();

  assert.deepEqual(settled.s.shown(), ["to Ben"]);
  assert.deepEqual(states(h), ["delivered", "undelivered", "delivered"]);
  assert.equal(h.h.peer()?.alias, "Ben");
});

test("9.18 after a handover Anna's keys open nothing", async () => {
  const { world, h, s } = await World.active();
  const anna = await world.reload("s");
  s.kill();
  world.staff = await identity("Ben");
  const ben = world.open("s");
  await world.connect(ben);
  await ben.run(ben.s.offer(2, 1));
  await world.pump();
  await h.run(h.h.consent(true));
  await world.pump();
  h.outbox.length = 0;
  await say(h, "to Ben");
  for (const frame of h.outbox)
    if (frame.kind === "envelope") await anna.run(anna.seat.delivered(frame.envelope));

  assert.deepEqual(anna.shown(), []);
  assert.deepEqual(anna.changed("active"), []);
});

test("9.18 a supervisor gets what is passed on while there, nothing from before and nothing after", async () => {
  const { world: first, h, s } = await World.active();
  await say(s, "before");
  await first.pump();
  const second = await World.make({ slot: 1, seed: 5 });
  second.staff = await identity("Carla", 3);
  const [seat, carla] = [second.open("h"), second.open("s")];
  const passed = async () => {
    for (const line of h.seat.lines()) await seat.run(seat.h.relay(line.from === "own" ? "h" : 0, line));
  };
  await passed(); // there is no supervisor yet: it goes nowhere
  await second.connect(seat);
  await second.connect(carla);
  await carla.run(carla.s.offer(3, 0));
  await second.pump();
  await seat.run(seat.h.consent(true));
  await second.pump();
  await say(s, "while she is there");
  await say(h, "yes");
  await first.pump();
  const here = h.seat.lines().slice(1);
  assert.equal(here.length, 2);
  for (const line of [...here, ...here]) await seat.run(seat.h.relay(line.from === "own" ? "h" : 0, line));
  await seat.run(seat.h.room(true, true));
  await second.settle();

  const expected = here.map((line) => ["relay", line.from === "own" ? "h" : 0, line.text]);
  assert.deepEqual(
    carla.seat.lines().map((line) => [line.kind, line.origin, line.text]),
    expected,
  );
  assert.deepEqual(seat.seat.lines(), []);
  assert.deepEqual(carla.changed("room"), [{ kind: "room", counsellor: true, supervisor: true }]);

  await seat.run(seat.seat.end());
  await second.pump();
  await seat.run(seat.h.relay(0, { ...(h.seat.lines()[0] ?? assert.fail()), mid: hex(some("later", 16)) }));
  await second.pump();
  assert.equal(carla.seat.lines().length, 2);
});

test("a line that is one byte too long for a relay goes in two, cut between characters", async () => {
  const { world, h, s } = await World.active({ slot: 1 });
  const text = `x${"é".repeat(2034)}`;
  assert.equal(new TextEncoder().encode(text).length, 4069);
  await h.run(
    h.h.relay(0, {
      mid: hex(some("mid", 16)),
      from: "peer",
      kind: "text",
      text,
      state: "delivered",
      seq: 1,
      at: NOW,
    }),
  );
  await world.settle();

  assert.equal(s.shown().join(""), text);
  assert.equal(s.shown().length, 2);
});

test("propose and answer cross inside the channel", async () => {
  const { world, h, s } = await World.active();
  const certId = some("cert", 32);
  await s.run(s.s.propose(3, certId));
  await world.pump();
  await h.run(h.h.answer(3, certId, false));
  await world.pump();

  assert.deepEqual(h.changed("proposed"), [{ kind: "proposed", purpose: 3, certId }]);
  assert.deepEqual(s.changed("answered"), [{ kind: "answered", purpose: 3, certId, yes: false }]);
});
