// SPDX-License-Identifier: AGPL-3.0-or-later
/** The desk's HTTP API: one function a route. Every refusal is an `ApiError` with a closed code. */

import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/browser";
import type { WrapUpSent } from "../closing.ts";
import type { Enrolment } from "../state/enrolment.ts";
import type { Intake } from "../state/intake.ts";
import type { ColleagueDevice, Device, Invitation, Me, Person, Role } from "../state/people.ts";
import type { ApiCode } from "../state/refusals.ts";
import { isApiCode } from "../state/refusals.ts";
import type { ContentTold } from "./content.ts";

export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ApiCode;
  constructor(code: ApiCode) {
    super(code);
    this.code = code;
  }
}

type Method = "GET" | "POST" | "PUT" | "DELETE";

/** One request. @throws ApiError */
export async function call<T>(method: Method, path: string, body?: object): Promise<T> {
  const init: RequestInit = { method, credentials: "same-origin", cache: "no-store" };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { "content-type": "application/json" };
  }
  let response: Response;
  try {
    response = await fetch(`/api/${path}`, init);
  } catch {
    throw new ApiError("no_connection");
  }
  if (response.status === 204) return undefined as T;
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer as T;
  const code = (answer as { error?: unknown } | null)?.error;
  throw new ApiError(isApiCode(code) ? code : "internal");
}

interface Ceremony<Options> {
  readonly ceremony: string;
  readonly options: Options;
}

export const http = {
  me: () => call<Me>("GET", "me"),
  signInBegin: () => call<Ceremony<PublicKeyCredentialRequestOptionsJSON>>("POST", "sign-in/begin", {}),
  signInFinish: (ceremony: string, credential: AuthenticationResponseJSON) =>
    call<Me>("POST", "sign-in/finish", { ceremony, credential }),
  signOut: () => call<void>("POST", "sign-out", {}),

  enrolment: (inv_id: string) => call<Enrolment>("POST", "enrol/state", { inv_id }),
  passkeyBegin: (inv_id: string) =>
    call<Ceremony<PublicKeyCredentialCreationOptionsJSON>>("POST", "enrol/passkey/begin", { inv_id }),
  passkeyFinish: (inv_id: string, ceremony: string, credential: RegistrationResponseJSON) =>
    call<Enrolment>("POST", "enrol/passkey/finish", { inv_id, ceremony, credential }),
  enrolRequest: (request: { inv_id: string; ed: string; hmac: string; sig: string; alias: string }) =>
    call<Enrolment>("POST", "enrol/request", request),
  enrolCertificate: (inv_id: string, certificate: string) =>
    call<Enrolment>("POST", "enrol/certificate", { inv_id, certificate }),

  invitations: () => call<{ invitations: Invitation[] }>("GET", "invitations"),
  invite: (inv_id: string, roles: readonly Role[], alias: string) =>
    call<Invitation>("POST", "invitations", { inv_id, roles, alias }),
  /** A further device, of one's own (null) or, for a manager, of another person. */
  inviteDevice: (inv_id: string, staff: string | null) =>
    call<Invitation>("POST", "devices/invitations", { inv_id, staff }),
  cancelInvitation: (id: string) => call<void>("DELETE", `invitations/${id}`),
  certify: (id: string, certificates: readonly string[]) =>
    call<Invitation>("POST", `invitations/${id}/certificate`, { certificates }),

  intake: () => call<{ languages: Intake[] }>("GET", "intake"),
  /** In one language, or in all (null). */
  closeIntake: (language: string | null, closed: boolean) =>
    call<void>("PUT", "intake", { language, closed }),

  content: () => call<ContentTold>("GET", "content"),
  /** May be sent again: with the same `once`, 16 bytes, it counts one time. */
  wrapUp: (wrapUp: Omit<WrapUpSent, "id"> & { readonly once: string }) =>
    call<void>("POST", "wrap-up", wrapUp),

  devices: () => call<{ devices: Device[] }>("GET", "devices"),
  giveCertificates: (id: string, certificates: readonly string[]) =>
    call<Device>("POST", `devices/${id}/certificates`, { certificates }),
  revokeDevice: (id: string) => call<void>("DELETE", `devices/${id}`),
  colleagues: () => call<{ colleagues: ColleagueDevice[] }>("GET", "colleagues"),
  staff: () => call<{ staff: Person[] }>("GET", "staff"),
  removePerson: (id: string) => call<void>("DELETE", `staff/${id}`),
};
