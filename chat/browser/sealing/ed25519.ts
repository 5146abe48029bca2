// SPDX-License-Identifier: AGPL-3.0-or-later
// Ed25519 verification: WebCrypto where the browser has it, else a verifier in a chunk of its own.

import type { Bytes } from "./types.ts";

type Verify = (key: Bytes, signature: Bytes, message: Bytes) => Promise<boolean>;

// The public key of test 1 in RFC 8032, section 7.1: a key that every implementation must accept.
const PROBE = Uint8Array.from(
  "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a".match(/../g) ?? [],
  (pair) => Number.parseInt(pair, 16),
);

function importKey(key: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
}

const viaWebCrypto: Verify = async (key, signature, message) => {
  let imported: CryptoKey;
  try {
    imported = await importKey(key);
  } catch {
    return false; // the algorithm is there, so it is this key that is not one
  }
  return crypto.subtle.verify("Ed25519", imported, signature, message);
};

/** The verifier for browsers without Ed25519 in WebCrypto (exported for its tests). */
export const viaNoble: Verify = async (key, signature, message) => {
  const { ed25519 } = await import("@noble/curves/ed25519.js");
  try {
    return ed25519.verify(signature, message, key, { zip215: false });
  } catch {
    return false; // wrong lengths are thrown
  }
};

let chosen: Promise<Verify> | undefined;

/** False for anything that is not a good signature; throws only when the second chunk cannot be loaded. */
export async function verifyEd25519(key: Bytes, signature: Bytes, message: Bytes): Promise<boolean> {
  if (key.length !== 32 || signature.length !== 64) return false;
  chosen ??= importKey(PROBE).then(
    () => viaWebCrypto,
    () => viaNoble,
  );
  return (await chosen)(key, signature, message);
}
