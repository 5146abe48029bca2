// SPDX-License-Identifier: AGPL-3.0-or-later
// Whatever a parser of the browser's sealing, or of its wire, is given: what it says it returns, or its own
// refusal with a closed code. The twin of test_sealing.py. KENTERING_LONG=1 looks for a minute, with new seeds.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { isAlias } from "../../chat/browser/sealing/alias.ts";
import { openBlob, readBlobHead, sealBlob, splitStates } from "../../chat/browser/sealing/blob.ts";
import { concat, fromBase64url, fromHex, fromUtf8, hex, utf8 } from "../../chat/browser/sealing/bytes.ts";
import {
  makeBody,
  parseCertificate,
  verifyChain,
  verifyManager,
} from "../../chat/browser/sealing/certificate.ts";
import { ReceivingChain, readHeader, step } from "../../chat/browser/sealing/chain.ts";
import { verifyEd25519 } from "../../chat/browser/sealing/ed25519.ts";
import { checkEnrolmentRequest, enrolmentRequest } from "../../chat/browser/sealing/enrolment.ts";
import { headerBytes, isJoining, openEnvelope, parseHeader } from "../../chat/browser/sealing/envelope.ts";
import { SealingError } from "../../chat/browser/sealing/errors.ts";
import {
  checkPeerProof,
  makeKeyPair,
  openHello,
  openReply,
  sealHello,
  sealReply,
} from "../../chat/browser/sealing/handshake.ts";
import { aesOpen, aesSeal, sha256 } from "../../chat/browser/sealing/labels.ts";
import { checkOffer, checkPeerOffer, makeOffer, parseOffer } from "../../chat/browser/sealing/offer.ts";
import { readCertificateFile } from "../../chat/browser/sealing/offline-root.ts";
import { decodePeerBody, encodePeerBody } from "../../chat/browser/sealing/peer-body.ts";
import { decodeState } from "../../chat/browser/sealing/state.ts";
import { readTrust } from "../../chat/browser/sealing/trust.ts";
import type { Bytes } from "../../chat/browser/sealing/types.ts";
import { decodeToDesk, decodeToHelpSeeker, WireError } from "../../chat/browser/wire.gen.ts";
import { identity, managerKey, NOW, Rng, signer, some, staffFields, trust } from "../sealing/people.ts";
import { World } from "../sealing/world.ts";
import { mutated } from "./mutate.ts";

const LONG = process.env["KENTERING_LONG"] === "1";
const SECONDS = 60;
const SEALING = new URL("../../chat/browser/sealing/", import.meta.url);

const anna = await identity("Anna");
const carla = await identity("Carla", 3);
const [sid, half, d, invite, invId] = [
  some("sid", 16),
  some("half", 32),
  some("d", 32),
  some("i", 16),
  some("n", 16),
];
const [own, other] = [await makeKeyPair(some("own", 32)), await makeKeyPair(some("other", 32))];
const staffId = await sha256(makeBody(staffFields("Anna")));
const fields = { sid, epoch: 1, certId: staffId, pk: own.publicKey, mode: 1, slot: 0 } as const;
const offers = await Promise.all(
  ([1, 2, 3, 4, 5] as const).map((purpose) => makeOffer({ ...fields, purpose }, signer("Anna").sign)),
);
const expected = { sid, slot: 0, mode: 1, above: 0 } as const;
const offer = await parseOffer(offers[0] ?? new Uint8Array(0));
const hello = { secret: some("secret", 32), publicKey: other.publicKey, proof: null };
const proof = { certId: staffId, signature: some("signature", 64) };
const m1 = await sealHello(own.publicKey, offer.hash, hello);
const m1WithProof = await sealHello(own.publicKey, offer.hash, { ...hello, proof });
const m2 = await sealReply(other.publicKey, offer.hash, m1, some("s_c", 32));
const mk = (await step(some("chain", 32))).mk;
const header = { slot: 0, dir: 1, epoch: 3, n: 5 } as const;
const chain = await verifyChain(anna.staff, anna.manager, trust, NOW);
const request = await enrolmentRequest(signer("Anna"), invId, invite);

const zeros = "00".repeat(16);
const inners = [
  `000000000000000007${zeros}`,
  `010000000400000007${zeros}${hex(utf8("The weather is mild"))}`,
  `040000000500000007${zeros}02${zeros}${zeros}`,
  `050000000600000007${zeros}03${zeros}${zeros}00`,
  `070000000700000007${zeros}01${hex(utf8("It rains"))}`,
  `080000000800000007${zeros}03`,
  "020000000000000007",
  `090000000900000007${zeros}`,
].map(fromHex);

/** An envelope with a good tag around anything that fits. */
async function sealed(inner: Bytes): Promise<Bytes> {
  const padded = new Uint8Array(1024);
  padded.set(inner.slice(0, 1024));
  const head = headerBytes(header);
  return concat(head, new Uint8Array(12), await aesSeal(mk, new Uint8Array(12), head, padded));
}

function withLength(inner: Bytes): Bytes {
  return concat(Uint8Array.of(inner.length >> 8, inner.length), inner);
}

