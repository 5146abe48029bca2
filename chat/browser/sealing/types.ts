// SPDX-License-Identifier: AGPL-3.0-or-later
// The words the sealing shares with the pages: what a seat tells, asks and keeps.

/** Bytes over an ordinary (not shared) buffer, as WebCrypto asks for. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Seat of a conversation: 0 counsellor, 1 supervisor. */
export type Slot = 0 | 1;

/** Purpose of an offer. */
export const Purpose = { take: 1, handover: 2, supervise: 3, resume: 4, peer: 5 } as const;
export type Purpose = (typeof Purpose)[keyof typeof Purpose];

/** Role written in a certificate. */
export const Role = { manager: 1, counsellor: 2, supervisor: 3 } as const;
export type Role = (typeof Role)[keyof typeof Role];

/**
 * How far a line of one's own has come. A line of the other side is always "delivered".
 *
 * - waiting: in this browser only, no epoch is active yet
 * - kept: written to the blob and handed to the socket, the server has not yet said that it stored it
 * - sent: the server says that it stored the bytes, and no more than that
 * - delivered: the other browser acknowledged it, inside an envelope
 * - undelivered: the seat is over, and no acknowledgement came
 */
export type LineState = "waiting" | "kept" | "sent" | "delivered" | "undelivered";

/** One line of the conversation, as it is shown. Frozen copies: a change of state comes as a `SeatChange`. */
export interface Line {
  /** Random id of the line, 32 hexadecimal digits. */
  readonly mid: string;
  readonly from: "own" | "peer";
  /** relay: a line of the other staff seat, as shown by the help-seeker (own relays are not to be shown). */
  readonly kind: "text" | "summary" | "relay";
  readonly text: string;
  readonly state: LineState;
  /** 0 as long as none was given. */
  readonly seq: number;
  /** This browser's clock when the line was composed or taken in, unix seconds. */
  readonly at: number;
  /** Of a relay: whose line it is. "h" is the help-seeker. */
  readonly origin?: Slot | "h";
  /** At the help-seeker: the seat, and whom it was with, as their certificate says. */
  readonly slot?: Slot;
  readonly alias?: string;
  /** Which of the seat's bonds, counted from 1, the line belongs to; 0 as long as there was none. */
  readonly bond?: number;
}

/** What a seat wants sent; the page puts it in the frame of the same name. Sending twice does no harm. */
export type Outgoing =
  | { readonly kind: "offer"; readonly offer: Bytes; readonly staff: Bytes; readonly manager: Bytes }
  | { readonly kind: "hello"; readonly purpose: Purpose; readonly m1: Bytes }
  | { readonly kind: "reply"; readonly m2: Bytes; readonly ready: Bytes }
  | { readonly kind: "envelope"; readonly envelope: Bytes }
  | { readonly kind: "resume"; readonly certId: Bytes }
  | { readonly kind: "took"; readonly epoch: number; readonly n: number };

/** What changed at a seat, for the screen. */
export type SeatChange =
  /** An epoch is active: lines flow. Comes again after each resume. */
  | {
      readonly kind: "active";
      readonly epoch: number;
      readonly alias: string | null;
      /** A new bond: this person was not here before. */
      readonly fresh: boolean;
    }
  /** A line was added (own or the peer's), already kept in the blob when it is the peer's. */
  | { readonly kind: "line"; readonly line: Line }
  | { readonly kind: "state"; readonly mid: string; readonly state: LineState }
  /** The peer is typing; show it for about 6 seconds. */
  | { readonly kind: "typing" }
  /** The peer said inside the channel that it ended. No frame of the server can cause this. */
  | { readonly kind: "peerEnded" }
  /**
   * Ask the person before anything is answered, on a screen that shows this alias; then `consent(yes)`.
   * announced: the staff member in slot 0 proposed exactly this certificate inside the channel.
   */
  | {
      readonly kind: "needsConsent";
      readonly alias: string;
      readonly certId: Bytes;
      readonly purpose: 2 | 3;
      readonly announced: boolean;
      /** The person this seat was with before: they have lost what was written. */
      readonly same: boolean;
    }
  /** The peer proposes a handover (2) or a supervisor (3); tell the other slot's seat by `announced()`. */
  | { readonly kind: "proposed"; readonly purpose: 2 | 3; readonly certId: Bytes }
  /** The peer takes back what it proposed: a question about it goes, and nobody is announced by it any more. */
  | { readonly kind: "takenBack"; readonly purpose: 2 | 3; readonly certId: Bytes }
  /** At the desk: the help-seeker's word about what was proposed, and not taken back since. */
  | { readonly kind: "answered"; readonly purpose: 2 | 3; readonly certId: Bytes; readonly yes: boolean }
  /** At the desk: which staff slots the help-seeker's browser passes lines to. */
  | { readonly kind: "room"; readonly counsellor: boolean; readonly supervisor: boolean }
  /** An offer was not accepted; nothing was answered. */
  | { readonly kind: "refusedOffer"; readonly code: SealingCode }
  /** The seat is over for a reason of its own: keys are wiped, nothing more is taken in or sent. */
  | { readonly kind: "dead"; readonly code: SealingCode };

