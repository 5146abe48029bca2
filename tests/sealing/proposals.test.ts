// SPDX-License-Identifier: AGPL-3.0-or-later
// What staff propose inside the channel, and take back. The same in Python: test_proposals.py.

import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, u8 } from "../../chat/browser/sealing/bytes.ts";
import { Kind } from "../../chat/browser/sealing/envelope.ts";
import type { Bytes } from "../../chat/browser/sealing/types.ts";
import { some } from "./people.ts";
import { say, type Tab } from "./tab.ts";
import { World } from "./world.ts";

const WHOEVER: Bytes = new Uint8Array(32);
const OTHER = some("cert", 32);
const ASKED = { kind: "proposed", purpose: 2, certId: WHOEVER };
const GONE = { kind: "takenBack", purpose: 2, certId: WHOEVER };

type Two = { readonly world: World; readonly h: Tab; readonly s: Tab };

/** A counsellor and a help-seeker who has been asked. */
async function asked(): Promise<Two> {
  const two = await World.active();
  await two.s.run(two.s.s.propose(2, WHOEVER));
  await two.world.pump();
  assert.equal(two.h.h.isOpen(2, WHOEVER), true);
  return two;
}

function told({ changes }: Tab): unknown[] {
  return changes.filter(({ kind }) => kind === "proposed" || kind === "takenBack");
}

/** What no seat of ours says there. */
async function says(tab: Tab, kind: Kind, content: Bytes): Promise<void> {
  const add = Reflect.get(tab.seat, "add") as (kind: Kind, content: Bytes) => Promise<void>;
  await tab.run(add.call(tab.seat, kind, content));
}

async function goesOn({ world }: Two): Promise<void> {
  const { h, s } = await world.settle();
  await say(h, "The weather is mild");
  await say(s, "It rains now");
  await world.settle();
  assert.deepEqual([s.shown().at(-1), h.shown().at(-1)], ["The weather is mild", "It rains now"]);
}

test("it is taken back, and may be proposed anew", async () => {
  const two = await asked();
  const { world, h, s } = two;
  await s.run(s.s.takeBack(2, WHOEVER));
  await world.pump();
  assert.equal(h.h.isOpen(2, WHOEVER), false);
  assert.deepEqual(h.h.proposals(), []);
  await s.run(s.s.propose(2, WHOEVER));
  await world.pump();
  assert.equal(h.h.isOpen(2, WHOEVER), true);
  assert.deepEqual(told(h), [ASKED, GONE, ASKED]);
  await h.run(h.h.answer(2, WHOEVER, true));
  await world.pump();

  assert.deepEqual(s.changed("answered"), [{ kind: "answered", purpose: 2, certId: WHOEVER, yes: true }]);
  await goesOn(two);
});

for (const yes of [true, false]) {
  test(`an answer that crosses the taking back is about nothing: ${yes}`, async () => {
    const two = await asked();
    const { world, h, s } = two;
    await h.run(h.h.answer(2, WHOEVER, yes));
    await s.run(s.s.takeBack(2, WHOEVER));
    await world.pump();

    assert.deepEqual(s.changed("answered"), []);
    assert.equal(h.h.isOpen(2, WHOEVER), false);
    await goesOn(two);
  });
}

test("what was answered, or never proposed, is not taken back", async () => {
  const { world, h, s } = await asked();
  await h.run(h.h.answer(2, WHOEVER, true));
  await world.pump();
  await s.run(s.s.takeBack(2, WHOEVER));
  await s.run(s.s.takeBack(2, OTHER));
  await world.pump();

  assert.deepEqual(told(h), [ASKED]);
  assert.equal(s.changed("answered").length, 1);
});

test("taking one back leaves another", async () => {
  const { world, h, s } = await asked();
  await s.run(s.s.propose(2, OTHER));
  await s.run(s.s.takeBack(2, OTHER));
  await says(s, Kind.answer, concat(u8(3), WHOEVER, u8(0)));
  await world.pump();

  assert.equal(h.h.isOpen(2, WHOEVER), true);
  assert.equal(h.h.isOpen(2, OTHER), false);
  assert.deepEqual(
    h.h.proposals().map(({ certId }) => certId),
    [WHOEVER],
  );
});

test("nobody says yes for the person, and a person proposes nothing", async () => {
  const two = await asked();
  const { world, h, s } = two;
  await says(s, Kind.answer, concat(u8(2), WHOEVER, u8(1)));
  await says(h, Kind.propose, concat(u8(2), OTHER));
  await world.pump();

  assert.equal(h.h.isOpen(2, WHOEVER), true);
  assert.deepEqual(told(h), [ASKED]);
  assert.deepEqual([...told(s), ...s.changed("answered")], []);
  await goesOn(two);
});

test("the same bytes again take nothing back", async () => {
  const { world, h, s } = await asked();
  await s.run(s.s.takeBack(2, WHOEVER));
  await world.pump();
  const envelope = world.archive.s.at(-1) ?? assert.fail();
  await s.run(s.s.propose(2, WHOEVER));
  await world.pump();
  await h.run(h.seat.delivered(envelope));

  assert.equal(h.h.isOpen(2, WHOEVER), true);
  assert.deepEqual(told(h), [ASKED, GONE, ASKED]);
});

for (const side of ["h", "s"] as const) {
  for (const arrived of [true, false]) {
    test(`it outlasts a reload: ${side}, ${arrived ? "arrived" : "lost"}`, async () => {
      const two = await asked();
      const { world } = two;
      await two.s.run(two.s.s.takeBack(2, WHOEVER));
      if (arrived) await world.pump();
      else two.s.outbox.length = 0;
      two[side].kill();
      world.time += 10; // offers are made at most every 5 s
      const { h } = await world.settle();
      for (let left = 240; left > 0 && h.h.isOpen(2, WHOEVER); left -= 1) {
        await world.tick();
        await world.pump();
      }

      assert.equal(h.h.isOpen(2, WHOEVER), false);
      assert.deepEqual(h.h.proposals(), []);
      assert.equal(two.h.changed("proposed").length, 1);
      assert.equal(h.changed("proposed").length, side === "h" ? 0 : 1);
      await goesOn(two);
    });
  }
}
