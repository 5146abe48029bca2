// SPDX-License-Identifier: AGPL-3.0-or-later
// Random walks of two seats over a bad network, with crashes between any two steps, old blobs and two tabs.
// A failure names its seed. KENTERING_LONG=1 runs many more.

import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyWatch } from "./key-watch.ts";
import { Rng } from "./people.ts";
import type { Tab } from "./tab.ts";
import { World } from "./world.ts";

const RUNS = process.env["KENTERING_LONG"] === "1" ? 3000 : 30;

async function someSteps(world: World, steps: number, rollback: boolean): Promise<void> {
  const rng = new Rng(world.rng.below(2 ** 31));
  let line = 0;
  for (let step = 0; step < steps; step++) {
    const side = rng.chance(50) ? "h" : "s";
    const tab = world.tab(side) ?? (await world.reload(side, rollback ? rng.below(6) : 0));
    const dice = rng.below(100);
    world.lastWords = rng.chance(50);
    if (!tab.connected && dice < 60) await world.connect(tab);
    else if (dice < 35) await tab.compose(`${side} ${line++}`);
    else if (dice < 75) for (let pumped = rng.below(8); pumped >= 0; pumped--) await world.pumpOne();
    else if (dice < 80) await world.tick(rng.pick([1, 3, 21, 31]));
    else if (dice < 85) await tab.run(tab.seat.typing());
    else if (dice < 90) world.disconnect(tab);
    else if (dice < 96) world.deathAt[side] = world.steps[side] + 1 + rng.below(8);
    else tab.kill();
  }
}

function ofSide(tab: Tab, side: string, which: "own" | "shown"): string[] {
  return tab[which]().filter((text) => text.startsWith(side));
}

test(`model: ${RUNS} walks with losses, doubles, crashes and reloads`, async (t) => {
  const watch = new KeyWatch();
  t.after(watch.start());
  for (let seed = 1; seed <= RUNS; seed++) {
    await check(seed, async () => {
      const { world } = await World.active({ seed, lose: seed % 3, double: seed % 5 });
      await someSteps(world, 60, false);
      const { h, s } = await world.settle();

      assert.deepEqual(s.shown(), ofSide(h, "h", "own"));
      assert.deepEqual(h.shown(), ofSide(s, "s", "own"));
    });
  }
  assert.ok(watch.sealed > RUNS * 10);
});

test(`model: ${RUNS} walks with blobs rolled back at either side and both`, async (t) => {
  const watch = new KeyWatch();
  t.after(watch.start());
  for (let seed = 1; seed <= RUNS; seed++) {
    await check(seed, async () => {
      const { world } = await World.active({ seed: seed + 1e6, lose: seed % 3, double: seed % 5 });
      await someSteps(world, 60, true);
      const { h, s } = await world.settle();

      // What a side still has of its own, the other shows; an older blob may have taken the rest from it.
      for (const [from, to] of [
        [h, s],
        [s, h],
      ] as const) {
        const shown = to.seat.lines().map((line) => line.mid);
        for (const line of from.seat.lines())
          if (line.from === "own") assert.ok(shown.includes(line.mid), "lost");
      }
    });
  }
});

test(`model: ${RUNS} walks of two tabs from one blob at a malicious server`, async (t) => {
  const watch = new KeyWatch();
  t.after(watch.start());
  for (let seed = 1; seed <= RUNS; seed++) {
    await check(seed, async () => {
      const { world } = await World.active({ seed: seed + 2e6, malicious: true });
      world.lose = (seed % 3) * 10;
      await someSteps(world, 12, false);
      if (world.tab("s") === undefined) await world.reload("s");
      const twins = [await world.reload("h"), await world.reload("h", world.rng.below(3))];
      for (const twin of twins) await world.connect(twin);
      for (let step = 0; step < 40; step++) {
        const twin = world.rng.pick(twins);
        if (world.rng.chance(30)) await twin.compose(`h ${step} of ${twins.indexOf(twin)}`);
        else if (world.rng.chance(10)) await world.tick(world.rng.pick([1, 6, 21]));
        else for (let pumped = world.rng.below(10); pumped >= 0; pumped--) await world.pumpOne();
      }
      for (const tab of world.tabs) if (tab.side === "h" && tab !== twins[0]) tab.kill();
      world.malicious = false;
      const { h, s } = await world.settle();

      const shown = s.seat.lines().map((line) => line.mid);
      for (const line of h.seat.lines()) if (line.from === "own") assert.ok(shown.includes(line.mid), "lost");
      assert.deepEqual(
        h.shown().filter((text) => text.startsWith("s")),
        s.own(),
      );
    });
  }
});

async function check(seed: number, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    throw new Error(`seed ${seed}`, { cause: error });
  }
}
