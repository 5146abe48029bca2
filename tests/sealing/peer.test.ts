// SPDX-License-Identifier: AGPL-3.0-or-later
// The staff's own channel (purpose 5), and the layout of what two desks send each other.

import assert from "node:assert/strict";
import { test } from "node:test";
import { certId, parseCertificate } from "../../chat/browser/sealing/certificate.ts";
import { parseHeader } from "../../chat/browser/sealing/envelope.ts";
import { makeKeyPair, peerProofSubject, sealHello } from "../../chat/browser/sealing/handshake.ts";
import { makeOffer, type OfferFields, parseOffer } from "../../chat/browser/sealing/offer.ts";
import { decodePeerBody, encodePeerBody, type PeerBody } from "../../chat/browser/sealing/peer-body.ts";
import { PeerSeat } from "../../chat/browser/sealing/peer-seat.ts";
import type {
  Bytes,
  Outgoing,
  SeatChange,
  SeatPorts,
  StaffIdentity,
} from "../../chat/browser/sealing/types.ts";
import { codeOfRejection, flipped, identity, NOW, signer, some, trust } from "./people.ts";

const sid = some("side sid", 16);
const [anna, carla, ben] = [await identity("Anna"), await identity("Carla", 3), await identity("Ben")];
const idOf = (who: StaffIdentity): Promise<Bytes> => certId(parseCertificate(who.staff));

/** A browser of the channel, and what it wants sent. */
class End {
  readonly out: Outgoing[] = [];
  readonly changes: SeatChange[] = [];
  readonly seat: PeerSeat;
  time = NOW;

  constructor(make: (ports: SeatPorts) => PeerSeat) {
    this.seat = make({
      send: (out) => void this.out.push(out),
      persist: async () => undefined,
      changed: (change) => void this.changes.push(change),
      now: () => this.time,
      random: (n) => crypto.getRandomValues(new Uint8Array(n)),
    });
  }

  get shown(): string[] {
    return this.seat.lines().flatMap((line) => (line.from === "peer" ? [line.text] : []));
  }

  get own(): string[] {
    return this.seat.lines().flatMap((line) => (line.from === "own" ? [line.state] : []));
  }

  refused(): string[] {
    return this.changes.flatMap((change) => (change.kind === "refusedOffer" ? [change.code] : []));
  }
}

const offering = async (who: StaffIdentity, to: StaffIdentity, at = sid): Promise<End> => {
  const { id } = parseCertificate(to.staff);
  return new End((ports) => PeerSeat.offering(at, id, who, trust, ports));
};
const answering = (who: StaffIdentity, at = sid): End =>
  new End((ports) => PeerSeat.answering(at, who, trust, ports));

/** Carries what one wants sent to the other, as the desks do. */
async function carry(
  from: End,
  who: StaffIdentity,
  to: End,
  lose: Outgoing["kind"] | null = null,
): Promise<void> {
  for (const out of from.out.splice(0)) {
    if (out.kind === lose) continue;
    if (out.kind === "offer") await to.seat.offered(out.offer, out.staff, out.manager);
    if (out.kind === "hello") await to.seat.answered(out.m1, who.staff, who.manager);
    if (out.kind === "reply") await to.seat.replied(out.m2, out.ready);
    if (out.kind === "envelope") await to.seat.delivered(out.envelope);
    if (out.kind === "took") await to.seat.stored(out.epoch, out.n);
    if (out.kind === "resume") await to.seat.connected();
  }
}

async function settle(a: End, b: End): Promise<void> {
  while (a.out.length + b.out.length > 0) {
    await carry(a, anna, b);
    await carry(b, carla, a);
  }
}

async function open(): Promise<readonly [End, End]> {
  const [a, b] = [await offering(anna, carla), answering(carla)];
  await a.seat.offer();
  await settle(a, b);
  assert.deepEqual([a.seat.phase(), b.seat.phase()], ["active", "active"]);
  return [a, b];
}

test("both check the other's chain, and lines go both ways", async () => {
  const [a, b] = await open();
  await a.seat.compose("Can you look at this");
  await b.seat.compose("Yes");
  await settle(a, b);

  assert.deepEqual([a.seat.peer()?.alias, b.seat.peer()?.alias], ["Carla", "Anna"]);
  assert.deepEqual([a.shown, b.shown], [["Yes"], ["Can you look at this"]]);
  a.time += 3;
  b.time += 3;
  await Promise.all([a.seat.tick(), b.seat.tick()]);
  await settle(a, b);
  assert.deepEqual([a.own, b.own], [["delivered"], ["delivered"]]);
});

