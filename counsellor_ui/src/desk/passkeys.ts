// SPDX-License-Identifier: AGPL-3.0-or-later
/** Passkeys: making one for an invitation, and signing in with one. */

import { startAuthentication, startRegistration } from "@simplewebauthn/browser";
import type { Enrolment } from "../state/enrolment.ts";
import type { Me } from "../state/people.ts";
import { http } from "./http.ts";

/** The person closed the browser's window, or there is no passkey to use. */
export class PasskeyCancelled extends Error {
  override readonly name = "PasskeyCancelled";
}

/** The library throws the browser's own errors, whose texts differ from browser to browser. */
async function asked<T>(ceremony: Promise<T>): Promise<T> {
  try {
    return await ceremony;
  } catch {
    throw new PasskeyCancelled();
  }
}

export async function signIn(): Promise<Me> {
  const { ceremony, options } = await http.signInBegin();
  const credential = await asked(startAuthentication({ optionsJSON: options }));
  return http.signInFinish(ceremony, credential);
}

export async function makePasskey(invId: string): Promise<Enrolment> {
  const { ceremony, options } = await http.passkeyBegin(invId);
  const credential = await asked(startRegistration({ optionsJSON: options }));
  return http.passkeyFinish(invId, ceremony, credential);
}
