// SPDX-License-Identifier: AGPL-3.0-or-later
// Section 9 of docs/protocol.md, 3 (hellos and replies), 4 (wrong bond) and 8 (every single frame lost).

import assert from "node:assert/strict";
import { test } from "node:test";
import { SendingChain } from "../../chat/browser/sealing/chain.ts";
import { Kind, NO_MID } from "../../chat/browser/sealing/envelope.ts";
import {
  deriveKeys,
  type KeyPair,
  makeKeyPair,
  NO_BOND,
  openHello,
  openReply,
  sealHello,
  sealReply,
} from "../../chat/browser/sealing/handshake.ts";
import { sha256 } from "../../chat/browser/sealing/labels.ts";
import { makeOffer, type Offer, parseOffer } from "../../chat/browser/sealing/offer.ts";
import type { Bytes, Outgoing } from "../../chat/browser/sealing/types.ts";
import { codeOfRejection, flipped, identity, some } from "./people.ts";
import type { Tab } from "./tab.ts";
import { World } from "./world.ts";

const anna = await identity("Anna");
const [pairS, pairH, pairX] = [
  await makeKeyPair(some("s", 32)),
  await makeKeyPair(some("h", 32)),
  await makeKeyPair(some("x", 32)),
];
const hash = some("oh", 32);
const hello = { secret: some("secret", 32), publicKey: pairH.publicKey, proof: null };

function last<K extends Outgoing["kind"]>(tab: Tab, kind: K): Extract<Outgoing, { kind: K }> {
  const found = tab.outbox.findLast((frame) => frame.kind === kind);
  assert.ok(found);
  return found as unknown as Extract<Outgoing, { kind: K }>;
}

function count(tab: Tab, kind: Outgoing["kind"]): number {
  return tab.outbox.filter((frame) => frame.kind === kind).length;
}

async function offered(): Promise<{ readonly world: World; readonly h: Tab; readonly s: Tab }> {
  const world = await World.make();
  const [h, s] = [world.open("h"), world.open("s")];
  h.connected = s.connected = true;
  await s.run(s.s.offer(1, 0));
  return { world, h, s };
}

/** A hello by somebody else (the server, say) to an offer. */
async function forgedHello({ pk, hash: oh }: Offer): Promise<Bytes> {
  return sealHello(pk, oh, { secret: some("forged", 32), publicKey: pairX.publicKey, proof: null });
}

async function answeredBy(
  pair: KeyPair,
  offer: Offer,
  m1: Bytes,
  psk: Bytes,
): Promise<{ m2: Bytes; ready: Bytes }> {
  const theirs = await openHello(pair, offer.hash, m1, false);
  const secret = some("thief", 32);
  const m2 = await sealReply(theirs.publicKey, offer.hash, m1, secret);
  const keys = await deriveKeys(offer.hash, m1, m2, theirs.secret, secret, psk);
  const chain = new SendingChain(0, 1, offer.epoch, keys.s);
  const inner = { kind: Kind.ready, seq: 0, ack: 0, mid: null, content: NO_MID };
  return { m2, ready: (await chain.seal(some("iv", 12), inner)).envelope };
}

test("9.3 m1 has one size, and opens with its key for its offer alone", async () => {
  const m1 = await sealHello(pairS.publicKey, hash, hello);
  assert.equal(m1.length, 2384);
  assert.deepEqual(await openHello(pairS, hash, m1, false), hello);

  assert.equal(await codeOfRejection(openHello(pairX, hash, m1, false)), "not_opened");
  assert.equal(await codeOfRejection(openHello(pairS, some("other oh", 32), m1, false)), "not_opened");
  assert.equal(await codeOfRejection(openHello(pairS, hash, m1, true)), "bad_length");
  for (const at of [0, 1087, 1088, 1119, 1120, 2383]) {
    assert.equal(
      await codeOfRejection(openHello(pairS, hash, flipped(m1, at), false)),
      "not_opened",
      `byte ${at}`,
    );
  }
});

