// SPDX-License-Identifier: AGPL-3.0-or-later
// What one seat does: a line's way, many sends at once (9.9), forged frames of the server (9.12), the end.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HelpSeekerSeat } from "../../chat/browser/sealing/help-seeker-seat.ts";
import type { SeatPorts } from "../../chat/browser/sealing/types.ts";
import { KeyWatch } from "./key-watch.ts";
import { codeOfRejection, NOW, Rng, some, trust } from "./people.ts";
import { say, states, type Tab } from "./tab.ts";
import { World } from "./world.ts";

const quiet: SeatPorts = {
  send: () => undefined,
  persist: async () => undefined,
  changed: () => undefined,
  now: () => NOW,
  random: (n) => new Rng(7).bytes(n),
};

test("a first line waits in this browser, and goes to whoever comes first", async () => {
  const world = await World.make();
  const [h, s] = [world.open("h"), world.open("s")];
  await world.connect(h);
  await say(h, "one", "two");
  assert.deepEqual(states(h), ["waiting", "waiting"]);
  assert.ok(h.outbox.every((frame) => frame.kind !== "envelope"));

  await world.connect(s);
  await s.run(s.s.offer(1, 0));
  await world.settle();
  assert.deepEqual(s.shown(), ["one", "two"]);
});

test("a line is kept, then sent, then delivered", async () => {
  const { world, h, s } = await World.active();
  world.disconnect(s);
  const line = await h.seat.compose("one");
  assert.deepEqual([line.state, line.seq], ["kept", 1]);

  await world.pump();
  assert.deepEqual(states(h), ["sent"]);
  await world.connect(s);
  await world.settle();
  assert.deepEqual(states(h), ["delivered"]);
  assert.deepEqual(
    h.changed("state").map((change) => change.state),
    ["sent", "delivered"],
  );
});

test("9.9 100 concurrent sends give n = 1..100", async (t) => {
  const watch = new KeyWatch();
  t.after(watch.start());
  const { world, h } = await World.active();
  h.outbox.length = 0;
  await Promise.all(Array.from({ length: 100 }, (_, at) => h.compose(`line ${at}`)));
  const numbers = h.outbox.flatMap((frame) =>
    frame.kind === "envelope" ? [new DataView(frame.envelope.buffer).getUint32(7)] : [],
  );
  assert.deepEqual(
    numbers,
    Array.from({ length: 100 }, (_, at) => at + 1),
  );

  const { s } = await world.settle();
  assert.deepEqual(
    s.shown(),
    Array.from({ length: 100 }, (_, at) => `line ${at}`),
  );
});

test("9.12 forged frames of the server: stored is not delivered, and the end is not Anna's", async () => {
  const { h, s } = await World.active();
  h.connected = s.connected = false;
  await say(h, "one");
  await h.run(h.seat.stored(1, 0xffffffff));
  await h.run(h.seat.stored(99, 0));
  assert.deepEqual(states(h), ["sent"]);
  await h.run(h.seat.closed());

  assert.deepEqual(states(h), ["undelivered"]);
  assert.deepEqual(h.changed("peerEnded"), []);
  assert.equal(h.seat.phase(), "ended");
  assert.equal(await codeOfRejection(h.seat.compose("two")), "ended");
});

test("an end inside the channel is told, and wipes", async () => {
  const { world, h, s } = await World.active();
  await say(s, "goodbye");
  await s.run(s.seat.end());
  await world.pump();

  assert.deepEqual(h.shown(), ["goodbye"]);
  assert.equal(h.changed("peerEnded").length, 1);
  assert.deepEqual([h.seat.phase(), s.seat.phase()], ["ended", "ended"]);
});

test("a state that can't be kept ends the seat, and sends nothing", async () => {
  const changes: string[] = [];
  const sent: string[] = [];
  const ports: SeatPorts = {
    ...quiet,
    persist: () => Promise.reject(new Error("full")),
    changed: (change) => void changes.push(change.kind === "dead" ? change.code : change.kind),
    send: (out) => void sent.push(out.kind),
  };
  const seat = HelpSeekerSeat.fresh(some("sid", 16), 0, trust, ports);

  assert.equal(await codeOfRejection(seat.compose("one")), "not_kept");
  assert.deepEqual([changes.at(-1), sent], ["not_kept", []]);
  assert.equal(seat.phase(), "ended");
});

test("a gap is answered at once: H asks for a resume, S offers one; both at most every 5 s", async () => {
  const { world, h, s } = await World.active();
  world.time += 10;
  await say(h, "one", "two", "three");
  await say(s, "one", "two", "three");
  const envelopes = ({ outbox }: Tab) =>
    outbox.splice(0).flatMap((frame) => (frame.kind === "envelope" ? [frame.envelope] : []));
  const [ofH, ofS] = [envelopes(h), envelopes(s)];
  for (const late of ofS.slice(1)) await h.run(h.seat.delivered(late));
  for (const late of ofH.slice(1)) await s.run(s.seat.delivered(late));

  assert.deepEqual(
    h.outbox.map((frame) => frame.kind).filter((kind) => kind === "resume"),
    ["resume"],
  );
  assert.deepEqual(
    s.outbox.map((frame) => frame.kind).filter((kind) => kind === "offer"),
    ["offer"],
  );
});

test("typing goes out at most every 5 s, and only in an active epoch", async () => {
  const { world, h, s } = await World.active();
  for (let second = 0; second < 10; second++) {
    await h.run(h.seat.typing());
    await world.pump();
    await world.tick();
  }

  assert.equal(s.changed("typing").length, 2);
});
