// SPDX-License-Identifier: AGPL-3.0-or-later
// What a person was asked about a seat, and what they said. Nothing here is asynchronous or kept: after a
// reload an offer that stands is delivered again, and is asked about again.

import { equal, hex } from "./bytes.ts";
import type { Offer } from "./offer.ts";
import type { Known } from "./state.ts";
import type { Bytes } from "./types.ts";

const DECLINED_FOR = 600;

/** An offer that was checked in full. */
export interface Pending {
  readonly bytes: Bytes;
  readonly offer: Offer;
  readonly known: Known;
}

/** What a staff member proposed inside the channel. */
export interface Proposal {
  readonly purpose: 2 | 3;
  readonly certId: Bytes;
  readonly at: number;
}

export class Consent {
  /** On the screen, not answered. */
  pending: Pending | null = null;
  /** The certificate and purpose of the last yes, until it is used: an offer made again is not asked about again. */
  #agreed: string | null = null;
  /** The last no: the same offer made again is not asked about again for a while. */
  #declined: { readonly subject: string; readonly at: number } | null = null;
  readonly #announced = new Set<string>();

  announce(purpose: 2 | 3, certId: Bytes): void {
    this.#announced.add(`${purpose} ${hex(certId)}`);
    this.#declined = null; // proposed anew: ask anew
  }

  /** Whoever announced it takes it back. */
  unannounce(purpose: 2 | 3, certId: Bytes): void {
    this.#announced.delete(`${purpose} ${hex(certId)}`);
  }

  isAnnounced(pending: Pending, proposals: readonly Proposal[]): boolean {
    return this.#announced.has(subject(pending)) || proposals.some((one) => isAbout(one, pending));
  }

  /** The person said no to this a short time ago, and it has not been proposed anew since. */
  isDeclined(pending: Pending, proposals: readonly Proposal[], now: number): boolean {
    const no = this.#declined;
    if (no === null || no.subject !== subject(pending) || now - no.at >= DECLINED_FOR) return false;
    return !proposals.some((one) => isAbout(one, pending) && one.at > no.at);
  }

  hasAgreed(pending: Pending): boolean {
    return this.#agreed === subject(pending);
  }

  /** Puts an offer up for the person's word. False: they are being asked about this one already. */
  ask(pending: Pending): boolean {
    const before = this.pending;
    this.pending = pending;
    return before === null || subject(before) !== subject(pending);
  }

  /** The person's word on what is pending; null when `shown` is another certificate, or nothing is pending. */
  decide(yes: boolean, shown: Bytes | undefined, now: number): Pending | null {
    const pending = this.pending;
    if (pending === null || (shown !== undefined && !equal(shown, pending.known.certId))) return null;
    this.pending = null;
    this.#agreed = yes ? subject(pending) : null;
    this.#declined = yes ? null : { subject: subject(pending), at: now };
    return pending;
  }

  /** The yes was used, or whoever was asked about comes no more. */
  settle(): void {
    this.#agreed = null;
  }

  /** The seat stands empty: whoever comes from now on comes anew, also somebody who was refused before. */
  startAnew(): void {
    this.pending = null;
    this.#agreed = null;
    this.#declined = null;
  }
}

function subject({ offer, known }: Pending): string {
  return `${offer.purpose} ${hex(known.certId)}`;
}

function isAbout({ purpose, certId }: Proposal, { offer, known }: Pending): boolean {
  return purpose === offer.purpose && equal(certId, known.certId);
}
