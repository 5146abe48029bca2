// SPDX-License-Identifier: AGPL-3.0-or-later
// The handshake: HPKE base mode, X-Wing, HKDF-SHA-256, AES-256-GCM, single-shot, and `info` only.
//
//   m1 = HPKE.Seal(pk,  info = L("hello") | oh,               sH[32] | pkH[1216])    2384 B
//   m2 = HPKE.Seal(pkH, info = L("reply") | oh | SHA-256(m1), sC[32])                1168 B
//   T  = SHA-256(L("transcript") | oh | SHA-256(m1) | SHA-256(m2))
//   ck_h | ck_s | bond' = HKDF(salt = T, ikm = sH | sC | psk, info = L("keys"), 96)

import { Aes256Gcm, CipherSuite, HkdfSha256 } from "@hpke/core";
import { XWing } from "@hpke/hybridkem-x-wing";
import { concat, equal, Reader } from "./bytes.ts";
import type { VerifiedChain } from "./certificate.ts";
import { verifyEd25519 } from "./ed25519.ts";
import { SealingError } from "./errors.ts";
import { hkdf, label, sha256 } from "./labels.ts";
import type { Bytes } from "./types.ts";

const ENCAPSULATED = 1120;
const kem = new XWing();
const suite = new CipherSuite({ kem, kdf: new HkdfSha256(), aead: new Aes256Gcm() });

/** Used as psk when there is no bond. */
export const NO_BOND: Bytes = new Uint8Array(32);

/** A fresh X-Wing pair; lives in memory only. */
export interface KeyPair {
  readonly publicKey: Bytes;
  readonly pair: CryptoKeyPair;
}

/** Purpose 5 only: the one who says hello is staff, too, and proves it. */
export interface PeerProof {
  readonly certId: Bytes;
  /** Ed25519(own key, L("peer") | oh | SHA-256(pkH)) */
  readonly signature: Bytes;
}

export interface Hello {
  readonly secret: Bytes;
  readonly publicKey: Bytes;
  readonly proof: PeerProof | null;
}

export interface SessionKeys {
  /** Chain from the help-seeker (or whoever says hello). */
  readonly h: Bytes;
  /** Chain from staff (or whoever offers). */
  readonly s: Bytes;
  readonly bond: Bytes;
}

/** From 32 random bytes. Not `deriveKeyPair`: that one does not follow the X-Wing draft. */
export async function makeKeyPair(seed: Bytes): Promise<KeyPair> {
  const pair = await kem.generateKeyPairDerand(seed);
  return { pair, publicKey: new Uint8Array(await kem.serializePublicKey(pair.publicKey)) };
}

/** @throws SealingError not_opened, for a key that is none (FIPS 203, 7.2) or a low-order X25519 point */
async function hpkeSeal(publicKey: Bytes, info: Bytes, plaintext: Bytes): Promise<Bytes> {
  try {
    const recipientPublicKey = await kem.deserializePublicKey(publicKey.buffer);
    const { enc, ct } = await suite.seal({ recipientPublicKey, info: info.buffer }, plaintext.buffer);
    return concat(new Uint8Array(enc), new Uint8Array(ct));
  } catch {
    throw new SealingError("not_opened");
  }
}

/** @throws SealingError not_opened, whatever the reason */
async function hpkeOpen(own: KeyPair, info: Bytes, sealed: Bytes): Promise<Bytes> {
  try {
    const enc = sealed.slice(0, ENCAPSULATED).buffer;
    const params = { recipientKey: own.pair, enc, info: info.buffer };
    return new Uint8Array(await suite.open(params, sealed.slice(ENCAPSULATED).buffer));
  } catch {
    throw new SealingError("not_opened");
  }
}

function helloInfo(offerHash: Bytes): Bytes {
  return concat(label("hello"), offerHash);
}

async function replyInfo(offerHash: Bytes, m1: Bytes): Promise<Bytes> {
  return concat(label("reply"), offerHash, await sha256(m1));
}

/** What a staff member signs to say hello to another (purpose 5). */
export async function peerProofSubject(offerHash: Bytes, publicKey: Bytes): Promise<Bytes> {
  return concat(label("peer"), offerHash, await sha256(publicKey));
}

/** m1: 2384 bytes, 2480 with a proof. @throws SealingError not_opened, when the offer's key is no key */
export function sealHello(offerKey: Bytes, offerHash: Bytes, hello: Hello): Promise<Bytes> {
  const proof = hello.proof === null ? [] : [hello.proof.certId, hello.proof.signature];
  return hpkeSeal(offerKey, helloInfo(offerHash), concat(hello.secret, hello.publicKey, ...proof));
}

/** @throws SealingError not_opened, bad_length */
export async function openHello(
  own: KeyPair,
  offerHash: Bytes,
  m1: Bytes,
  withProof: boolean,
): Promise<Hello> {
  const reader = new Reader(await hpkeOpen(own, helloInfo(offerHash), m1));
  const secret = reader.take(32);
  const publicKey = reader.take(1216);
  const proof = withProof ? { certId: reader.take(32), signature: reader.take(64) } : null;
  reader.end();
  return { secret, publicKey, proof };
}

/**
 * Purpose 5: whether the hello was signed by whom this (verified) chain is about, for this offer.
 *
 * @throws SealingError not_the_same_staff, bad_signature
 */
export async function checkPeerProof(hello: Hello, offerHash: Bytes, chain: VerifiedChain): Promise<void> {
  const { proof } = hello;
  if (proof === null) throw new SealingError("bad_signature");
  if (!equal(proof.certId, chain.staffId)) throw new SealingError("not_the_same_staff");
  const subject = await peerProofSubject(offerHash, hello.publicKey);
  if (!(await verifyEd25519(chain.staff.ed, proof.signature, subject)))
    throw new SealingError("bad_signature");
}

/** m2: 1168 bytes. @throws SealingError not_opened, when the hello's key is no key */
export async function sealReply(
  publicKey: Bytes,
  offerHash: Bytes,
  m1: Bytes,
  secret: Bytes,
): Promise<Bytes> {
  return hpkeSeal(publicKey, await replyInfo(offerHash, m1), secret);
}

/** @throws SealingError not_opened, bad_length */
export async function openReply(own: KeyPair, offerHash: Bytes, m1: Bytes, m2: Bytes): Promise<Bytes> {
  const reader = new Reader(await hpkeOpen(own, await replyInfo(offerHash, m1), m2));
  const secret = reader.take(32);
  reader.end();
  return secret;
}

/** Both sides' keys; `psk` is the bond of a resume, else `NO_BOND`. */
export async function deriveKeys(
  offerHash: Bytes,
  m1: Bytes,
  m2: Bytes,
  secretH: Bytes,
  secretS: Bytes,
  psk: Bytes,
): Promise<SessionKeys> {
  const transcript = await sha256(label("transcript"), offerHash, await sha256(m1), await sha256(m2));
  const ikm = concat(secretH, secretS, psk);
  const keys = new Reader(await hkdf(transcript, ikm, label("keys"), 96));
  ikm.fill(0);
  return { h: keys.take(32), s: keys.take(32), bond: keys.take(32) };
}
