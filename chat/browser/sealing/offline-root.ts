// SPDX-License-Identifier: AGPL-3.0-or-later
// The two files that go between a manager's desk and the offline root; their twin is chat/offline_root.py.
//
//   Kentering manager request 1          Kentering certificate 1
//   alias: …                             alias: …
//   id: base64                           root: 6 groups of 5 digits
//   ed: base64                           certificate: base64
//   signature: base64
//
// What protects this step is that two people compare `managerFingerprint` aloud before the root signs.

import { concat, utf8 } from "./bytes.ts";
import type { SigningKey } from "./certificate.ts";
import { SealingError } from "./errors.ts";
import { digits } from "./fingerprint.ts";
import { label, sha256 } from "./labels.ts";
import type { Bytes } from "./types.ts";

const CERTIFICATE =
  /^Kentering certificate 1\r?\nalias: [^\r\n]*\r?\nroot: [0-9 ]{35}\r?\ncertificate: ([A-Za-z0-9+/]+={0,2})$/;

/** SHA-256(L("manager") | id | ed | alias), as six groups of five digits. */
export async function managerFingerprint(id: Bytes, ed: Bytes, alias: string): Promise<string> {
  return digits(await sha256(label("manager"), id, ed, utf8(alias)));
}

/** The text of the file that is carried to the root, signed by the key it asks a certificate for. */
export async function managerRequest(key: SigningKey, id: Bytes, alias: string): Promise<string> {
  const signature = await key.sign(concat(label("manager request"), id, key.ed, utf8(alias)));
  return (
    "Kentering manager request 1\n" +
    `alias: ${alias}\nid: ${base64(id)}\ned: ${base64(key.ed)}\nsignature: ${base64(signature)}\n`
  );
}

/**
 * The certificate out of the file that came back; who reads it verifies it after that.
 *
 * @throws SealingError bad_text
 */
export function readCertificateFile(text: string): Bytes {
  const found = CERTIFICATE.exec(text.trim());
  if (found?.[1] === undefined) throw new SealingError("bad_text");
  try {
    return Uint8Array.from(atob(found[1]), (char) => char.charCodeAt(0));
  } catch {
    throw new SealingError("bad_text");
  }
}

function base64(bytes: Bytes): string {
  return btoa(String.fromCharCode(...bytes));
}
