// SPDX-License-Identifier: AGPL-3.0-or-later
// Enrolment: the invitation travels outside the server, so that a server that swaps the applicant's
// key on the way cannot make the proof that goes with it.
//
//   request = ed[32] | HMAC-SHA-256(invite, L("enrol") | inv_id[16] | ed) | Ed25519(own key, L("enrol") | inv_id | ed)

import { concat, Reader } from "./bytes.ts";
import type { SigningKey } from "./certificate.ts";
import { verifyEd25519 } from "./ed25519.ts";
import { SealingError } from "./errors.ts";
import { hmac, hmacVerify, label } from "./labels.ts";
import type { Bytes } from "./types.ts";

function subject(invId: Bytes, invite: Bytes, ed: Bytes): Bytes {
  if (invId.length !== 16 || invite.length !== 16) throw new SealingError("bad_length");
  return concat(label("enrol"), invId, ed);
}

/** What the applicant sends, 128 bytes. `invite` came as a QR code or a link fragment. */
export async function enrolmentRequest(key: SigningKey, invId: Bytes, invite: Bytes): Promise<Bytes> {
  const signed = subject(invId, invite, key.ed);
  return concat(key.ed, await hmac(invite, signed), await key.sign(signed));
}

/**
 * Resolves with the applicant's public key, in the manager's browser, which made the invitation.
 *
 * @throws SealingError bad_length, bad_invite (another invitation, or the key was swapped), bad_proof
 */
export async function checkEnrolmentRequest(request: Bytes, invId: Bytes, invite: Bytes): Promise<Bytes> {
  const reader = new Reader(request);
  const ed = reader.take(32);
  const mac = reader.take(32);
  const signature = reader.take(64);
  reader.end();
  const signed = subject(invId, invite, ed);
  if (!(await hmacVerify(invite, mac, signed))) throw new SealingError("bad_invite");
  if (!(await verifyEd25519(ed, signature, signed))) throw new SealingError("bad_proof");
  return ed;
}
