// SPDX-License-Identifier: AGPL-3.0-or-later
// What each kind of vector asks of the browser's implementation; for Node and Chromium alike.

import { isAlias } from "../../chat/browser/sealing/alias.ts";
import { openBlob, readBlobHead, ticketHash, ticketOf } from "../../chat/browser/sealing/blob.ts";
import { equal, hex } from "../../chat/browser/sealing/bytes.ts";
import { verifyChain } from "../../chat/browser/sealing/certificate.ts";
import { ReceivingChain, step } from "../../chat/browser/sealing/chain.ts";
import { checkEnrolmentRequest } from "../../chat/browser/sealing/enrolment.ts";
import { type Direction, headerBytes, type Kind, sealEnvelope } from "../../chat/browser/sealing/envelope.ts";
import { rootFingerprint } from "../../chat/browser/sealing/fingerprint.ts";
import {
  checkPeerProof,
  deriveKeys,
  makeKeyPair,
  openHello,
  openReply,
} from "../../chat/browser/sealing/handshake.ts";
import { HelpSeekerSeat } from "../../chat/browser/sealing/help-seeker-seat.ts";
import { label, sha256 } from "../../chat/browser/sealing/labels.ts";
import { Ledger } from "../../chat/browser/sealing/ledger.ts";
import { parseOffer } from "../../chat/browser/sealing/offer.ts";
import { encodeState } from "../../chat/browser/sealing/state.ts";
import type { Bytes, SeatChange, Slot, Trust } from "../../chat/browser/sealing/types.ts";
import { codeOfRejection, some } from "./people.ts";
import type { Case } from "./vector-file.ts";

/** Of numbers, words and truth; `node:assert` is not there in Chromium. */
function equals<T extends number | string | boolean>(actual: T, expected: T, what: string): void {
  if (actual !== expected) throw new Error(`${what}: ${actual} instead of ${expected}`);
}

function trustOf(c: Case): Trust {
  return { roots: c.all("root"), revoked: c.all("revoked"), built: c.number("built_n"), demo: false };
}

function same(c: Case, name: string, actual: Bytes): void {
  equals(hex(actual), hex(c.bytes(name)), name);
}

async function expectCode(c: Case, promise: Promise<unknown>): Promise<boolean> {
  equals(await codeOfRejection(promise), c.word("expect"), "expect");
  return c.word("expect") === "ok";
}

