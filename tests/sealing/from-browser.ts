// SPDX-License-Identifier: AGPL-3.0-or-later
// What the browser's code makes for Python to open, as vectors; for Node and Chromium alike. HPKE's encapsulation
// is random, so no two runs give the same.

import { sealBlob, ticketHash, ticketOf } from "../../chat/browser/sealing/blob.ts";
import { utf8 } from "../../chat/browser/sealing/bytes.ts";
import { makeBody, signCertificate } from "../../chat/browser/sealing/certificate.ts";
import { step } from "../../chat/browser/sealing/chain.ts";
import { enrolmentRequest } from "../../chat/browser/sealing/enrolment.ts";
import { Kind, NO_MID, sealEnvelope } from "../../chat/browser/sealing/envelope.ts";
import { rootFingerprint } from "../../chat/browser/sealing/fingerprint.ts";
import {
  deriveKeys,
  makeKeyPair,
  NO_BOND,
  peerProofSubject,
  sealHello,
  sealReply,
} from "../../chat/browser/sealing/handshake.ts";
import { label, sha256 } from "../../chat/browser/sealing/labels.ts";
import { makeOffer, parseOffer } from "../../chat/browser/sealing/offer.ts";
import type { Bytes, Purpose, Slot, StaffIdentity } from "../../chat/browser/sealing/types.ts";
import {
  DAY,
  flipped,
  identity,
  manager,
  managerId,
  NOW,
  root,
  signer,
  some,
  staffFields,
  trust,
} from "./people.ts";
import { write } from "./vector-file.ts";

let cases: string[] = [];

function add(...args: Parameters<typeof write>): void {
  cases.push(write(...args));
}

const pinned = { root: [...trust.roots], built_n: trust.built };
const chainOf = ({ staff }: StaffIdentity) => ({ staff, manager, ...pinned, now_n: NOW });

const anna = await identity("Anna");
const ben = await identity("Ben");
const carla = await identity("Carla", 3);

async function certificates(): Promise<void> {
  for (const [name, who] of [
    ["Anna", anna],
    ["Carla", carla],
    ["Zoë", await identity("Zoë")],
  ] as const) {
    const id = await sha256(who.staff.slice(0, -64));
    add("certificate", name, {
      ...chainOf(who),
      expect: "ok",
      cert_id: id,
      manager_id: managerId,
      text: JSON.stringify(name),
    });
  }
  const old = await identity("Anna", 2, { issued: NOW - 40 * DAY, notAfter: NOW - 7 * DAY - 1 });
  add("certificate", "past its end", { ...chainOf(old), expect: "clock_ahead" });
  const other = await signCertificate(signer("stranger"), makeBody(staffFields("Anna")));
  add("certificate", "signed by a stranger", {
    ...chainOf({ ...anna, staff: other }),
    expect: "bad_signature",
  });
  for (const [at, expect] of [
    [0, "unknown_version"],
    [2, "bad_signature"],
    [20, "bad_signature"],
    [60, "bad_issuer"],
  ] as const) {
    add("certificate", `byte ${at} flipped`, {
      ...chainOf({ ...anna, staff: flipped(anna.staff, at) }),
      expect,
    });
  }
  const promoted = anna.staff.slice();
  promoted[1] = 3;
  add("certificate", "role swapped", { ...chainOf({ ...anna, staff: promoted }), expect: "bad_signature" });
  add("fingerprint", "root", { root: root.ed, fingerprint: await rootFingerprint(root.ed) });
  const [inv, invite] = [some("inv", 16), some("invite", 16)];
  const request = await enrolmentRequest(signer("Anna"), inv, invite);
  add("enrolment", "good", { request, invite, inv_id: inv, expect: "ok", ed: signer("Anna").ed });
  add("enrolment", "another invitation", {
    request,
    invite: some("other", 16),
    inv_id: inv,
    expect: "bad_invite",
  });
}

async function offerBy(
  who: StaffIdentity,
  purpose: Purpose,
  slot: Slot,
  epoch: number,
  pk: Bytes,
): Promise<Bytes> {
  const certId = await sha256(who.staff.slice(0, -64));
  return makeOffer({ purpose, mode: 1, slot, sid: some("sid", 16), epoch, certId, pk }, who.sign);
}

