// SPDX-License-Identifier: AGPL-3.0-or-later
// Who vouches: the roots pinned in the bundle, as the module /assets/trust.js gives them.

import { fromBase64url } from "./bytes.ts";
import { SealingError } from "./errors.ts";
import { rootFingerprint } from "./fingerprint.ts";
import type { Bytes, Trust } from "./types.ts";

/** What /assets/trust.js exports; byte values in base64url. */
export interface TrustModule {
  readonly roots: readonly string[];
  readonly revoked: readonly string[];
  /** Unix seconds. */
  readonly built: number;
  readonly demo: boolean;
}

function value32(text: string): Bytes {
  const bytes = fromBase64url(text);
  if (bytes.length !== 32) throw new SealingError("bad_length");
  return bytes;
}

/** @throws SealingError bad_length */
export function readTrust(module: TrustModule): Trust {
  return {
    roots: module.roots.map(value32),
    revoked: module.revoked.map(value32),
    built: module.built,
    demo: module.demo,
  };
}

/** For the page that shows who vouches. */
export async function describeTrust(
  trust: Trust,
): Promise<{ readonly fingerprints: readonly string[]; readonly built: number; readonly demo: boolean }> {
  return {
    fingerprints: await Promise.all(trust.roots.map(rootFingerprint)),
    built: trust.built,
    demo: trust.demo,
  };
}
