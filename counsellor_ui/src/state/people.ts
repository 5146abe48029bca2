// SPDX-License-Identifier: AGPL-3.0-or-later
/** Staff, devices and invitations as the desk's API gives them. Bytes are base64url, times unix seconds. */

import { t } from "../../../chat/browser/texts.ts";

export type Role = "counsellor" | "supervisor" | "manager" | "operator";

/** A device's certificates; `issuer` is the manager certificate that signed `staff`. */
export interface Certificates {
  readonly manager: string | null;
  readonly staff: string | null;
  readonly issuer: string | null;
}

export interface Me {
  readonly person: { readonly id: string; readonly alias: string; readonly roles: readonly Role[] };
  readonly device: { readonly id: string; readonly ed: string; readonly created: string };
  readonly certificates: Certificates;
  readonly demo: boolean;
  readonly root_fingerprints: readonly string[];
  readonly origin: string;
}

export interface Device {
  readonly id: string;
  readonly staff: string;
  readonly alias: string;
  readonly roles: readonly Role[];
  readonly ed: string;
  /** "YYYY-MM-DD" */
  readonly created: string;
  readonly revoked: string | null;
  readonly own: boolean;
  readonly this: boolean;
  readonly certificates: Certificates;
}

/** A colleague's device, and what vouches for it. */
export interface ColleagueDevice {
  readonly device: string;
  readonly staff: string;
  readonly certificates: Certificates;
}

export interface Person {
  readonly id: string;
  readonly alias: string;
  readonly roles: readonly Role[];
  readonly devices: readonly Device[];
}

export interface EnrolmentRequest {
  readonly ed: string;
  readonly hmac: string;
  readonly sig: string;
  readonly alias: string;
}

export interface Invitation {
  /** SHA-256(inv_id) */
  readonly id: string;
  readonly state: "open" | "requested" | "certified" | "cancelled";
  readonly passkey: boolean;
  readonly staff: string;
  readonly device: string | null;
  readonly alias: string;
  readonly roles: readonly Role[];
  readonly further_device: boolean;
  readonly made_by: string | null;
  readonly created: number;
  readonly expires: number;
  readonly request: EnrolmentRequest | null;
  readonly missing: readonly ("manager" | "staff")[];
}

export function roleText(role: Role): string {
  switch (role) {
    case "counsellor":
      return t("Counsellor");
    case "supervisor":
      return t("Supervisor");
    case "manager":
      return t("Manager");
    case "operator":
      return t("Operator");
  }
}

/** What somebody with this role does, for who gives it. */
export function roleHint(role: Role): string {
  switch (role) {
    case "counsellor":
      return t("Talks with people.");
    case "supervisor":
      return t("Talks with people, is called for help, and can join with the person's consent.");
    case "manager":
      return t("Invites and certifies, edits texts and hours, sees figures. Never a conversation.");
    case "operator":
      return t("Sets hours and limits. Gets no certificate, and never sees a conversation.");
  }
}

export function rolesText(roles: readonly Role[]): string {
  return roles.map(roleText).join(", ");
}

/** Whether somebody with these roles sits at the desk and needs a staff certificate. */
export function talks(roles: readonly Role[]): boolean {
  return roles.includes("counsellor") || roles.includes("supervisor");
}

/** Whether the roles of an invitation need no certificate at all: nobody but the records says who is an operator. */
export function needsNothing({ roles }: Pick<Invitation, "roles">): boolean {
  return !talks(roles) && !roles.includes("manager");
}
