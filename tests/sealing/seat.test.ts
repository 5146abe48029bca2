// SPDX-License-Identifier: AGPL-3.0-or-later
// Section 9 of docs/protocol.md, 6 (two tabs), 7 (old blobs), 9 (many at once), 11 (killed between any two
// steps), 12 (forged frames of the server) and 18 (who gets which line). The walks of model.test.ts go on from here.

import assert from "node:assert/strict";
import { test } from "node:test";
import { hex } from "../../chat/browser/sealing/bytes.ts";
import { HelpSeekerSeat } from "../../chat/browser/sealing/help-seeker-seat.ts";
import { Ledger } from "../../chat/browser/sealing/ledger.ts";
import { StaffSeat } from "../../chat/browser/sealing/staff-seat.ts";
import { encodeState } from "../../chat/browser/sealing/state.ts";
import type { SeatPorts } from "../../chat/browser/sealing/types.ts";
import { codeOfRejection, identity, NOW, Rng, some, trust } from "./people.ts";
import { KeyWatch, type Tab, World } from "./world.ts";

const quiet: SeatPorts = {
  send: () => undefined,
  persist: async () => undefined,
  changed: () => undefined,
  now: () => NOW,
  random: (n) => new Rng(7).bytes(n),
};

async function say(tab: Tab, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) await tab.compose(text);
}

function states(tab: Tab): string[] {
  return tab.seat
    .lines()
    .filter((line) => line.from === "own")
    .map((line) => line.state);
}

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

test("9.6 two tabs from one blob, both served by a malicious server: no key twice, one survives", async (t) => {
  const watch = new KeyWatch();
  t.after(watch.start());
  const { world, h } = await World.active({ malicious: true });
  await say(h, "before");
  await world.pump();
  const twin = await world.reload("h");
  await world.connect(twin);
  for (const tab of [h, twin, h, twin]) {
    await say(tab, tab === h ? "of the first" : "of the second");
    await world.pump();
    await world.tick(7);
  }
  h.kill();
  const settled = await world.settle();

  assert.deepEqual(new Set(settled.s.shown()), new Set(["before", "of the first", "of the second"]));
  assert.ok(watch.sealed > 8);
});

for (const [who, back] of [
  ["h", [5, 0]],
  ["s", [0, 5]],
  ["both", [5, 5]],
] as const) {
  test(`9.7 blob rolled back by 5 messages at ${who}: nothing lost, nothing twice, nothing falsely delivered`, async () => {
    const { world, h, s } = await World.active();
    for (let line = 0; line < 8; line++) {
      await say(h, `h ${line}`);
      await say(s, `s ${line}`);
      await world.pump();
    }
    h.kill();
    s.kill();
    const [oldH, oldS] = [await world.reload("h", back[0] * 4), await world.reload("s", back[1] * 4)];
    await say(oldH, "h after");
    await say(oldS, "s after");
    await world.settle();

    for (const [from, to] of [
      [oldH, oldS],
      [oldS, oldH],
    ] as const) {
      const shown = to.shown();
      for (const text of from.own()) assert.equal(shown.filter((one) => one === text).length, 1, text);
      assert.ok(states(from).every((state) => state === "delivered"));
    }
    if (who !== "both") assert.deepEqual(oldS.shown().slice(-1), ["h after"]);
  });
}

test("9.7 a blob from before the help-seeker's ready, and a server that keeps everything: no line takes another's ack", async () => {
  const { world, h, s } = await World.active();
  const beforeReady = world.blobs.s.length - 2;
  await say(s, "of the tab that is gone");
  await world.pump();
  await world.tick(3);
  await world.pump();
  assert.deepEqual(states(s), ["delivered"]);
  s.kill();

  const old = await world.reload("s", world.blobs.s.length - 1 - beforeReady, 0);
  await say(old, "of this one");
  for (const envelope of world.archive.h) await old.run(old.seat.delivered(envelope));
  assert.deepEqual(states(old), ["waiting"]);

  await world.settle();
  assert.deepEqual(h.shown(), ["of the tab that is gone", "of this one"]);
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

test("9.11 killed between any two steps: H, S, both, while lines go both ways", async (t) => {
  for (const victims of [["h"], ["s"], ["h", "s"]] as const) {
    for (let fuse = 1; fuse <= 14; fuse++) {
      await t.test(`${victims.join(" and ")} after ${fuse} steps`, async () => {
        const { world, h, s } = await World.active();
        const tabs = { h, s };
        for (const side of victims) tabs[side].fuse = fuse;
        await say(h, "h 1", "h 2");
        await say(s, "s 1", "s 2");
        await world.pump();
        await world.tick(3);
        await world.pump();
        const settled = await world.settle();

        assert.deepEqual(settled.s.shown(), settled.h.own());
        assert.deepEqual(settled.h.shown(), settled.s.own());
        if (victims.length === 1) assert.equal((victims[0] === "h" ? settled.s : settled.h).own().length, 2);
      });
    }
  }
});

test("9.11 what is sent arrives when only the receiver comes back", async () => {
  const { world, h, s } = await World.active();
  world.disconnect(s);
  s.kill();
  await say(h, "one", "two");
  await world.pump();
  assert.deepEqual(states(h), ["sent", "sent"]);
  h.kill();
  const desk = await world.reload("s");
  await world.connect(desk);
  await world.pump();

  assert.deepEqual(desk.shown(), ["one", "two"]);
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

test("a state goes to bytes and back; another side's, cut short or of another version is refused", async () => {
  const { world, h } = await World.active();
  await say(h, "one");
  const again = await world.reload("h");
  assert.deepEqual(
    again.seat.lines().map((line) => line.text),
    ["one"],
  );
  assert.equal(again.h.peer()?.alias, "Anna");

  const nothing = { bond: null, known: null, begun: null, receiving: null, ledger: new Ledger() };
  const state = encodeState({ side: "h", sid: some("sid", 16), slot: 0, highest: 3, ...nothing });
  assert.throws(() => StaffSeat.restore(state, world.staff, quiet), { code: "bad_state" });
  assert.throws(() => HelpSeekerSeat.restore(state.slice(1), trust, quiet), { code: "unknown_version" });
  assert.throws(() => HelpSeekerSeat.restore(state.slice(0, -1), trust, quiet), { code: "bad_length" });
});

test("a state holds no sending chain: what a blob gives can't seal before a new epoch", async () => {
  const { world, h } = await World.active();
  await say(h, "one");
  const again = await world.reload("h");
  again.connected = true;
  await say(again, "two");

  assert.deepEqual(again.outbox, []);
  assert.deepEqual(
    again.seat.lines().map((line) => line.state),
    ["kept", "waiting"],
  );
});
