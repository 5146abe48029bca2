// SPDX-License-Identifier: AGPL-3.0-or-later
// Section 9 of docs/protocol.md, 2 (offers) and 4 (resume): what a help-seeker's browser answers, and what not.

import assert from "node:assert/strict";
import { test } from "node:test";
import { makeKeyPair } from "../../chat/browser/sealing/handshake.ts";
import { sha256 } from "../../chat/browser/sealing/labels.ts";
import { makeOffer, type OfferFields } from "../../chat/browser/sealing/offer.ts";
import type { Bytes, StaffIdentity } from "../../chat/browser/sealing/types.ts";
import { DAY, flipped, identity, manager, NOW, signer, some } from "./people.ts";
import type { Tab } from "./tab.ts";
import { World } from "./world.ts";

const anna = await identity("Anna");
const ben = await identity("Ben");
const { publicKey: pk } = await makeKeyPair(some("pk", 32));

function idOf(who: StaffIdentity): Promise<Bytes> {
  return sha256(who.staff.slice(0, -64));
}

async function offerOf(who: StaffIdentity, changes: Partial<OfferFields> = {}): Promise<Bytes> {
  const certId = await idOf(who);
  return makeOffer(
    { purpose: 1, mode: 1, slot: 0, sid: some("sid", 16), epoch: 50, certId, pk, ...changes },
    who.sign,
  );
}

/** What the browser answers: "hello", "asks" the person, or the code of the refusal. */
async function answer(tab: Tab, offer: Bytes, who: StaffIdentity): Promise<string> {
  const [changes, hellos] = [tab.changes.length, hellosOf(tab)];
  await tab.run(tab.h.offered(offer, who.staff, who.manager));
  if (hellosOf(tab) > hellos) return "hello";
  const change = tab.changes.slice(changes).at(-1);
  if (change?.kind === "refusedOffer") return change.code;
  return change?.kind === "needsConsent" ? "asks" : "nothing";
}

function hellosOf(tab: Tab): number {
  return tab.outbox.filter((frame) => frame.kind === "hello").length;
}

async function waiting(): Promise<Tab> {
  const world = await World.make();
  const tab = world.open("h");
  await world.connect(tab);
  return tab;
}

test("9.2 a waiting browser follows a take, and sends the same m1 for the same offer", async () => {
  const tab = await waiting();
  const offer = await offerOf(anna);

  assert.equal(await answer(tab, offer, anna), "hello");
  assert.equal(await answer(tab, offer, anna), "hello");
  const sent = tab.outbox.filter((frame) => frame.kind === "hello");
  assert.deepEqual(sent[0], sent[1]);
});

test("9.2 other sid, other slot, mode of the server's sealer, staff key under a colleague's certificate", async () => {
  const tab = await waiting();
  // A colleague's certificate over the same key: the offer names one, the chain beside it is the other.
  const colleague = await identity("Ben", 2, { ed: signer("Anna").ed });

  assert.equal(await answer(tab, await offerOf(anna, { sid: some("other", 16) }), anna), "other_sid");
  assert.equal(await answer(tab, await offerOf(anna, { slot: 1 }), anna), "wrong_slot");
  assert.equal(await answer(tab, await offerOf(anna, { mode: 2 }), anna), "bad_mode");
  assert.equal(
    await answer(tab, await offerOf(anna), { ...anna, staff: colleague.staff }),
    "not_the_same_staff",
  );
  assert.equal(await answer(tab, await offerOf(anna), ben), "not_the_same_staff");
  assert.equal(await answer(tab, await offerOf({ ...anna, sign: ben.sign }), anna), "bad_signature");
  assert.equal(await answer(tab, await offerOf(anna, { purpose: 5 }), anna), "bad_purpose");
});

test("9.2 every byte of an offer flipped, and the purpose changed", async () => {
  const tab = await waiting();
  const offer = await offerOf(anna);
  for (const at of [0, 1, 2, 3, 4, 19, 20, 23, 24, 55, 56, 700, 1271, 1272, 1335]) {
    assert.notEqual(await answer(tab, flipped(offer, at), anna), "hello", `byte ${at}`);
  }
  const resume = offer.slice();
  resume[1] = 4;

  assert.equal(await answer(tab, resume, anna), "bad_signature");
  assert.equal(await answer(tab, offer.slice(1), anna), "bad_length");
});

test("9.2 role 2 in slot 1; supervise in slot 0; take in slot 1", async () => {
  const world = await World.make({ slot: 1 });
  const second = world.open("h");
  const carla = await identity("Carla", 3);

  assert.equal(await answer(second, await offerOf(anna, { slot: 1, purpose: 3 }), anna), "wrong_slot");
  assert.equal(await answer(second, await offerOf(carla, { slot: 1, purpose: 1 }), carla), "wrong_slot");
  assert.equal(await answer(second, await offerOf(carla, { slot: 1, purpose: 3 }), carla), "asks");
  assert.equal(await answer(await waiting(), await offerOf(carla, { purpose: 3 }), carla), "wrong_slot");
});

test("9.2 lower and equal epochs; a take replayed after a handover", async () => {
  const { world, h } = await World.active();
  const take = await offerOf(anna, { epoch: 1 });
  assert.equal(await answer(h, take, anna), "old_epoch");
  assert.equal(await answer(h, await offerOf(ben, { epoch: 60, purpose: 2 }), ben), "asks");
  assert.equal(await answer(h, await offerOf(ben, { epoch: 60 }), ben), "old_epoch");

  assert.equal(await answer(h, await offerOf(ben, { epoch: 70 }), ben), "out_of_state");
  world.disconnect(h);
});