test("9.3 m2 has one size, and opens for its m1 alone", async () => {
  const m1 = some("m1", 2384);
  const m2 = await sealReply(pairH.publicKey, hash, m1, some("sc", 32));
  assert.equal(m2.length, 1168);
  assert.deepEqual(await openReply(pairH, hash, m1, m2), some("sc", 32));

  assert.equal(await codeOfRejection(openReply(pairH, hash, flipped(m1, 5), m2)), "not_opened");
  assert.equal(await codeOfRejection(openReply(pairX, hash, m1, m2)), "not_opened");
  assert.equal(await codeOfRejection(openReply(pairH, some("oh 2", 32), m1, m2)), "not_opened");
});

test("9.3 staff: the same m1 gets the same m2 bytes, a second one is refused", async () => {
  const { h, s } = await offered();
  const { offer } = last(s, "offer");
  await h.run(h.h.offered(offer, anna.staff, anna.manager));
  const { m1 } = last(h, "hello");
  await s.run(s.s.answered(m1));
  const reply = last(s, "reply");
  await s.run(s.s.answered(m1));
  await s.run(s.s.answered(await forgedHello(await parseOffer(offer))));

  assert.equal(count(s, "reply"), 2);
  assert.deepEqual(last(s, "reply"), reply);
});

test("9.3 staff: an m1 to an older offer, a changed one, and one to nobody are ignored", async () => {
  const { world, s } = await offered();
  const old = await parseOffer(last(s, "offer").offer);
  world.time += 60;
  await s.run(s.s.offer(1, 0));
  await s.run(s.s.answered(await forgedHello(old)));
  await s.run(s.s.answered(flipped(await forgedHello(await parseOffer(last(s, "offer").offer)), 99)));
  assert.equal(count(s, "reply"), 0);

  const idle = world.open("s");
  idle.connected = true;
  await idle.run(idle.s.answered(await forgedHello(old)));
  assert.equal(count(idle, "reply"), 0);
});

/** As long as a key, and none: each of its numbers is too large (FIPS 203, 7.2). */
const NO_KEY = new Uint8Array(1216).fill(255);

test("9.3 a key that is none is refused by its code", async () => {
  assert.equal(await codeOfRejection(sealHello(NO_KEY, hash, hello)), "not_opened");
  assert.equal(
    await codeOfRejection(sealReply(NO_KEY, hash, some("m1", 2384), some("sc", 32))),
    "not_opened",
  );
});

test("9.3 staff: a hello with a key that is none changes nothing", async () => {
  const { h, s } = await offered();
  const { offer } = last(s, "offer");
  const parsed = await parseOffer(offer);
  const bent = { ...hello, publicKey: NO_KEY };
  await s.run(s.s.answered(await sealHello(parsed.pk, parsed.hash, bent)));
  assert.equal(count(s, "reply"), 0);

  await h.run(h.h.offered(offer, anna.staff, anna.manager));
  await s.run(s.s.answered(last(h, "hello").m1));
  assert.equal(count(s, "reply"), 1);
});

test("9.3 help-seeker: a signed offer with a key that is none is refused, and the next one answered", async () => {
  const { h, s } = await offered();
  const { offer } = last(s, "offer");
  const bent = await makeOffer({ ...(await parseOffer(offer)), pk: NO_KEY }, anna.sign);
  await h.run(h.h.offered(bent, anna.staff, anna.manager));
  assert.equal(count(h, "hello"), 0);
  assert.deepEqual(h.changes.at(-1), { kind: "refusedOffer", code: "not_opened" });

  await s.run(s.s.offer(1, 0));
  await h.run(h.h.offered(last(s, "offer").offer, anna.staff, anna.manager));
  assert.equal(count(h, "hello"), 1);
});

test("9.3 help-seeker: m2 for another m1, changed, or twice", async () => {
  const { h, s } = await offered();
  await h.run(h.h.offered(last(s, "offer").offer, anna.staff, anna.manager));
  await s.run(s.s.answered(last(h, "hello").m1));
  const { m2, ready } = last(s, "reply");
  await h.run(h.h.replied(await sealReply(pairH.publicKey, hash, last(h, "hello").m1, some("sc", 32))));
  await h.run(h.h.replied(flipped(m2, 1150)));
  await h.run(h.h.delivered(ready));
  assert.equal(h.seat.phase(), "hello");

  await h.run(h.h.replied(m2)); // the ready that came before it was kept for this
  await h.run(h.h.replied(m2));
  assert.equal(h.seat.phase(), "active");
  assert.equal(h.changed("active").length, 1);
});

