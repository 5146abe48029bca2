// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * This device's key and certificates, checked by the browser itself. The server's word counts for
 * nothing here: a chain that does not lead to a pinned root and to our own key is not used.
 */

import type {
  Bytes,
  Certificate,
  Role,
  SigningKey,
  StaffIdentity,
  Trust,
} from "../../../chat/browser/sealing/api.ts";
import {
  fromBase64url,
  loadStaffKey,
  makeBody,
  signCertificate,
  toBase64url,
  USUAL,
  verifyChain,
  verifyManager,
} from "../../../chat/browser/sealing/api.ts";
import type { Standing } from "../state/certificates.ts";
import { standing } from "../state/certificates.ts";
import type { Certificates, Me } from "../state/people.ts";
import type { Store } from "./store.ts";

/** A manager's power to certify: the key, and the certificate others check it against. */
export interface Issuer {
  readonly key: SigningKey;
  readonly certificate: Certificate;
  readonly id: Bytes;
}

export interface Mine {
  /** Null: this browser does not hold the key of the device it is signed in as. */
  readonly key: SigningKey | null;
  readonly staff: Standing;
  readonly manager: Standing;
  /** Null unless the staff certificate holds. */
  readonly identity: StaffIdentity | null;
  /** Null unless the manager certificate holds. */
  readonly issuer: Issuer | null;
}

const same = (a: Bytes, b: Bytes): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** Whether a certificate is for this person and this key. */
function ours(certificate: Certificate, me: Me, key: SigningKey): boolean {
  return same(certificate.ed, key.ed) && same(certificate.id, fromBase64url(me.person.id));
}

export async function readMine(me: Me, store: Store, trust: Trust, now: number): Promise<Mine> {
  const name = await store.get("keys", me.device.ed);
  const key = name === null ? null : await loadStaffKey(name);
  const missing: Standing = { kind: "missing" };
  if (key === null || toBase64url(key.ed) !== me.device.ed) {
    return { key: null, staff: missing, manager: missing, identity: null, issuer: null };
  }
  return {
    key,
    ...(await readStaff(me, key, trust, now)),
    ...(await readManager(me, key, trust, now)),
  };
}

async function readStaff(
  me: Me,
  key: SigningKey,
  trust: Trust,
  now: number,
): Promise<Pick<Mine, "staff" | "identity">> {
  const { staff, issuer } = me.certificates;
  if (staff === null || issuer === null) return { staff: { kind: "missing" }, identity: null };
  const bytes = { staff: fromBase64url(staff), manager: fromBase64url(issuer) };
  try {
    const chain = await verifyChain(bytes.staff, bytes.manager, trust, now, [2, 3]);
    if (!ours(chain.staff, me, key)) return { staff: { kind: "refused" }, identity: null };
    // Strict: the first of the two to end ends the chain, without the days of grace of a help-seeker's browser.
    const held = standing(Math.min(chain.staff.notAfter, chain.manager.notAfter), now);
    if (held.kind === "ended") return { staff: held, identity: null };
    return { staff: held, identity: { ...bytes, sign: (message) => key.sign(message) } };
  } catch {
    return { staff: { kind: "refused" }, identity: null };
  }
}

async function readManager(
  me: Me,
  key: SigningKey,
  trust: Trust,
  now: number,
): Promise<Pick<Mine, "manager" | "issuer">> {
  const { manager } = me.certificates;
  if (manager === null) return { manager: { kind: "missing" }, issuer: null };
  try {
    const checked = await verifyManager(fromBase64url(manager), trust, now);
    if (!ours(checked.manager, me, key)) return { manager: { kind: "refused" }, issuer: null };
    const held = standing(checked.manager.notAfter, now);
    if (held.kind === "ended") return { manager: held, issuer: null };
    return { manager: held, issuer: { key, certificate: checked.manager, id: checked.managerId } };
  } catch {
    return { manager: { kind: "refused" }, issuer: null };
  }
}

/** Sign a staff certificate for 30 days. @throws SealingError bad_alias */
export async function issueStaff(
  issuer: Issuer,
  fields: { readonly role: Role; readonly id: Bytes; readonly ed: Bytes; readonly alias: string },
  now: number,
): Promise<Bytes> {
  const issued = Math.floor(now);
  const notAfter = Math.min(issued + USUAL.staff, issuer.certificate.notAfter);
  return signCertificate(issuer.key, makeBody({ ...fields, issuer: issuer.id, issued, notAfter }));
}

/** What a chain of this device says once it is checked; throws when it does not hold. */
export async function checkedChain(
  certificates: Certificates,
  trust: Trust,
  now: number,
): Promise<Certificate> {
  if (certificates.staff === null || certificates.issuer === null) throw new Error("no chain");
  const chain = await verifyChain(
    fromBase64url(certificates.staff),
    fromBase64url(certificates.issuer),
    trust,
    now,
    [2, 3],
  );
  return chain.staff;
}