test("9.2 no m1 before the yes, none after a no, and one answer to what was shown", async () => {
  const { h } = await World.active();
  const handover = await offerOf(ben, { purpose: 2 });
  assert.equal(await answer(h, handover, ben), "asks");
  assert.equal(hellosOf(h), 0);
  assert.deepEqual(
    h.changed("needsConsent").map(({ alias, announced }) => [alias, announced]),
    [["Ben", false]],
  );

  await h.run(h.h.consent(false));
  assert.equal(hellosOf(h), 0);
  assert.equal(await answer(h, await offerOf(ben, { purpose: 2, epoch: 51 }), ben), "declined");

  await h.run(h.h.announced(2, await idOf(ben)));
  assert.equal(await answer(h, await offerOf(ben, { purpose: 2, epoch: 52 }), ben), "asks");
  assert.equal(h.changed("needsConsent").at(-1)?.announced, true);
  await h.run(h.h.consent(true));
  assert.equal(hellosOf(h), 1);
  // Made again, it is not asked about again: the yes was to this certificate, for this purpose.
  assert.equal(await answer(h, await offerOf(ben, { purpose: 2, epoch: 53 }), ben), "hello");
  assert.equal(await answer(h, await offerOf(anna, { purpose: 2, epoch: 54 }), anna), "asks");
});

test("after a no, a proposal made anew inside the channel is asked about anew", async () => {
  const { world, h, s } = await World.active();
  await answer(h, await offerOf(ben, { purpose: 2 }), ben);
  await h.run(h.h.consent(false));
  assert.equal(await answer(h, await offerOf(ben, { purpose: 2, epoch: 51 }), ben), "declined");

  world.time += 30;
  await s.run(s.s.propose(2, await idOf(ben)));
  await world.pump();
  assert.equal(await answer(h, await offerOf(ben, { purpose: 2, epoch: 52 }), ben), "asks");
});

test("9.2 a yes to one alias is no yes to the next", async () => {
  const { h } = await World.active();
  const carla = await identity("Carla");
  assert.equal(await answer(h, await offerOf(ben, { purpose: 2 }), ben), "asks");
  assert.equal(await answer(h, await offerOf(carla, { purpose: 2, epoch: 51 }), carla), "asks");
  await h.run(h.h.consent(true, await idOf(ben)));
  assert.equal(hellosOf(h), 0);

  await h.run(h.h.consent(true, await idOf(carla)));
  assert.equal(hellosOf(h), 1);
});

test("9.2 what Anna proposes inside the channel is announced, and nothing else is", async () => {
  const { world, h, s } = await World.active();
  await s.run(s.s.propose(2, await idOf(ben)));
  await world.pump();
  assert.equal(h.changed("proposed").length, 1);

  assert.equal(await answer(h, await offerOf(ben, { purpose: 2 }), ben), "asks");
  assert.equal(h.changed("needsConsent").at(-1)?.announced, true);
  const again = await world.reload("h");
  assert.equal(again.h.proposals().length, 1);
});

test("9.2 what Anna takes back is announced no longer, neither here nor in the other slot", async () => {
  const { world, h, s } = await World.active();
  const certId = await idOf(ben);
  await s.run(s.s.propose(2, certId));
  await s.run(s.s.takeBack(2, certId));
  await world.pump();
  await h.run(h.h.announced(2, certId));
  await h.run(h.h.unannounced(2, certId));

  assert.equal(await answer(h, await offerOf(ben, { purpose: 2 }), ben), "asks");
  assert.equal(h.changed("needsConsent").at(-1)?.announced, false);
});

test("9.4 resume: without a bond, by another, and with a renewed certificate", async () => {
  assert.equal(await answer(await waiting(), await offerOf(anna, { purpose: 4 }), anna), "no_bond");
  const { world, h } = await World.active();
  assert.equal(await answer(h, await offerOf(ben, { purpose: 4 }), ben), "not_the_same_staff");
  const otherKey = await identity("Anna", 2, { ed: signer("new device").ed });
  const withOtherKey = { ...otherKey, sign: signer("new device").sign };
  assert.equal(
    await answer(h, await offerOf(withOtherKey, { purpose: 4 }), withOtherKey),
    "not_the_same_staff",
  );

  const renewed = await identity("Anna", 2, { issued: NOW, notAfter: NOW + 30 * DAY });
  assert.equal(await answer(h, await offerOf(renewed, { purpose: 4 }), renewed), "hello");
  world.disconnect(h);
  assert.equal(manager, renewed.manager);
});

test("9.4 a stolen staff key without the bond cannot enter: its ready is not opened, and nothing is lost", async () => {
  const { world, h, s } = await World.active();
  world.disconnect(s);
  const thief = world.open("s");
  await thief.run(thief.s.offer(1, 10));
  const stolen = await offerOf(anna, { purpose: 4 });
  assert.equal(await answer(h, stolen, anna), "hello"); // the offer is genuine; what is missing is the bond
  assert.equal(h.seat.phase(), "active");
  thief.kill();
  await h.compose("The weather is mild");
  await world.connect(s);

  const settled = await world.settle();
  assert.deepEqual(settled.s.shown(), ["The weather is mild"]);
});

test("9.4 a renewed certificate at the desk: a resume with the old one known is answered", async () => {
  const { world, h, s } = await World.active();
  await h.compose("The weather is mild");
  world.staff = await identity("Anna", 2, { issued: NOW, notAfter: NOW + 30 * DAY });
  s.kill();
  h.kill();

  const settled = await world.settle();
  assert.deepEqual(settled.s.shown(), ["The weather is mild"]);
});