test("9.4 resume by somebody with the staff key and a wrong bond, or none: the seat stays as it is", async () => {
  const { world, h, s } = await World.active();
  for (const [epoch, psk] of [
    [7, NO_BOND],
    [8, some("wrong bond", 32)],
  ] as const) {
    const pair = await makeKeyPair(some(`thief ${epoch}`, 32));
    const certId = await sha256(anna.staff.slice(0, -64));
    const bytes = await makeOffer(
      { purpose: 4, mode: 1, slot: 0, sid: world.sid, epoch, certId, pk: pair.publicKey },
      anna.sign,
    );
    await h.run(h.h.offered(bytes, anna.staff, anna.manager));
    const { m2, ready } = await answeredBy(pair, await parseOffer(bytes), last(h, "hello").m1, psk);
    await h.run(h.h.replied(m2));
    await h.run(h.h.delivered(ready));
  }
  assert.equal(h.changed("active").length, 1);
  await h.compose("The weather is mild");
  await world.pump();

  assert.deepEqual(s.shown(), ["The weather is mild"]);
});

test("9.4 after an m1 made by the server the real browser resumes, and nothing is lost", async () => {
  const { world, h, s } = await World.active();
  await h.compose("first");
  await s.compose("second");
  await world.pump();
  world.time += 60;
  await s.run(s.s.offer(4, 0));
  await s.run(s.s.answered(await forgedHello(await parseOffer(last(s, "offer").offer))));
  await h.compose("third");
  await s.compose("fourth");

  await world.settle();
  assert.deepEqual(s.shown(), ["first", "third"]);
  assert.deepEqual(h.shown(), ["second", "fourth"]);
  assert.ok(h.own().length === 2 && s.own().length === 2);
});

test("an unanswered secret key is deleted after 10 minutes", async () => {
  const { world, h, s } = await offered();
  const { offer } = last(s, "offer");
  await h.run(h.h.offered(offer, anna.staff, anna.manager));
  const { m1 } = last(h, "hello");
  h.kill();
  await world.tick(601);
  await s.run(s.s.answered(m1));

  assert.equal(count(s, "reply"), 0);
  assert.equal(s.seat.phase(), "none");
});

/** A take, lines both ways, a reload of each side, more lines. */
async function script(world: World): Promise<void> {
  const h = world.open("h");
  const s = world.open("s");
  await world.connect(h);
  await world.connect(s);
  await s.run(s.s.offer(1, 0));
  await h.compose("h 1");
  await world.pump();
  await s.compose("s 1");
  await world.pump();
  h.kill();
  const again = await world.reload("h");
  await world.connect(again);
  await world.pump();
  await again.compose("h 2");
  await world.pump();
  s.kill();
  const desk = await world.reload("s");
  await world.connect(desk);
  await world.pump();
  await desk.compose("s 2");
  await world.tick(3);
  await world.pump();
}

test("9.8 each single frame lost, with and without a new connection after it", async (t) => {
  const whole = await World.make();
  await script(whole);
  const frames = whole.frames;
  assert.ok(frames > 40);
  for (const reconnect of [false, true]) {
    for (let lost = 0; lost < frames; lost++) {
      await t.test(
        `frame ${lost} of ${frames}, ${reconnect ? "new connection" : "same connection"}`,
        async () => {
          const world = await World.make();
          world.loseNth = lost;
          await script(world);
          if (reconnect) for (const tab of world.tabs) world.disconnect(tab);
          const { h, s } = await world.settle();

          assert.deepEqual(s.shown(), ["h 1", "h 2"]);
          assert.deepEqual(h.shown(), ["s 1", "s 2"]);
        },
      );
    }
  }
});