test("a line written before the channel is open goes when it is", async () => {
  const [a, b] = [await offering(anna, carla), answering(carla)];
  await a.seat.compose("Can you look at this");
  assert.deepEqual(a.own, ["waiting"]);
  await a.seat.offer();
  await settle(a, b);

  assert.deepEqual(b.shown, ["Can you look at this"]);
});

for (const lost of ["offer", "hello", "reply", "envelope"] as const) {
  test(`what is lost on the way comes again: ${lost}`, async () => {
    const [a, b] = [await offering(anna, carla), answering(carla)];
    await a.seat.offer();
    await carry(a, anna, b, lost);
    await carry(b, carla, a, lost);
    await carry(a, anna, b, lost);
    await carry(b, carla, a, lost);
    for (let n = 0; n < 3; n += 1) {
      a.time += 6;
      b.time += 6;
      await a.seat.tick();
      await b.seat.tick();
      await settle(a, b);
    }
    await a.seat.compose("Can you look at this");
    await settle(a, b);

    assert.deepEqual(b.shown, ["Can you look at this"]);
  });
}

test("a lost line is asked for and comes once; a resend is the same bytes", async () => {
  const [a, b] = await open();
  await a.seat.compose("The first");
  const sent = a.out.filter((out) => out.kind === "envelope").map((out) => out.envelope);
  a.out.length = 0;
  await a.seat.compose("The second");
  b.time += 6;
  a.time += 6;
  await carry(a, anna, b);
  await carry(b, carla, a);
  const again = a.out.flatMap((out) => (out.kind === "envelope" ? [out.envelope] : []));
  assert.deepEqual(again[again.length - 2], sent[0]);
  await settle(a, b);

  assert.deepEqual(b.shown, ["The first", "The second"]);
});

test("the same hello gets the same answer, another hello none", async () => {
  const [a, b] = [await offering(anna, carla), answering(carla)];
  await a.seat.offer();
  await carry(a, anna, b);
  const hello = b.out.find((out) => out.kind === "hello");
  assert.ok(hello?.kind === "hello");
  await a.seat.answered(hello.m1, carla.staff, carla.manager);
  await a.seat.answered(hello.m1, carla.staff, carla.manager);
  const replies = a.out.flatMap((out) => (out.kind === "reply" ? [out.m2] : []));
  assert.deepEqual(replies[0], replies[1]);

  await a.seat.answered(flipped(hello.m1, 100), carla.staff, carla.manager);
  assert.equal(a.out.filter((out) => out.kind === "reply").length, 2);
});

/** An offer of Anna's, one field changed. */
async function offerOf(changes: Partial<OfferFields>, who = anna): Promise<Bytes> {
  const { publicKey } = await makeKeyPair(some("pk", 32));
  const fields: OfferFields = {
    purpose: 5,
    mode: 1,
    slot: 0,
    sid,
    epoch: 1,
    certId: await idOf(who),
    pk: publicKey,
    ...changes,
  };
  return makeOffer(fields, (bytes) => who.sign(bytes));
}

test("an offer that is not for this channel is not answered", async () => {
  const cases = {
    bad_purpose: await offerOf({ purpose: 2 }),
    other_sid: await offerOf({ sid: some("another", 16) }),
    wrong_slot: await offerOf({ slot: 1 }),
    bad_mode: await offerOf({ mode: 2 }),
    old_epoch: await offerOf({ epoch: 2 }),
    bad_signature: flipped(await offerOf({}), 1335),
    not_the_same_staff: await offerOf({ certId: await idOf(ben) }),
  };
  for (const [code, offer] of Object.entries(cases)) {
    const b = answering(carla);
    await b.seat.offered(offer, anna.staff, anna.manager);
    assert.deepEqual([b.refused(), b.out, b.seat.phase()], [[code], [], "none"]);
  }
  const b = answering(carla);
  await b.seat.offered(await offerOf({}), anna.staff, anna.manager);
  assert.equal(b.seat.phase(), "hello");
});

test("one's own offer, sent back, is refused; so is one's own hello", async () => {
  const b = answering(anna);
  await b.seat.offered(await offerOf({}), anna.staff, anna.manager);
  assert.deepEqual(b.refused(), ["not_the_same_staff"]);
});

/** Answers Anna's offer with a hello made by hand. */
async function helloTo(a: End, who: StaffIdentity, signs: StaffIdentity, chain = who): Promise<void> {
  await a.seat.offer();
  const sent = a.out.find((out) => out.kind === "offer");
  assert.ok(sent?.kind === "offer");
  const offer = await parseOffer(sent.offer);
  const { publicKey } = await makeKeyPair(some("pkH", 32));
  const signature = await signs.sign(await peerProofSubject(offer.hash, publicKey));
  const proof = { certId: await idOf(who), signature };
  const m1 = await sealHello(offer.pk, offer.hash, { secret: some("s", 32), publicKey, proof });
  await a.seat.answered(m1, chain.staff, chain.manager);
}

