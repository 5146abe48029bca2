// SPDX-License-Identifier: AGPL-3.0-or-later
/** A manager's work: inviting, certifying, renewing. The signing key never leaves this browser. */

import type { Bytes, Trust } from "../../../chat/browser/sealing/api.ts";
import { checkEnrolmentRequest, fromBase64url, toBase64url } from "../../../chat/browser/sealing/api.ts";
import type { Link } from "../state/enrolment.ts";
import { readLink } from "../state/enrolment.ts";
import type { Device, EnrolmentRequest, Invitation, Me, Role } from "../state/people.ts";
import { needsNothing, talks } from "../state/people.ts";
import type { Trouble } from "../state/refusals.ts";
import { http } from "./http.ts";
import type { Issuer } from "./identity.ts";
import { checkedChain, issueStaff } from "./identity.ts";
import { now, random, sha256 } from "./random.ts";
import type { Store } from "./store.ts";

/** Refused in this browser, before the server was asked. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly code: Trouble;
  constructor(code: Trouble) {
    super(code);
    this.code = code;
  }
}

/** Role byte of a staff certificate. */
function staffRole(roles: readonly Role[]): 2 | 3 {
  return roles.includes("supervisor") ? 3 : 2;
}

async function makeLink(
  store: Store,
  origin: string,
  open: (invId: string) => Promise<Invitation>,
): Promise<string> {
  const link: Link = { invId: random(16), invite: random(16) };
  const invitation = await open(toBase64url(link.invId));
  await store.put("invitations", invitation.id, link);
  return `${origin}/enrol#${toBase64url(Uint8Array.from([...link.invId, ...link.invite]))}`;
}

/** Invite a person; resolves with the link, which exists nowhere else but in this browser. */
export function invite(store: Store, origin: string, roles: readonly Role[], alias: string): Promise<string> {
  return makeLink(store, origin, (invId) => http.invite(invId, roles, alias));
}

/** A link for a further device, of one's own (null) or of another person. */
export function inviteDevice(store: Store, origin: string, staff: string | null): Promise<string> {
  return makeLink(store, origin, (invId) => http.inviteDevice(invId, staff));
}

export async function cancel(store: Store, invitation: Invitation): Promise<void> {
  await http.cancelInvitation(invitation.id);
  await store.remove("invitations", invitation.id);
}

/** Whether this browser made the invitation, and so can check a request by itself. */
export async function madeHere(store: Store, invitation: Invitation): Promise<boolean> {
  return (await store.get("invitations", invitation.id)) !== null;
}

/** The two halves of an invitation's link: kept here, or pasted by the manager. */
async function linkOf(store: Store, invitation: Invitation, pasted: string | null): Promise<Link> {
  const link = pasted === null ? await store.get("invitations", invitation.id) : readLink(pasted);
  if (link === null) throw new Refused("not_a_link");
  if (toBase64url(await sha256(link.invId)) !== invitation.id) throw new Refused("not_a_link");
  return link;
}

/** Check that a request was made with the link. @throws SealingError bad_invite, bad_proof */
async function check(request: EnrolmentRequest, link: Link): Promise<Bytes> {
  const parts = [request.ed, request.hmac, request.sig].map(fromBase64url);
  const bytes = Uint8Array.from(parts.flatMap((part) => [...part]));
  return checkEnrolmentRequest(bytes, link.invId, link.invite);
}

/**
 * One click: check the request, sign, hand in. Who only operates the service gets no certificate: then the check
 * is all there is to do.
 *
 * @throws Refused, SealingError, ApiError
 */
export async function certify(
  store: Store,
  issuer: Issuer,
  invitation: Invitation,
  pasted: string | null,
): Promise<Invitation> {
  if (invitation.request === null) throw new Refused("not_ready");
  const link = await linkOf(store, invitation, pasted);
  const ed = await check(invitation.request, link);
  const certificates = needsNothing(invitation)
    ? []
    : [toBase64url(await certificateFor(issuer, invitation, invitation.request, ed))];
  const after = await http.certify(invitation.id, certificates);
  if (after.state === "certified") await store.remove("invitations", invitation.id);
  return after;
}

function certificateFor(
  issuer: Issuer,
  invitation: Invitation,
  request: EnrolmentRequest,
  ed: Bytes,
): Promise<Bytes> {
  const alias = invitation.further_device ? invitation.alias : request.alias;
  const id = fromBase64url(invitation.staff);
  return issueStaff(issuer, { role: staffRole(invitation.roles), id, ed, alias }, now());
}

/** Same id, ed, alias and role, after this browser verified the old chain itself. */
export async function renew(issuer: Issuer, trust: Trust, device: Device): Promise<Device> {
  const old = await checkedChain(device.certificates, trust, now());
  const { role, id, ed, alias } = old;
  const certificate = await issueStaff(issuer, { role, id, ed, alias }, now());
  return http.giveCertificates(device.id, [toBase64url(certificate)]);
}

/** The first person manages and counsels: with the manager certificate the browser signs its own other one. */
export async function certifyOwn(issuer: Issuer, me: Me): Promise<Device | null> {
  if (!talks(me.person.roles) || me.certificates.staff !== null) return null;
  const { id, ed, alias } = issuer.certificate;
  const certificate = await issueStaff(issuer, { role: staffRole(me.person.roles), id, ed, alias }, now());
  return http.giveCertificates(me.device.id, [toBase64url(certificate)]);
}
