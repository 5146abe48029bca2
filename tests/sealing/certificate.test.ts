// SPDX-License-Identifier: AGPL-3.0-or-later
// Section 9 of docs/protocol.md, 1 (certificates) and 15 (enrolment).

import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, equal, toBase64url } from "../../chat/browser/sealing/bytes.ts";
import {
  GRACE,
  makeBody,
  parseCertificate,
  signCertificate,
  verifyChain,
} from "../../chat/browser/sealing/certificate.ts";
import { viaNoble } from "../../chat/browser/sealing/ed25519.ts";
import { checkEnrolmentRequest, enrolmentRequest } from "../../chat/browser/sealing/enrolment.ts";
import { label, sha256 } from "../../chat/browser/sealing/labels.ts";
import { describeTrust, readTrust } from "../../chat/browser/sealing/trust.ts";
import type { Bytes, CertificateFields, Trust } from "../../chat/browser/sealing/types.ts";
import {
  codeOfRejection,
  DAY,
  flipped,
  identity,
  manager,
  managerBody,
  managerFields,
  managerId,
  managerKey,
  NOW,
  otherRoot,
  root,
  signer,
  some,
  staffFields,
  trust,
} from "./people.ts";

const anna = await identity("Anna");

function refusal(
  staff: Bytes,
  above: Bytes = manager,
  against: Trust = trust,
  now: number = NOW,
): Promise<string> {
  return codeOfRejection(verifyChain(staff, above, against, now));
}

/** Lays out and signs without the checks of `makeBody`. */
async function spoilt(
  changes: Partial<CertificateFields>,
  patch: (body: Bytes) => void = () => undefined,
): Promise<Bytes> {
  const body = makeBody({ ...staffFields("Anna"), ...changes });
  patch(body);
  return signCertificate(managerKey, body);
}

function setU32(body: Bytes, at: number, value: number): void {
  new DataView(body.buffer).setUint32(at, value);
}

test("a good chain is accepted, and says who", async () => {
  const chain = await verifyChain(anna.staff, manager, trust, NOW);

  assert.equal(chain.staff.alias, "Anna");
  assert.ok(equal(chain.root, root.ed));
});

test("9.1 every byte flipped, of either certificate, is refused", async () => {
  for (let at = 0; at < anna.staff.length; at++)
    assert.notEqual(await refusal(flipped(anna.staff, at)), "ok", `staff ${at}`);
  for (let at = 0; at < manager.length; at++)
    assert.notEqual(await refusal(anna.staff, flipped(manager, at)), "ok", `manager ${at}`);
});

test("9.1 a trailing byte, a missing byte, nothing at all", async () => {
  assert.equal(await refusal(concat(anna.staff, Uint8Array.of(0))), "bad_length");
  assert.equal(await refusal(anna.staff.slice(0, -1)), "bad_length");
  assert.equal(await refusal(new Uint8Array(0)), "bad_length");
});

test("9.1 role swapped; staff as manager; manager as staff", async () => {
  const supervisor = await spoilt({}, (body) => body.set([3], 1));
  const swapped = concat(supervisor.slice(0, -64), anna.staff.slice(-64));
  const staffBelowStaff = await signCertificate(
    signer("Anna"),
    makeBody({ ...staffFields("Ben"), issuer: await sha256(anna.staff.slice(0, -64)) }),
  );

  assert.equal(await refusal(swapped), "bad_signature");
  assert.equal(await refusal(staffBelowStaff, anna.staff), "bad_role");
  assert.equal(await refusal(manager), "bad_role");
});

test("9.1 other root, other manager, other signer", async () => {
  const stranger = await signCertificate(
    otherRoot,
    makeBody({ ...managerFields, issuer: await sha256(signer("x").ed) }),
  );
  const forged = await signCertificate(signer("x"), managerBody);

  assert.equal(await refusal(anna.staff, manager, { ...trust, roots: [otherRoot.ed] }), "unknown_root");
  assert.equal(await refusal(anna.staff, stranger), "unknown_root");
  assert.equal(await refusal(anna.staff, forged), "bad_signature");
  assert.equal(await refusal(await spoilt({ issuer: some("another", 32) })), "bad_issuer");
});

test("9.1 revoked: either certificate", async () => {
  const staffId = await sha256(anna.staff.slice(0, -64));

  assert.equal(await refusal(anna.staff, manager, { ...trust, revoked: [staffId] }), "revoked");
  assert.equal(await refusal(anna.staff, manager, { ...trust, revoked: [managerId] }), "revoked");
});