const kinds: Readonly<Record<string, (c: Case) => Promise<void>>> = {
  async certificate(c) {
    const checking = verifyChain(c.bytes("staff"), c.bytes("manager"), trustOf(c), c.number("now_n"));
    if (!(await expectCode(c, checking))) return;
    const chain = await checking;
    same(c, "cert_id", chain.staffId);
    same(c, "manager_id", chain.managerId);
    equals(chain.staff.alias, c.text("text"), "alias");
  },

  async alias(c) {
    equals(isAlias(c.text("text")) ? "ok" : "bad_alias", c.word("expect"), "expect");
  },

  async fingerprint(c) {
    equals(await rootFingerprint(c.bytes("root")), c.word("fingerprint"), "fingerprint");
  },

  async enrolment(c) {
    const checking = checkEnrolmentRequest(c.bytes("request"), c.bytes("inv_id"), c.bytes("invite"));
    if (await expectCode(c, checking)) same(c, "ed", await checking);
  },

  async offer(c) {
    const answers: string[] = [];
    const seat = HelpSeekerSeat.restore(
      waiting(c.bytes("sid"), c.number("slot_n") as Slot, c.number("highest_n")),
      trustOf(c),
      {
        send: (out) => void (out.kind === "hello" && answers.push("ok")),
        persist: async () => undefined,
        changed: (change: SeatChange) => {
          if (change.kind === "needsConsent") answers.push("ok");
          if (change.kind === "refusedOffer") answers.push(change.code);
        },
        now: () => c.number("now_n"),
        random: (n) => some("offer", n),
      },
    );
    await seat.offered(c.bytes("offer"), c.bytes("staff"), c.bytes("manager"));
    equals(answers.join(), c.word("expect"), "expect");
    if (c.word("expect") === "ok") same(c, "oh", (await parseOffer(c.bytes("offer"))).hash);
  },

  async keypair(c) {
    same(c, "pk", (await makeKeyPair(c.bytes("seed"))).publicKey);
  },

  async handshake(c) {
    const offer = await parseOffer(c.bytes("offer"));
    const [pairS, pairH] = [await makeKeyPair(c.bytes("seed_s")), await makeKeyPair(c.bytes("seed_h"))];
    equals(equal(pairS.publicKey, offer.pk), true, "pk");
    const [m1, m2] = [c.bytes("m1"), c.bytes("m2")];
    const hello = await openHello(pairS, offer.hash, m1, false);
    equals(equal(hello.publicKey, pairH.publicKey), true, "pk_h");
    const secret = await openReply(pairH, offer.hash, m1, m2);
    same(c, "s_h", hello.secret);
    same(c, "s_c", secret);
    same(c, "transcript", await sha256(label("transcript"), offer.hash, await sha256(m1), await sha256(m2)));
    const keys = await deriveKeys(offer.hash, m1, m2, hello.secret, secret, c.bytes("psk"));
    same(c, "ck_h", keys.h);
    same(c, "ck_s", keys.s);
    same(c, "bond", keys.bond);
  },

  async hello(c) {
    const offer = await parseOffer(c.bytes("offer"));
    const opening = makeKeyPair(c.bytes("seed_s")).then((pair) =>
      openHello(pair, offer.hash, c.bytes("m1"), false),
    );
    if (!(await expectCode(c, opening))) return;
    same(c, "s_h", (await opening).secret);
    same(c, "pk_h", (await opening).publicKey);
  },

  async reply(c) {
    const offer = await parseOffer(c.bytes("offer"));
    const opening = makeKeyPair(c.bytes("seed_h")).then((pair) =>
      openReply(pair, offer.hash, c.bytes("m1"), c.bytes("m2")),
    );
    if (await expectCode(c, opening)) same(c, "s_c", await opening);
  },

  async "peer-hello"(c) {
    const offer = await parseOffer(c.bytes("offer"));
    const opening = (async () => {
      const hello = await openHello(await makeKeyPair(c.bytes("seed_s")), offer.hash, c.bytes("m1"), true);
      const chain = await verifyChain(c.bytes("staff"), c.bytes("manager"), trustOf(c), c.number("now_n"));
      await checkPeerProof(hello, offer.hash, chain);
      return hello;
    })();
    if (!(await expectCode(c, opening))) return;
    same(c, "s_h", (await opening).secret);
    same(c, "pk_h", (await opening).publicKey);
  },

  async ratchet(c) {
    let ck = c.bytes("ck");
    for (const name of ["mk0", "mk1", "mk2"]) {
      const { next, mk } = await step(ck);
      same(c, name, mk);
      ck = next;
    }
    same(c, "ck3", ck);
  },

  async seal(c) {
    const header = {
      slot: c.number("slot_n") as Slot,
      dir: c.number("dir_n") as Direction,
      epoch: c.number("epoch_n"),
      n: c.number("n_n"),
    };
    const mid = c.bytes("mid");
    const inner = {
      kind: c.number("kind_n") as Kind,
      seq: c.number("seq_n"),
      ack: c.number("ack_n"),
      mid: mid.length === 0 ? null : mid,
      content: c.bytes("content"),
    };
    const { mk } = await step(c.bytes("ck"));
    equals(headerBytes(header).length, 11, "header");
    same(c, "envelope", await sealEnvelope(mk, header, c.bytes("iv"), inner));
  },

  async open(c) {
    const slot = c.number("slot_n") as Slot;
    const chain = new ReceivingChain(
      slot,
      c.number("dir_n") as Direction,
      c.number("epoch_n"),
      c.number("n_n"),
      c.bytes("ck"),
    );
    const outcome = await chain.receive(c.bytes("envelope"));
    equals(outcome.kind, c.word("expect"), "expect");
    equals(chain.n, c.number("n_n") + (outcome.kind === "ok" ? 1 : 0), "n");
    if (outcome.kind !== "ok") {
      same(c, "ck", chain.ck);
      return;
    }
    equals<number>(outcome.inner.kind, c.number("kind_n"), "kind");
    equals<number>(outcome.inner.seq, c.number("seq_n"), "seq");
    equals<number>(outcome.inner.ack, c.number("ack_n"), "ack");
    same(c, "mid", outcome.inner.mid ?? new Uint8Array(0));
    same(c, "content", outcome.inner.content);
  },

  async size(c) {
    const kind = c.number("kind_n") as Kind;
    const numbered = kind !== 0 && kind !== 2 && kind !== 3;
    const inner = {
      kind,
      seq: numbered ? 1 : 0,
      ack: 0,
      mid: numbered ? new Uint8Array(16) : null,
      content: new Uint8Array(c.number("content_n")),
    };
    const sealing = sealEnvelope(some("key", 32), { slot: 0, dir: 0, epoch: 1, n: 0 }, some("iv", 12), inner);
    if (c.has("expect")) await expectCode(c, sealing);
    else equals((await sealing).length, c.number("size_n"), "size");
  },

  async blob(c) {
    const { sid, d } = readBlobHead(c.bytes("blob"));
    same(c, "sid", sid);
    same(c, "d", d);
    same(c, "ticket", await ticketOf(d));
    same(c, "ticket_hash", await ticketHash(c.bytes("ticket")));
    same(c, "state", await openBlob(c.bytes("blob"), c.bytes("half")));
  },

  async "blob-open"(c) {
    const opening = openBlob(c.bytes("blob"), c.bytes("half"));
    if (await expectCode(c, opening)) same(c, "state", await opening);
  },
};

/** The state of a help-seeker's seat that has seen an epoch and has nobody. */
function waiting(sid: Bytes, slot: Slot, highest: number): Bytes {
  const nothing = { bond: null, known: null, begun: null, receiving: null, ledger: new Ledger(), names: [] };
  return encodeState({ side: "h", sid, slot, highest, ...nothing });
}

/** Throws, with what was wrong, when the case does not hold. */
export async function check(c: Case): Promise<void> {
  const held = kinds[c.kind];
  if (held === undefined) throw new Error(`an unknown kind: ${c.kind}`);
  await held(c);
}