/** What a seat needs of its page. Nothing else reaches the world. */
export interface SeatPorts {
  /** Put on the socket, or drop when there is none: `connected()` sends again what matters. Never throws. */
  send(out: Outgoing): void;
  /** Seal and store the state; resolve when it is stored. A rejection ends the seat with "not_kept". */
  persist(state: Bytes): Promise<void>;
  /** Tell the screen. Never throws. Calls into the seat from here are queued, not nested. */
  changed(change: SeatChange): void;
  /** Unix seconds (fractions allowed). */
  now(): number;
  /** n random bytes: `(n) => crypto.getRandomValues(new Uint8Array(n))`. */
  random(n: number): Bytes;
}

/** Who is pinned in the bundle. */
export interface Trust {
  /** Ed25519 public keys of the offline roots, 32 bytes each. */
  readonly roots: readonly Bytes[];
  /** cert_ids that are no longer good. */
  readonly revoked: readonly Bytes[];
  /** When the bundle was built, unix seconds. */
  readonly built: number;
  /** A demonstration: the page shows a banner. */
  readonly demo: boolean;
}

/** The staff browser's key and chain. `sign` is Ed25519 over the bytes given (WebCrypto, non-extractable). */
export interface StaffIdentity {
  readonly staff: Bytes;
  readonly manager: Bytes;
  sign(bytes: Bytes): Promise<Bytes>;
}

/** Fields of a certificate. */
export interface CertificateFields {
  readonly role: Role;
  /** Random, 16 bytes; stays the same through renewals. */
  readonly id: Bytes;
  /** Ed25519 public key, 32 bytes. */
  readonly ed: Bytes;
  /** SHA-256 of the root key (manager) or cert_id of the manager (staff), 32 bytes. */
  readonly issuer: Bytes;
  /** Unix seconds. */
  readonly issued: number;
  /** Unix seconds. */
  readonly notAfter: number;
  readonly alias: string;
}

/** A parsed certificate; parsed says nothing about its signature. */
export interface Certificate extends CertificateFields {
  /** What is signed, without the signature. */
  readonly body: Bytes;
  readonly signature: Bytes;
}

/** The other side of a seat. */
export interface Peer {
  readonly alias: string;
  readonly role: Role;
  readonly certId: Bytes;
  /** Fingerprint of the root that vouches, 6 groups of 5 digits. */
  readonly fingerprintOfRoot: string;
}

/** Closed set of reasons. The page has a sentence for each that can reach a person. */
export type SealingCode =
  // layouts
  | "bad_length"
  | "unknown_version"
  | "bad_role"
  | "bad_purpose"
  | "bad_mode"
  | "bad_slot"
  | "bad_text"
  | "bad_padding"
  | "bad_state"
  // certificates
  | "bad_signature"
  | "bad_issuer"
  | "unknown_root"
  | "revoked"
  | "lifetime"
  | "expired"
  | "clock_ahead"
  | "bad_alias"
  // offers and the handshake
  | "other_sid"
  | "wrong_slot"
  | "old_epoch"
  | "out_of_state"
  | "not_the_same_staff"
  | "no_bond"
  | "declined"
  | "not_opened"
  // enrolment
  | "bad_invite"
  | "bad_proof"
  // seats
  | "too_long"
  | "ended"
  | "not_kept"
  | "no_ed25519";
