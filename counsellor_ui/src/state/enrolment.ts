// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Coming to the desk for the first time, by a link that a manager handed over outside the server.
 *
 * How this works. The link's fragment holds `inv_id | invite`; the browser never sends `invite`. The
 * key comes first (its self test would otherwise fail after the link was used up), then the passkey,
 * then the request, which only somebody with `invite` can make, then the wait for a manager's click.
 * Each step is kept in the browser, so that a closed tab goes on where it was. `next` says what is due.
 */

import { fromBase64url } from "../../../chat/browser/sealing/api.ts";
import type { Bytes } from "../../../chat/browser/sealing/types.ts";
import type { Certificates, Role } from "./people.ts";

/** The server's word on an invitation. */
export interface Enrolment {
  readonly state: "open" | "requested" | "certified";
  readonly passkey: boolean;
  /** id[16] for the certificate, base64url. */
  readonly staff: string;
  readonly alias: string;
  readonly roles: readonly Role[];
  readonly further_device: boolean;
  readonly expires: number;
  readonly certificates: Certificates;
  readonly demo: boolean;
}

/** What this browser has done with the link so far. */
export interface Progress {
  /** The signing key was made, stored, loaded again and tried. */
  readonly key: boolean;
  /** This browser made the passkey of this invitation. */
  readonly passkey: boolean;
}

export type Due =
  /** Show who invited whom as what, and ask for the alias. */
  | "begin"
  /** Make the passkey. */
  | "passkey"
  /** Send the request. */
  | "request"
  /** A manager, or the operator, has to certify it. */
  | "wait"
  /** Sign in. */
  | "ready"
  /** Somebody else used this link. */
  | "used_elsewhere";

export function next(server: Enrolment, mine: Progress): Due {
  if (server.passkey && !mine.passkey) return "used_elsewhere";
  if (!mine.key) return server.state === "open" ? "begin" : "used_elsewhere";
  if (!server.passkey) return "passkey";
  if (server.state === "open") return "request";
  return server.state === "requested" ? "wait" : "ready";
}

/** The two halves of a link's fragment. */
export interface Link {
  readonly invId: Bytes;
  readonly invite: Bytes;
}

/** Read a fragment, a whole link, or the bare code; null when it is none of them. */
export function readLink(text: string): Link | null {
  const code = text.trim().replace(/^.*#/, "");
  if (!/^[A-Za-z0-9_-]{43}$/.test(code)) return null;
  let bytes: Bytes;
  try {
    bytes = fromBase64url(code);
  } catch {
    return null;
  }
  return bytes.length === 32 ? { invId: bytes.slice(0, 16), invite: bytes.slice(16) } : null;
}
