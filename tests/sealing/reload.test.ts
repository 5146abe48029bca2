// SPDX-License-Identifier: AGPL-3.0-or-later
// What comes back from a blob: two tabs of one (9.6), an old one (9.7), and what a state holds.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HelpSeekerSeat } from "../../chat/browser/sealing/help-seeker-seat.ts";
import { Ledger } from "../../chat/browser/sealing/ledger.ts";
import { StaffSeat } from "../../chat/browser/sealing/staff-seat.ts";
import { encodeState } from "../../chat/browser/sealing/state.ts";
import type { SeatPorts } from "../../chat/browser/sealing/types.ts";
import { KeyWatch } from "./key-watch.ts";
import { NOW, Rng, some, trust } from "./people.ts";
import { say, states, type Tab } from "./tab.ts";
import { World } from "./world.ts";

const quiet: SeatPorts = {
  send: () => undefined,
  persist: async () => undefined,
  changed: () => undefined,
  now: () => NOW,
  random: (n) => new Rng(7).bytes(n),
};

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

test("9.6 one number given in two tabs: what did not arrive under it is not delivered, and comes after all", async () => {
  const { world, h, s } = await World.active();
  await say(h, "before");
  await world.pump();
  await world.tick(7); // an offer every 5 seconds at most
  const twin = await world.reload("h");
  await say(h, "of the first");
  await world.connect(twin); // the first tab has no socket any more, and its line is lost
  await world.pump();
  await say(twin, "of the second");
  await world.pump();
  assert.deepEqual(s.shown(), ["before", "of the second"]);
  const second = ({ seat }: Tab) => seat.lines().map(({ seq }) => seq)[1];
  assert.deepEqual([second(h), second(twin)], [2, 2]);

  twin.kill();
  await world.connect(h);
  await world.settle();
  assert.deepEqual(s.shown(), ["before", "of the second", "of the first"]);
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

test("a state goes to bytes and back; another side's, cut short or of another version is refused", async () => {
  const { world, h } = await World.active();
  await say(h, "one");
  const again = await world.reload("h");
  assert.deepEqual(
    again.seat.lines().map((line) => line.text),
    ["one"],
  );
  assert.equal(again.h.peer()?.alias, "Anna");

  const nothing = { bond: null, known: null, begun: null, receiving: null, ledger: new Ledger(), names: [] };
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