test("9.1 lives longer than the limit, and lives that end before they begin", async () => {
  const long = await spoilt({}, (body) => setU32(body, 86, NOW - DAY + 90 * DAY + 1));
  const exact = await spoilt({}, (body) => setU32(body, 86, NOW - DAY + 90 * DAY));
  const backwards = await spoilt({}, (body) => setU32(body, 86, NOW - 2 * DAY));

  assert.equal(await refusal(long), "lifetime");
  assert.equal(await refusal(exact), "ok");
  assert.equal(await refusal(backwards), "lifetime");
  assert.throws(() => makeBody({ ...staffFields("Anna"), notAfter: NOW + 90 * DAY }), { code: "lifetime" });
});

test("9.1 clocks: slow is fine, 7 days past the end is fine, a second more is not", async () => {
  const { notAfter } = staffFields("Anna");

  assert.equal(await refusal(anna.staff, manager, trust, NOW - 3000 * DAY), "ok");
  assert.equal(await refusal(anna.staff, manager, trust, notAfter + GRACE), "ok");
  assert.equal(await refusal(anna.staff, manager, trust, notAfter + 8 * DAY), "clock_ahead");
  assert.equal(await refusal(anna.staff, manager, { ...trust, built: notAfter + GRACE + 1 }, NOW), "expired");
  assert.equal(
    await codeOfRejection(verifyChain(anna.staff, manager, trust, notAfter + 1, [2, 3], 0)),
    "clock_ahead",
  );
});

test("an alias of two scripts is not signed and not read", async () => {
  assert.throws(() => makeBody({ ...staffFields("Anna"), alias: "Аnna" }), { code: "bad_alias" });
  assert.equal(await refusal(await spoilt({}, (body) => body.set([0x31], 91))), "bad_alias");
  assert.equal(parseCertificate(anna.staff).alias, "Anna");
});

test("9.15 enrolment: key swapped by the server, wrong invitation, proof by another key", async () => {
  const [invId, invite] = [some("inv", 16), some("invite", 16)];
  const request = await enrolmentRequest(signer("Anna"), invId, invite);
  const swapped = concat(signer("server").ed, request.slice(32));
  const guessed = await enrolmentRequest(signer("server"), invId, some("guess", 16));
  const replayed = concat(
    request.slice(0, 64),
    await signer("server").sign(concat(label("enrol"), invId, signer("Anna").ed)),
  );

  assert.ok(equal(await checkEnrolmentRequest(request, invId, invite), signer("Anna").ed));
  assert.equal(await codeOfRejection(checkEnrolmentRequest(swapped, invId, invite)), "bad_invite");
  assert.equal(await codeOfRejection(checkEnrolmentRequest(guessed, invId, invite)), "bad_invite");
  assert.equal(
    await codeOfRejection(checkEnrolmentRequest(request, some("other inv", 16), invite)),
    "bad_invite",
  );
  assert.equal(await codeOfRejection(checkEnrolmentRequest(replayed, invId, invite)), "bad_proof");
  assert.equal(
    await codeOfRejection(checkEnrolmentRequest(concat(request, Uint8Array.of(0)), invId, invite)),
    "bad_length",
  );
  for (let at = 0; at < 128; at++)
    assert.notEqual(await codeOfRejection(checkEnrolmentRequest(flipped(request, at), invId, invite)), "ok");
});

test("the verifier for browsers without Ed25519 agrees with WebCrypto's", async () => {
  const message = some("message", 50);
  const key = signer("Anna");
  const signature = await key.sign(message);

  assert.equal(await viaNoble(key.ed, signature, message), true);
  assert.equal(await viaNoble(key.ed, flipped(signature, 40), message), false);
  assert.equal(await viaNoble(key.ed, signature, flipped(message, 3)), false);
  assert.equal(await viaNoble(new Uint8Array(32).fill(255), signature, message), false);
});

test("trust is read from its module, and described by fingerprints", async () => {
  const module = { roots: [toBase64url(root.ed)], revoked: [toBase64url(managerId)], built: NOW, demo: true };
  const read = readTrust(module);

  assert.ok(equal(read.roots[0] ?? new Uint8Array(0), root.ed));
  assert.match((await describeTrust(read)).fingerprints[0] ?? "", /^\d{5}( \d{5}){5}$/);
  assert.throws(() => readTrust({ ...module, roots: ["AAAA"] }), { code: "bad_length" });
});
