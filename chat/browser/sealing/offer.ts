// SPDX-License-Identifier: AGPL-3.0-or-later
// Offers: the only signed message of the handshake, and made by staff browsers alone.
//
//   offer = obody | sig[64] (1336 B)
//   obody = 1 | purpose | mode | slot | sid[16] | epoch u32 | staff cert_id[32] | pk[1216]

import { concat, equal, Reader, u8, u32 } from "./bytes.ts";
import { type VerifiedChain, verifyChain } from "./certificate.ts";
import { verifyEd25519 } from "./ed25519.ts";
import { SealingError } from "./errors.ts";
import { label, sha256 } from "./labels.ts";
import type { Bytes, Slot, Trust } from "./types.ts";
import { Purpose, Role } from "./types.ts";

const SIZE = 1336;

/** Who seals on the help-seeker's side: 1 the browser, 2 the server (without script). */
export type Mode = 1 | 2;

export interface OfferFields {
  readonly purpose: Purpose;
  readonly mode: Mode;
  readonly slot: Slot;
  readonly sid: Bytes;
  readonly epoch: number;
  readonly certId: Bytes;
  /** X-Wing public key, 1216 bytes. */
  readonly pk: Bytes;
}

export interface Offer extends OfferFields {
  readonly body: Bytes;
  readonly signature: Bytes;
  /** SHA-256 of the body: what the rest of the handshake hangs on. */
  readonly hash: Bytes;
}

/** Lays out and signs an offer. */
export async function makeOffer(fields: OfferFields, sign: (bytes: Bytes) => Promise<Bytes>): Promise<Bytes> {
  const body = concat(
    u8(1),
    u8(fields.purpose),
    u8(fields.mode),
    u8(fields.slot),
    fields.sid,
    u32(fields.epoch),
    fields.certId,
    fields.pk,
  );
  return concat(body, await sign(concat(label("offer"), body)));
}

/** Reads the layout only. @throws SealingError bad_length, unknown_version, bad_purpose, bad_mode, bad_slot */
export async function parseOffer(bytes: Bytes): Promise<Offer> {
  if (bytes.length !== SIZE) throw new SealingError("bad_length");
  const reader = new Reader(bytes);
  if (reader.u8() !== 1) throw new SealingError("unknown_version");
  const purpose = reader.u8();
  if (!isPurpose(purpose)) throw new SealingError("bad_purpose");
  const mode = reader.u8();
  if (mode !== 1 && mode !== 2) throw new SealingError("bad_mode");
  const slot = reader.u8();
  if (slot !== 0 && slot !== 1) throw new SealingError("bad_slot");
  const fields = {
    purpose,
    mode,
    slot,
    sid: reader.take(16),
    epoch: reader.u32(),
    certId: reader.take(32),
    pk: reader.take(1216),
  } as const;
  const signature = reader.take(64);
  const body = bytes.slice(0, bytes.length - 64);
  return { ...fields, body, signature, hash: await sha256(body) };
}

function isPurpose(value: number): value is Purpose {
  return value >= Purpose.take && value <= Purpose.peer;
}

/** What an offer must be about to be looked at. */
export interface Expected {
  readonly sid: Bytes;
  readonly slot: Slot;
  readonly mode: Mode;
  /** The highest epoch seen: an offer is above it. */
  readonly above: number;
}

/**
 * All checks of an offer by a help-seeker's browser that do not depend on the state of the seat.
 *
 * @throws SealingError of any code about layouts, certificates or offers
 */
export async function checkOffer(
  bytes: Bytes,
  staff: Bytes,
  manager: Bytes,
  expected: Expected,
  trust: Trust,
  now: number,
): Promise<{ readonly offer: Offer; readonly chain: VerifiedChain }> {
  const { offer, chain } = await verifyOffer(bytes, staff, manager, trust, now);
  if (!equal(offer.sid, expected.sid)) throw new SealingError("other_sid");
  if (offer.mode !== expected.mode) throw new SealingError("bad_mode");
  if (offer.slot !== expected.slot || !fitsSlot(offer, chain.staff.role))
    throw new SealingError("wrong_slot");
  if (offer.purpose === Purpose.peer) throw new SealingError("bad_purpose");
  if (offer.epoch <= expected.above) throw new SealingError("old_epoch");
  return { offer, chain };
}

/**
 * An offer of the staff's own channel (purpose 5), to another staff browser. `own` is that browser's cert_id: nobody
 * talks with themselves, so what is sent back is refused.
 *
 * @throws SealingError of any code about layouts, certificates or offers
 */
export async function checkPeerOffer(
  bytes: Bytes,
  staff: Bytes,
  manager: Bytes,
  expected: { readonly sid: Bytes; readonly own: Bytes },
  trust: Trust,
  now: number,
): Promise<{ readonly offer: Offer; readonly chain: VerifiedChain }> {
  const { offer, chain } = await verifyOffer(bytes, staff, manager, trust, now);
  if (equal(chain.staffId, expected.own)) throw new SealingError("not_the_same_staff");
  if (!equal(offer.sid, expected.sid)) throw new SealingError("other_sid");
  if (offer.mode !== 1) throw new SealingError("bad_mode");
  if (offer.slot !== 0) throw new SealingError("wrong_slot");
  if (offer.purpose !== Purpose.peer) throw new SealingError("bad_purpose");
  if (offer.epoch !== 1) throw new SealingError("old_epoch");
  return { offer, chain };
}

/** Layout, chain and signature: who made it. */
async function verifyOffer(
  bytes: Bytes,
  staff: Bytes,
  manager: Bytes,
  trust: Trust,
  now: number,
): Promise<{ readonly offer: Offer; readonly chain: VerifiedChain }> {
  const offer = await parseOffer(bytes);
  const chain = await verifyChain(staff, manager, trust, now);
  if (!equal(offer.certId, chain.staffId)) throw new SealingError("not_the_same_staff");
  const signed = concat(label("offer"), offer.body);
  if (!(await verifyEd25519(chain.staff.ed, offer.signature, signed)))
    throw new SealingError("bad_signature");
  return { offer, chain };
}

/** Slot 0 is taken and handed over, slot 1 is for supervisors alone. */
function fitsSlot({ purpose, slot }: Offer, role: Role): boolean {
  if (slot === 1 && role !== Role.supervisor) return false;
  if (purpose === Purpose.supervise) return slot === 1;
  return slot === 0 || (purpose !== Purpose.take && purpose !== Purpose.handover);
}
