// SPDX-License-Identifier: AGPL-3.0-or-later
// 9.11: killed between any two steps. A seat touches the world only through its ports, so every call of one, before
// and after, is a point at which to die. The walks of model.test.ts mix what is tried here one by one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyWatch } from "./key-watch.ts";
import { type Side, say, states, type Tab } from "./tab.ts";
import { World } from "./world.ts";

const LONG = process.env["KENTERING_LONG"] === "1";
const SIDES = ["h", "s"] as const;

interface Death {
  /** The step of each side at which its tab dies. */
  readonly h?: number;
  readonly s?: number;
  /** Whether what was handed to the socket still reaches the server. */
  readonly lastWords: boolean;
  /** How many writes of the blob are lost with it. */
  readonly back?: number;
  /** The help-seeker's tab gets duplicated, and a malicious server talks to both. */
  readonly twin?: boolean;
}

/** Everything a seat does: a first line that waits, a take, lines and their acknowledgements, a lost socket, resumes. */
class Story {
  readonly world: World;
  readonly #death: Death;
  #line = 0;

  constructor(world: World, death: Death) {
    this.world = world;
    this.#death = death;
  }

  async tell(): Promise<void> {
    const { world } = this;
    await world.connect(world.open("h"));
    await this.#write("h");
    await this.#here("s");
    await world.pump();
    await this.#write("h", "s", "h", "s");
    await this.#settleDown();
    if (this.#death.twin) await world.connect(await world.reload("h"));
    world.disconnect(await this.#here("s"));
    await this.#write("h");
    await world.pump();
    await world.connect(await this.#here("s"));
    await this.#write("s", "h");
    await this.#reload("h");
    await this.#write("s", "h");
    await world.tick(3);
    await this.#reload("s");
    await this.#write("h", "s");
    await this.#settleDown();
  }

  /** A tab of this side; after its death another one, from what was kept. */
  async #here(side: Side): Promise<Tab> {
    const { world } = this;
    const alive = world.tabs.filter((tab) => tab.side === side && tab.alive);
    if (alive.length > 0) return alive[this.#line % alive.length] ?? assert.fail();
    const tab = await world.reload(side, this.#death.back);
    await world.connect(tab);
    // Nothing was kept: to the staff browser this is somebody who still waits.
    if (side === "s" && tab.alive && tab.seat.phase() === "none") await tab.run(tab.s.offer(1, 0));
    return tab;
  }

  async #write(...sides: readonly Side[]): Promise<void> {
    for (const side of sides) await say(await this.#here(side), `${side} ${this.#line++}`);
  }

  async #reload(side: Side): Promise<void> {
    (await this.#here(side)).kill();
    await this.#here(side);
    await this.world.pump();
  }

  /** Bare acknowledgements wait for 2 seconds. */
  async #settleDown(): Promise<void> {
    await this.world.pump();
    await this.world.tick(3);
    await this.world.pump();
  }
}

/** The story with a death in it; what must hold is checked on the way (world.ts) and at its end. */
async function die(death: Death): Promise<World> {
  const world = await World.make({ malicious: death.twin ?? false });
  Object.assign(world.deathAt, { h: death.h, s: death.s });
  world.lastWords = death.lastWords;
  await new Story(world, death).tell();
  world.malicious = world.lastWords = false;
  for (const tab of world.tabs) if (tab !== world.tab(tab.side)) tab.kill();
  const { h, s } = await world.settle();

  for (const [from, to] of [
    [h, s],
    [s, h],
  ] as const) {
    const own = from.own();
    const arrived = to.shown().filter((text) => own.includes(text));
    assert.deepEqual(arrived, own, "lost, twice, or in another order");
    assert.ok(states(from).every((state) => state === "delivered"));
    if (death.back !== undefined || death.twin) continue; // who has only an older blob lacks what came after it
    assert.equal(to.shown().length, own.length);
    const mids = new Set(from.seat.lines().map((line) => line.mid));
    for (const mid of world.everKept[from.side]) assert.ok(mids.has(mid), "kept once, and gone");
    for (const offers of world.offers.values()) assert.equal(offers.size, 1, "an epoch was offered twice");
  }
  return world;
}

/** Dies at the steps of the story, `every` so many; returns how many deaths that were. */
async function everywhere(
  deaths: (step: number) => readonly Death[],
  every: number,
  first = every,
): Promise<void> {
  const { steps } = await die({ ...deaths(1)[0], h: 0, s: 0, lastWords: false });
  assert.ok(Math.min(steps.h, steps.s) > 60, "there are many steps");
  for (let step = first; step <= Math.max(steps.h, steps.s); step += every) {
    for (const death of deaths(step)) {
      await die(death).catch((error) => {
        throw new Error(JSON.stringify(death), { cause: error });
      });
    }
  }
}

test("9.11 what is sent arrives when only the receiver comes back, wherever it died", async () => {
  for (let step = 0; step <= 20; step++) {
    const { world, h, s } = await World.active();
    await say(h, "one", "two");
    world.lastWords = true;
    h.kill();
    world.deathAt.s = world.steps.s + step;
    await world.pump();
    s.kill();
    const desk = await world.reload("s");
    await world.connect(desk);
    await world.pump();

    assert.deepEqual(desk.shown(), ["one", "two"], `died at ${step}`);
  }
});

/** Steps are in pairs, before and after the call of a port: the short run dies after each. */
const EACH = LONG ? 1 : 2;
const SOME = LONG ? 3 : 15;

test("9.11 killed between any two steps: H, S, both", async (t) => {
  t.after(new KeyWatch().start());
  for (const side of SIDES)
    await t.test(side, () =>
      everywhere((step) => {
        const ways = LONG ? [false, true] : [step % 4 === 0];
        return ways.map((lastWords) => ({ [side]: step, lastWords }));
      }, EACH),
    );
  await t.test("both", () =>
    everywhere((step) => [false, true].map((lastWords) => ({ h: step, s: step, lastWords })), SOME),
  );
});

test("9.7 9.11 killed between any two steps, and back from an older blob", async (t) => {
  t.after(new KeyWatch().start());
  for (const back of [1, 3, 7])
    await t.test(`${back} writes older`, async () => {
      for (const lastWords of [false, true])
        await everywhere(
          (step) => [
            { h: step, lastWords, back },
            { s: step, lastWords, back },
          ],
          SOME,
        );
    });
});

test("9.6 9.11 one of two tabs, or the other side, killed between any two steps", async (t) => {
  t.after(new KeyWatch().start());
  await everywhere(
    (step) => [
      { h: step, lastWords: true, twin: true },
      { s: step, lastWords: false, twin: true },
    ],
    SOME,
  );
});
