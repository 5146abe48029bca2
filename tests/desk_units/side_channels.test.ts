// SPDX-License-Identifier: AGPL-3.0-or-later
// The side channel between two desks, and what their screens show of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bytes, StaffIdentity } from "../../chat/browser/sealing/api.ts";
import { fromHex, hex, parseCertificate } from "../../chat/browser/sealing/api.ts";
import { SideChannels } from "../../counsellor_ui/src/desk/side_channels.ts";
import type { SideTalks } from "../../counsellor_ui/src/state/side_talk.ts";
import { NO_TALKS, step, talkWith, unread } from "../../counsellor_ui/src/state/side_talk.ts";
import { identity, NOW, trust } from "../sealing/people.ts";

const [anna, carla] = [await identity("Anna"), await identity("Carla", 3)];
const DEVICES = { anna: "a".repeat(32), carla: "c".repeat(32) };
const staffOf = (who: StaffIdentity): string => hex(parseCertificate(who.staff).id);

/** A service that passes bodies on, and keeps nothing. */
class Relay {
  readonly desks = new Map<string, Desk>();
  readonly #mail: { by: string; to: string; body: Bytes }[] = [];

  send(by: string, to: Bytes, body: Bytes): boolean {
    this.#mail.push({ by, to: hex(to), body });
    return true;
  }

  /** Something lies here, to be passed on. */
  async sent(): Promise<void> {
    while (this.#mail.length === 0) await new Promise((resume) => setImmediate(resume));
  }

  /** Carries on until it is so; without a condition, long enough for what must not happen. */
  async pump(holds: (() => boolean) | null = null): Promise<void> {
    const deadline = Date.now() + 20_000; // far beyond any slow machine: only a test that fails gets there
    for (let turn = 0; holds === null ? turn < 3_000 : !holds(); turn += 1) {
      if (Date.now() > deadline) throw new Error("never");
      const next = this.#mail.shift();
      if (next === undefined) {
        await new Promise((resume) => setImmediate(resume));
        continue;
      }
      turn = 0;
      const { by, to, body } = next;
      const desk = this.desks.get(to);
      if (desk === undefined) this.desks.get(by)?.side.received({ frame: "PeerAway", to: fromHex(to) });
      else desk.side.received({ frame: "PeerReceived", by: fromHex(by), body });
      await Promise.all([...this.desks.values()].map(({ side }) => side.settled()));
    }
  }
}

/** Until both show the channel as open. */
function open({ relay, a, c }: { relay: Relay; a: Desk; c: Desk }): Promise<void> {
  return relay.pump(
    () =>
      talkWith(a.talks, DEVICES.carla)?.stage === "open" && talkWith(c.talks, DEVICES.anna)?.stage === "open",
  );
}

class Desk {
  talks: SideTalks = NO_TALKS;
  wrote = 0;
  time = NOW;
  readonly side: SideChannels;

  constructor(relay: Relay, device: string, who: StaffIdentity) {
    this.side = new SideChannels({
      identity: who,
      trust,
      send: (to, body) => relay.send(device, to, body),
      tell: (event) => {
        this.talks = step(this.talks, event);
      },
      wrote: () => {
        this.wrote += 1;
      },
      now: () => this.time,
      random: (n) => crypto.getRandomValues(new Uint8Array(n)),
    });
    relay.desks.set(device, this);
  }