/** States of both sides of a conversation of a few lines. */
async function states(): Promise<{ readonly h: Bytes[]; readonly s: Bytes[] }> {
  const world = await World.make();
  const [h, s] = [world.open("h"), world.open("s")];
  h.connected = s.connected = true;
  await s.run(s.s.offer(1, 0));
  await world.settle();
  const found = { h: [] as Bytes[], s: [] as Bytes[] };
  for (const side of ["h", "s"] as const) {
    for (const blob of world.blobs[side].slice(-3))
      found[side].push(await openBlob(blob, some(`half ${side}`, 32)));
  }
  return found;
}

const kept = await states();

interface Parser {
  /** `file.function`. */
  readonly of: string;
  readonly seeds: readonly Bytes[];
  readonly read: (bytes: Bytes) => unknown;
  /** Puts what was mutated below a key. */
  readonly wrap?: (bytes: Bytes) => Promise<Bytes>;
  readonly slow?: boolean;
}

const blob = await sealBlob(sid, d, half, kept.h[0] ?? new Uint8Array(0));
const chainOf = { staff: anna.staff, manager: anna.manager };
const peerBodies = [
  encodePeerBody({ sid, kind: "offer", offer: offers[4] ?? new Uint8Array(0), ...chainOf }),
  encodePeerBody({ sid, kind: "hello", m1: m1WithProof, ...chainOf }),
  encodePeerBody({ sid, kind: "took", epoch: 1, n: 7 }),
  encodePeerBody({ sid, kind: "resume" }),
];
const aliases = ["Anna", "Åsa Öberg", "Ольга"].map(utf8);
const file = utf8(
  `Kentering certificate 1\nalias: Maria\nroot: ${"12345 ".repeat(6).trim()}\ncertificate: aGVsbG8=\n`,
);

const PARSERS: readonly Parser[] = [
  {
    of: "certificate.parseCertificate",
    seeds: [anna.staff, carla.staff, anna.manager],
    read: parseCertificate,
  },
  {
    of: "certificate.verifyChain",
    seeds: [anna.staff, carla.staff],
    read: (bytes) => verifyChain(bytes, anna.manager, trust, NOW),
    slow: true,
  },
  {
    of: "certificate.verifyManager",
    seeds: [anna.manager],
    read: (bytes) => verifyManager(bytes, trust, NOW),
    slow: true,
  },
  { of: "offer.parseOffer", seeds: offers, read: parseOffer },
  {
    of: "offer.checkOffer",
    seeds: offers,
    read: (bytes) => checkOffer(bytes, anna.staff, anna.manager, expected, trust, NOW),
    slow: true,
  },
  {
    of: "offer.checkPeerOffer",
    seeds: offers,
    read: (bytes) =>
      checkPeerOffer(bytes, anna.staff, anna.manager, { sid, own: some("me", 32) }, trust, NOW),
    slow: true,
  },
  { of: "envelope.parseHeader", seeds: [await sealed(inners[0] ?? new Uint8Array(0))], read: parseHeader },
  { of: "chain.readHeader", seeds: [await sealed(inners[0] ?? new Uint8Array(0))], read: readHeader },
  {
    of: "envelope.openEnvelope",
    seeds: await Promise.all(inners.map((inner) => sealed(withLength(inner)))),
    read: (bytes) => openEnvelope(mk, bytes),
  },
  {
    of: "envelope.openEnvelope",
    seeds: inners.map(withLength),
    read: (bytes) => openEnvelope(mk, bytes),
    wrap: sealed,
  },
  { of: "envelope.isJoining", seeds: [Uint8Array.of(2)], read: (bytes) => isJoining(bytes[0] ?? 0) },
  { of: "blob.readBlobHead", seeds: [blob], read: readBlobHead },
  { of: "blob.openBlob", seeds: [blob], read: (bytes) => openBlob(bytes, half), slow: true },
  { of: "blob.splitStates", seeds: [fromHex("00000001aa00000002bbcc")], read: splitStates },
  { of: "state.decodeState", seeds: kept.h, read: (bytes) => decodeState(bytes, "h") },
  { of: "state.decodeState", seeds: kept.s, read: (bytes) => decodeState(bytes, "s") },
  {
    of: "handshake.openHello",
    seeds: [m1],
    read: (bytes) => openHello(own, offer.hash, bytes, false),
    slow: true,
  },
  {
    of: "handshake.openHello",
    seeds: [m1WithProof],
    read: (bytes) => openHello(own, offer.hash, bytes, true),
    slow: true,
  },
  {
    of: "handshake.openReply",
    seeds: [m2],
    read: (bytes) => openReply(other, offer.hash, m1, bytes),
    slow: true,
  },
  {
    of: "handshake.checkPeerProof",
    seeds: [concat(proof.certId, proof.signature)],
    read: (bytes) =>
      checkPeerProof(
        { ...hello, proof: { certId: bytes.slice(0, 32), signature: bytes.slice(32) } },
        offer.hash,
        chain,
      ),
  },
  // Keys of the other side, which need be none.
  {
    of: "handshake.sealHello",
    seeds: [own.publicKey, new Uint8Array(1216)],
    read: (bytes) => sealHello(bytes, offer.hash, hello),
    slow: true,
  },
  {
    of: "handshake.sealReply",
    seeds: [other.publicKey, new Uint8Array(1216).fill(255)],
    read: (bytes) => sealReply(bytes, offer.hash, m1, some("s_c", 32)),
    slow: true,
  },
  {
    of: "enrolment.checkEnrolmentRequest",
    seeds: [request],
    read: (bytes) => checkEnrolmentRequest(bytes, invId, invite),
  },
  {
    of: "ed25519.verifyEd25519",
    seeds: [concat(managerKey.ed, await managerKey.sign(utf8("x")), utf8("x"))],
    read: (bytes) => verifyEd25519(bytes.slice(0, 32), bytes.slice(32, 96), bytes.slice(96)),
  },
  {
    of: "labels.aesOpen",
    seeds: [await sealed(inners[0] ?? new Uint8Array(0))],
    read: (bytes) => aesOpen(mk, bytes.slice(0, 12), new Uint8Array(0), bytes.slice(12)),
  },
  { of: "peer-body.decodePeerBody", seeds: peerBodies, read: decodePeerBody },
  {
    of: "offline-root.readCertificateFile",
    seeds: [file],
    read: (bytes) => readCertificateFile(loose(bytes)),
  },
  {
    of: "trust.readTrust",
    seeds: [utf8("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")],
    read: (bytes) => readTrust({ roots: [loose(bytes)], revoked: [], built: 0, demo: false }),
  },
  { of: "bytes.fromUtf8", seeds: aliases, read: fromUtf8 },
  { of: "bytes.fromHex", seeds: [utf8("00ff")], read: (bytes) => fromHex(loose(bytes)) },
  { of: "bytes.fromBase64url", seeds: [utf8("AAAA_-Q")], read: (bytes) => fromBase64url(loose(bytes)) },
  { of: "alias.isAlias", seeds: aliases, read: (bytes) => isAlias(loose(bytes)) },
  { of: "wire.decodeToHelpSeeker", seeds: [fromHex("9107"), fromHex("920100")], read: decodeToHelpSeeker },
  { of: "wire.decodeToDesk", seeds: [fromHex("9107"), fromHex("920100")], read: decodeToDesk },
];