test("a hello without the proof of whom it is to be with is refused, and the offer stands", async () => {
  const mallory = await identity("Carla", 3, { ed: signer("Mallory").ed, id: some("Mallory id", 16) });
  const cases: [string, StaffIdentity, StaffIdentity, StaffIdentity][] = [
    ["bad_signature", carla, ben, carla],
    ["not_the_same_staff", carla, carla, ben],
    ["not_the_same_staff", ben, ben, ben],
    ["not_the_same_staff", mallory, { ...mallory, sign: signer("Mallory").sign }, mallory],
    ["not_the_same_staff", anna, anna, anna],
  ];
  for (const [code, who, signs, chain] of cases) {
    const a = await offering(anna, carla);
    await helloTo(a, who, signs, chain);
    assert.deepEqual([a.refused(), a.seat.phase()], [[code], "offered"]);
  }
  const a = await offering(anna, carla);
  await helloTo(a, carla, carla);
  assert.equal(a.seat.phase(), "replied");
});

test("a help-seeker's hello, without a proof, opens nothing", async () => {
  const a = await offering(anna, carla);
  await a.seat.offer();
  const sent = a.out.find((out) => out.kind === "offer");
  assert.ok(sent?.kind === "offer");
  const offer = await parseOffer(sent.offer);
  const { publicKey } = await makeKeyPair(some("pkH", 32));
  const m1 = await sealHello(offer.pk, offer.hash, { secret: some("s", 32), publicKey, proof: null });
  await a.seat.answered(m1, carla.staff, carla.manager);

  assert.deepEqual([a.refused(), a.seat.phase()], [["bad_length"], "offered"]);
});

test("an envelope of another channel, or one's own sent back, opens nothing", async () => {
  const [a, b] = await open();
  const [c] = await (async () => {
    const other = some("another", 16);
    const ends = [await offering(anna, carla, other), answering(carla, other)] as const;
    await ends[0].seat.offer();
    await settle(...ends);
    await ends[0].seat.compose("Elsewhere");
    return ends;
  })();
  const foreign = c.out.find((out) => out.kind === "envelope");
  assert.ok(foreign?.kind === "envelope");
  assert.equal(parseHeader(foreign.envelope).dir, 1);
  await b.seat.delivered(foreign.envelope);
  await a.seat.delivered(foreign.envelope);

  assert.deepEqual([a.shown, b.shown], [[], []]);
});

test("the end is said inside, and nothing goes after it", async () => {
  const [a, b] = await open();
  await a.seat.end();
  await settle(a, b);

  assert.ok(b.changes.some((change) => change.kind === "peerEnded"));
  assert.equal(await codeOfRejection(b.seat.compose("too late")), "ended");
});

const chain = { staff: anna.staff, manager: anna.manager };
const BODIES: PeerBody[] = [
  { kind: "offer", sid, offer: some("offer", 1336), ...chain },
  { kind: "hello", sid, m1: some("m1", 2480), ...chain },
  { kind: "reply", sid, m2: some("m2", 1168), ready: some("ready", 1063) },
  { kind: "envelope", sid, envelope: some("small", 1063) },
  { kind: "envelope", sid, envelope: some("large", 4135) },
  { kind: "took", sid, epoch: 1, n: 4_000_000_000 },
  { kind: "resume", sid },
  { kind: "over", sid },
];

for (const body of BODIES) {
  test(`the layout of ${body.kind}: read as written, no byte more or less`, async () => {
    const bytes = encodePeerBody(body);
    assert.deepEqual(decodePeerBody(bytes), body);
    assert.ok(bytes.length <= 4608);

    const read = (given: Bytes) => codeOfRejection((async () => decodePeerBody(given))());
    assert.equal(await read(Uint8Array.from([...bytes, 0])), "bad_length");
    assert.equal(await read(bytes.slice(0, -1)), "bad_length");
    assert.equal(await read(Uint8Array.from([2, ...bytes.slice(1)])), "unknown_version");
    assert.equal(await read(Uint8Array.from([1, 8, ...bytes.slice(2)])), "unknown_version");
    assert.equal(await read(Uint8Array.from([1, 0, ...bytes.slice(2)])), "unknown_version");
    assert.equal(await read(new Uint8Array(0)), "bad_length");
  });
}