  lines(device: string): string[] {
    return talkWith(this.talks, device)?.lines.map((line) => `${line.from}: ${line.text}`) ?? [];
  }
}

function two(): { relay: Relay; a: Desk; c: Desk } {
  const relay = new Relay();
  return { relay, a: new Desk(relay, DEVICES.anna, anna), c: new Desk(relay, DEVICES.carla, carla) };
}

test("begun by one, answered by the other, by the names in the certificates", async () => {
  const { relay, a, c } = two();
  a.side.open(DEVICES.carla, staffOf(carla));
  await a.side.say(DEVICES.carla, "Can you look at this");
  await relay.pump(() => c.lines(DEVICES.anna).length === 1);
  await c.side.say(DEVICES.anna, "Yes");
  await relay.pump(() => a.lines(DEVICES.carla).length === 2);

  assert.deepEqual(a.lines(DEVICES.carla), ["own: Can you look at this", "peer: Yes"]);
  assert.deepEqual(c.lines(DEVICES.anna), ["peer: Can you look at this", "own: Yes"]);
  assert.deepEqual(
    [talkWith(a.talks, DEVICES.carla), talkWith(c.talks, DEVICES.anna)].map((talk) => [
      talk?.name,
      talk?.stage,
    ]),
    [
      ["Carla", "open"],
      ["Anna", "open"],
    ],
  );
  assert.deepEqual([unread(c.talks), c.wrote], [1, 1]);
});

for (const first of ["in the same moment", "one before the other's offer is made"])
  test(`both begin, ${first}: one channel, and no line is lost`, async () => {
    const { relay, a, c } = two();
    a.side.open(DEVICES.carla, staffOf(carla));
    if (first !== "in the same moment") await relay.sent();
    c.side.open(DEVICES.anna, staffOf(anna));
    await open({ relay, a, c });
    await a.side.say(DEVICES.carla, "From Anna");
    await c.side.say(DEVICES.anna, "From Carla");
    await relay.pump(() => a.lines(DEVICES.carla).length + c.lines(DEVICES.anna).length === 4);

    assert.deepEqual(a.lines(DEVICES.carla).sort(), ["own: From Anna", "peer: From Carla"]);
    assert.deepEqual(c.lines(DEVICES.anna).sort(), ["own: From Carla", "peer: From Anna"]);
  });

test("whoever is loaded again says that it is lost, the other sees it, and a new one can begin", async () => {
  const { relay, a, c } = two();
  a.side.open(DEVICES.carla, staffOf(carla));
  await open({ relay, a, c });
  const again = new Desk(relay, DEVICES.carla, carla);
  await a.side.say(DEVICES.carla, "Still there");
  await relay.pump(() => talkWith(a.talks, DEVICES.carla)?.stage === "over");
  assert.deepEqual(
    [talkWith(a.talks, DEVICES.carla)?.end, talkWith(again.talks, DEVICES.anna)?.end],
    ["lost_there", "lost_here"],
  );
  assert.equal(await a.side.say(DEVICES.carla, "Into nothing"), false);

  a.side.open(DEVICES.carla, staffOf(carla));
  await open({ relay, a, c: again });
  await a.side.say(DEVICES.carla, "Anew");
  await relay.pump(() => again.lines(DEVICES.anna).length === 1);
  assert.deepEqual(again.lines(DEVICES.anna), ["peer: Anew"]);
});

test("a desk that is not open: it says so, and the line goes when it is", async () => {
  const relay = new Relay();
  const a = new Desk(relay, DEVICES.anna, anna);
  a.side.open(DEVICES.carla, staffOf(carla));
  await a.side.say(DEVICES.carla, "When you are back");
  await relay.pump(() => talkWith(a.talks, DEVICES.carla)?.stage === "away");
  assert.equal(talkWith(a.talks, DEVICES.carla)?.stage, "away");

  const c = new Desk(relay, DEVICES.carla, carla);
  a.time += 6;
  a.side.tick();
  await relay.pump(() => c.lines(DEVICES.anna).length === 1);
  assert.deepEqual(c.lines(DEVICES.anna), ["peer: When you are back"]);
  assert.equal(talkWith(a.talks, DEVICES.carla)?.stage, "open");
});

test("somebody else than was meant gets nothing, wherever the service sends it", async () => {
  const relay = new Relay();
  const a = new Desk(relay, DEVICES.anna, anna);
  const ben = new Desk(relay, DEVICES.carla, await identity("Ben"));
  a.side.open(DEVICES.carla, staffOf(carla));
  await a.side.say(DEVICES.carla, "For Carla alone");
  await relay.pump();

  assert.deepEqual(ben.lines(DEVICES.anna), []);
  assert.notEqual(talkWith(a.talks, DEVICES.carla)?.stage, "open");
});

test("bytes that are none of ours change nothing", async () => {
  const { relay, a, c } = two();
  a.side.open(DEVICES.carla, staffOf(carla));
  await open({ relay, a, c });
  for (const body of [new Uint8Array(1), new Uint8Array(40).fill(1), new Uint8Array(4608)])
    c.side.received({ frame: "PeerReceived", by: fromHex(DEVICES.anna), body });
  await a.side.say(DEVICES.carla, "Still here");
  await relay.pump(() => c.lines(DEVICES.anna).length === 1);

  assert.deepEqual(c.lines(DEVICES.anna), ["peer: Still here"]);
});

test("closed by one: the other is told, and nothing goes after it", async () => {
  const { relay, a, c } = two();
  a.side.open(DEVICES.carla, staffOf(carla));
  await open({ relay, a, c });
  await a.side.close(DEVICES.carla);
  await relay.pump(() => talkWith(c.talks, DEVICES.anna)?.stage === "over");

  assert.equal(talkWith(c.talks, DEVICES.anna)?.end, "they_closed");
  assert.equal(await c.side.say(DEVICES.anna, "too late"), false);
});

test("drafts are of one talk each, and what is shown is read", () => {
  const talks = [
    { kind: "opening", device: "a" },
    { kind: "opening", device: "b" },
    { kind: "draft", device: "a", text: "For a" },
    { kind: "show", device: "b" },
  ] as const;
  const state = talks.reduce(step, NO_TALKS);

  assert.deepEqual(
    [talkWith(state, "a")?.draft, talkWith(state, "b")?.draft, state.shown],
    ["For a", "", "b"],
  );
  assert.equal(step(state, { kind: "put_away", device: "b" }).shown, null);
});
