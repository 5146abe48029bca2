// SPDX-License-Identifier: AGPL-3.0-or-later
// Certificates: an offline root signs managers, a manager signs counsellors and supervisors. Depth two.
//
//   cert = body | sig[64]   body = 1 | role | id[16] | ed[32] | issuer[32] | issued u32 | not_after u32 | len u8 | alias
//   sig = Ed25519(issuer key, L("certificate") | body)      cert_id = SHA-256(body)

import { isAlias } from "./alias.ts";
import { concat, equal, fromUtf8, Reader, u8, u32, utf8 } from "./bytes.ts";
import { verifyEd25519 } from "./ed25519.ts";
import { SealingError } from "./errors.ts";
import { label, sha256 } from "./labels.ts";
import type { Bytes, Certificate, CertificateFields, Trust } from "./types.ts";
import { Role } from "./types.ts";

const DAY = 86_400;
/** Longest life of a certificate in seconds, by who it is for. */
export const LONGEST = { staff: 90 * DAY, manager: 800 * DAY } as const;
/** Life that is issued by default, in seconds. */
export const USUAL = { staff: 30 * DAY, manager: 400 * DAY } as const;
/** How long after its end a certificate is still accepted by help-seekers, in seconds. */
export const GRACE = 7 * DAY;

/** Something that signs with Ed25519; the private half need not be extractable. */
export interface SigningKey {
  /** Public key, 32 bytes. */
  readonly ed: Bytes;
  sign(bytes: Bytes): Promise<Bytes>;
}

/** A manager's certificate whose signature, root, life and revocation hold. */
export interface VerifiedManager {
  readonly manager: Certificate;
  readonly managerId: Bytes;
  readonly root: Bytes;
}

/** The same of both certificates of a chain. */
export interface VerifiedChain extends VerifiedManager {
  readonly staff: Certificate;
  readonly staffId: Bytes;
}

function checkLife(fields: CertificateFields): void {
  const longest = fields.role === Role.manager ? LONGEST.manager : LONGEST.staff;
  const life = fields.notAfter - fields.issued;
  if (life < 0 || life > longest) throw new SealingError("lifetime");
}

/** Lays out what is signed. @throws SealingError bad_length, lifetime, bad_alias */
export function makeBody(fields: CertificateFields): Bytes {
  checkLife(fields);
  if (!isAlias(fields.alias)) throw new SealingError("bad_alias");
  if (fields.id.length !== 16 || fields.ed.length !== 32 || fields.issuer.length !== 32)
    throw new SealingError("bad_length");
  const alias = utf8(fields.alias);
  return concat(
    u8(1),
    u8(fields.role),
    fields.id,
    fields.ed,
    fields.issuer,
    u32(fields.issued),
    u32(fields.notAfter),
    u8(alias.length),
    alias,
  );
}

/** body | signature */
export async function signCertificate(key: SigningKey, body: Bytes): Promise<Bytes> {
  return concat(body, await key.sign(concat(label("certificate"), body)));
}

/**
 * Reads the layout and the alias; says nothing about the signature.
 *
 * @throws SealingError unknown_version, bad_length, bad_role, bad_alias
 */
export function parseCertificate(bytes: Bytes): Certificate {
  const reader = new Reader(bytes);
  if (reader.u8() !== 1) throw new SealingError("unknown_version");
  const role = reader.u8();
  const id = reader.take(16);
  const ed = reader.take(32);
  const issuer = reader.take(32);
  const issued = reader.u32();
  const notAfter = reader.u32();
  const name = reader.take(reader.u8());
  const signature = reader.take(64);
  reader.end();
  if (role !== Role.manager && role !== Role.counsellor && role !== Role.supervisor)
    throw new SealingError("bad_role");
  const alias = aliasOf(name);
  return {
    role,
    id,
    ed,
    issuer,
    issued,
    notAfter,
    alias,
    body: bytes.slice(0, bytes.length - 64),
    signature,
  };
}

function aliasOf(name: Bytes): string {
  let alias = "";
  try {
    alias = fromUtf8(name);
  } catch {
    // not UTF-8: stays empty, which is no alias
  }
  if (!isAlias(alias)) throw new SealingError("bad_alias");
  return alias;
}

/** SHA-256 of the body, never over the signature bytes. */
export function certId(certificate: Certificate): Promise<Bytes> {
  return sha256(certificate.body);
}

async function checkRest(
  certificate: Certificate,
  issuer: Bytes,
  trust: Trust,
  now: number,
  grace: number,
): Promise<Bytes> {
  const signed = concat(label("certificate"), certificate.body);
  if (!(await verifyEd25519(issuer, certificate.signature, signed))) throw new SealingError("bad_signature");
  const id = await certId(certificate);
  if (trust.revoked.some((revoked) => equal(revoked, id))) throw new SealingError("revoked");
  checkLife(certificate);
  const last = certificate.notAfter + grace;
  if (trust.built > last) throw new SealingError("expired");
  // No not-before check: a slow clock never locks out. Past the end by the device's clock alone means
  // that either the certificate is old or the clock is ahead; the page shows what the device says.
  if (now > last) throw new SealingError("clock_ahead");
  return id;
}

/**
 * Checks a manager's certificate against the pinned roots. `now` is the device's clock, unix seconds.
 *
 * @throws SealingError of any code about layouts or certificates
 */
export async function verifyManager(
  manager: Bytes,
  trust: Trust,
  now: number,
  grace: number = GRACE,
): Promise<VerifiedManager> {
  const parsed = parseCertificate(manager);
  if (parsed.role !== Role.manager) throw new SealingError("bad_role");
  for (const root of trust.roots) {
    if (!equal(await sha256(root), parsed.issuer)) continue;
    return { manager: parsed, managerId: await checkRest(parsed, root, trust, now, grace), root };
  }
  throw new SealingError("unknown_root");
}

/**
 * All checks of a chain by a help-seeker's browser. `now` is the device's clock in unix seconds; a
 * server's time is never used. The desk checks its own chain with `grace` 0.
 *
 * @throws SealingError of any code about layouts or certificates: the manager's first
 */
export async function verifyChain(
  staff: Bytes,
  manager: Bytes,
  trust: Trust,
  now: number,
  expectedRoles: readonly Role[] = [Role.counsellor, Role.supervisor],
  grace: number = GRACE,
): Promise<VerifiedChain> {
  const above = await verifyManager(manager, trust, now, grace);
  const parsed = parseCertificate(staff);
  if (parsed.role === Role.manager || !expectedRoles.includes(parsed.role))
    throw new SealingError("bad_role");
  if (!equal(parsed.issuer, above.managerId)) throw new SealingError("bad_issuer");
  const staffId = await checkRest(parsed, above.manager.ed, trust, now, grace);
  return { ...above, staff: parsed, staffId };
}