async function handshakes(): Promise<void> {
  const [seedS, seedH] = [some("seed s", 32), some("seed h", 32)];
  const [pairS, pairH] = [await makeKeyPair(seedS), await makeKeyPair(seedH)];
  add("keypair", "of staff", { seed: seedS, pk: pairS.publicKey });
  for (const [purpose, slot, who, psk] of [
    [1, 0, anna, NO_BOND],
    [2, 0, ben, NO_BOND],
    [3, 1, carla, NO_BOND],
    [4, 0, anna, some("bond", 32)],
  ] as const) {
    const offer = await offerBy(who, purpose, slot, purpose + 2, pairS.publicKey);
    const { hash } = await parseOffer(offer);
    if (purpose !== 4) {
      const given = { offer, ...chainOf(who), sid: some("sid", 16), slot_n: slot, highest_n: 2 };
      add("offer", `purpose ${purpose}`, { ...given, expect: "ok", oh: hash });
    }
    const [secretH, secretS] = [some(`secret h ${purpose}`, 32), some(`secret s ${purpose}`, 32)];
    const m1 = await sealHello(pairS.publicKey, hash, {
      secret: secretH,
      publicKey: pairH.publicKey,
      proof: null,
    });
    const m2 = await sealReply(pairH.publicKey, hash, m1, secretS);
    const keys = await deriveKeys(hash, m1, m2, secretH, secretS, psk);
    add("handshake", `purpose ${purpose}`, {
      offer,
      seed_s: seedS,
      seed_h: seedH,
      m1,
      m2,
      psk,
      s_h: secretH,
      s_c: secretS,
      transcript: await sha256(label("transcript"), hash, await sha256(m1), await sha256(m2)),
      ck_h: keys.h,
      ck_s: keys.s,
      bond: keys.bond,
    });
    add("hello", `purpose ${purpose}, flipped`, {
      offer,
      seed_s: seedS,
      m1: flipped(m1, 2000),
      expect: "not_opened",
    });
    add("reply", `purpose ${purpose}, to another m1`, {
      offer,
      m1: flipped(m1, 7),
      seed_h: seedH,
      m2,
      expect: "not_opened",
    });
  }
  const offer = await offerBy(carla, 5, 0, 1, pairS.publicKey);
  const { hash } = await parseOffer(offer);
  const secret = some("secret peer", 32);
  const subject = await peerProofSubject(hash, pairH.publicKey);
  const certId = await sha256(anna.staff.slice(0, -64));
  for (const [about, by, expect] of [
    ["good", "Anna", "ok"],
    ["signed by another", "Ben", "bad_signature"],
  ] as const) {
    const proof = { certId, signature: await signer(by).sign(subject) };
    const m1 = await sealHello(pairS.publicKey, hash, { secret, publicKey: pairH.publicKey, proof });
    const result = expect === "ok" ? { s_h: secret, pk_h: pairH.publicKey } : {};
    add("peer-hello", about, { offer, seed_s: seedS, m1, ...chainOf(anna), expect, ...result });
  }
}

async function envelopes(): Promise<void> {
  const ck = some("ck", 32);
  const first = await step(ck);
  const second = await step(first.next);
  const third = await step(second.next);
  add("ratchet", "three steps", { ck, mk0: first.mk, mk1: second.mk, mk2: third.mk, ck3: third.next });
  const contents = [
    [Kind.ready, NO_MID],
    [Kind.text, utf8("The weather is mild")],
    [Kind.text, utf8("é".repeat(2000))],
    [Kind.typing, utf8("")],
    [Kind.ack, utf8("")],
    [Kind.propose, Uint8Array.of(2, ...managerId)],
    [Kind.answer, Uint8Array.of(3, ...managerId, 1)],
    [Kind.summary, utf8("")],
    [Kind.relay, Uint8Array.of(1, ...utf8("Mild here too"))],
    [Kind.room, Uint8Array.of(3)],
    [Kind.end, utf8("")],
  ] as const;
  for (const [at, [kind, content]] of contents.entries()) {
    const numbered = kind !== Kind.ready && kind !== Kind.typing && kind !== Kind.ack;
    const header = { slot: (at % 2) as Slot, dir: (at % 2) as 0 | 1, epoch: at + 1, n: 0xfffffff0 + at };
    const inner = {
      kind,
      seq: numbered ? at : 0,
      ack: at * 3,
      mid: numbered ? some(`mid ${at}`, 16) : null,
      content,
    };
    const lane = { ck, slot_n: header.slot, dir_n: header.dir, epoch_n: header.epoch, n_n: header.n };
    const said = { kind_n: kind, seq_n: inner.seq, ack_n: inner.ack, mid: inner.mid ?? utf8(""), content };
    const iv = some(`iv ${at}`, 12);
    const envelope = await sealEnvelope(first.mk.slice(), header, iv, inner);
    add("seal", `kind ${kind}, case ${at}`, { ...lane, iv, ...said, envelope });
    add("open", `kind ${kind}, case ${at}`, { ...lane, envelope, expect: "ok", ...said });
    if (kind !== Kind.text) continue;
    add("open", `kind ${kind}, case ${at}, flipped`, {
      ...lane,
      envelope: flipped(envelope, 30),
      expect: "ignored",
    });
    add("open", `kind ${kind}, case ${at}, too early`, {
      ...lane,
      n_n: header.n - 1,
      envelope,
      expect: "gap",
    });
  }
}

async function blobs(): Promise<void> {
  const [sid, d, half] = [some("sid", 16), some("d", 32), some("half", 32)];
  const ticket = await ticketOf(d);
  for (const length of [0, 1000, 16_381]) {
    const state = some(`state ${length}`, length);
    const blob = await sealBlob(sid, d, half, state);
    const iv = blob.slice(49, 61);
    add("blob", `${length} bytes`, {
      sid,
      d,
      half,
      iv,
      state,
      ticket,
      ticket_hash: await ticketHash(ticket),
      blob,
    });
  }
}

/** The whole file, made anew. */
export async function fromBrowser(): Promise<string> {
  cases = [];
  for (const make of [certificates, handshakes, envelopes, blobs]) await make();
  const front =
    "# Written by the browser's code: `node tests/sealing/make-from-browser.ts`; the format is in README.md.\n";
  return [front, ...cases].join("\n");
}