/** Functions that begin so read what somebody else wrote. */
const READS = /^export (?:async )?function ((?:parse|open|read|check|verify|decode|split|from)[A-Z]\w*)/gm;

/** A text of anything: bytes as characters, half surrogate pairs among them. */
function loose(bytes: Bytes): string {
  return String.fromCharCode(...bytes.slice(0, 5000));
}

test("every reader is fuzzed", () => {
  const found = readdirSync(SEALING).flatMap((name) =>
    [...readFileSync(new URL(name, SEALING), "utf8").matchAll(READS)].map(
      ([, reader]) => `${name.replace(/\.ts$/, "")}.${reader}`,
    ),
  );
  const fuzzed = new Set(PARSERS.map((parser) => parser.of));
  assert.deepEqual(
    found.filter((name) => !fuzzed.has(name)),
    [],
  );
});

async function look(parser: Parser, rng: Rng, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const bytes = mutated(rng.pick(parser.seeds), rng, parser.seeds);
    const given = parser.wrap === undefined ? bytes : await parser.wrap(bytes);
    try {
      await parser.read(given);
    } catch (error) {
      if (error instanceof SealingError) {
        assert.equal(error.message, error.code); // a code, and nothing of the input
      } else {
        assert.ok(
          error instanceof WireError,
          `${parser.of} threw ${error} for ${given.length} bytes, ${hex(given.slice(0, 100))}`,
        );
      }
    }
  }
}

/** A chain under way, given anything: it throws nothing, and takes in what is next. */
async function chainStands(rng: Rng): Promise<void> {
  const receiving = new ReceivingChain(0, 1, 3, 5, some("chain", 32));
  const good = await sealed(withLength(inners[1] ?? new Uint8Array(0)));
  for (let i = 0; i < 20; i++) {
    const outcome = await receiving.receive(mutated(good, rng, [good]));
    if (outcome.kind === "ok") return; // what was wrong was cut off again
  }
  assert.equal((await receiving.receive(good)).kind, "ok");
}

async function round(seed: number, count: number): Promise<void> {
  for (const [at, parser] of PARSERS.entries()) {
    await look(parser, new Rng(seed * 1000 + at), parser.slow === true ? Math.ceil(count / 20) : count);
  }
  await chainStands(new Rng(seed));
}

test("nothing but a refusal comes of it", async (t) => {
  if (!LONG) return round(1, 200);
  const until = Date.now() + SECONDS * 1000;
  while (Date.now() < until) {
    const seed = Math.floor(Math.random() * 2 ** 31);
    t.diagnostic(`seed ${seed}`);
    await round(seed, 1000);
  }
});
