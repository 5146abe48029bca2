// SPDX-License-Identifier: AGPL-3.0-or-later
// The staff side of a seat.
//
//   none -> offered(e, sk) -> replied(e) -> active(e)       active(e) -> offered(e') -> replied(e') -> active(e')
//
// How this works: only this side makes offers, so there is no glare. It answers its latest offer, and only
// the first m1; m2 and its ready go out together, and from then on nothing of an older epoch is taken in.
// It sends in the new epoch when the help-seeker's ready has been opened. Whoever else says hello (the
// server can) is found out by that ready, or by its absence: then the offer is made anew.

import { equal } from "./bytes.ts";
import { certId, parseCertificate } from "./certificate.ts";
import { ReceivingChain, SendingChain } from "./chain.ts";
import { Kind } from "./envelope.ts";
import { codeOf, SealingError } from "./errors.ts";
import {
  deriveKeys,
  type Hello,
  type KeyPair,
  makeKeyPair,
  NO_BOND,
  openHello,
  sealReply,
} from "./handshake.ts";
import { Ledger } from "./ledger.ts";
import { type Mode, makeOffer, type Offer, parseOffer } from "./offer.ts";
import { Seat } from "./seat.ts";
import { type Begun, decodeState, type SeatState } from "./state.ts";
import type { Bytes, SeatPorts, Slot, StaffIdentity } from "./types.ts";
import { Purpose } from "./types.ts";

/**
 * How far above the server's hint a newcomer begins while somebody else holds the seat: room for the resumes of
 * whoever is here, as long as the question stands.
 */
export const NEWCOMER_AHEAD = 15;

const OFFER_EVERY = 5;
const UNANSWERED = 30;
const SECRET_LIFE = 600;

interface Offered {
  readonly offer: Offer;
  readonly bytes: Bytes;
  readonly pair: KeyPair;
  readonly madeAt: number;
}

interface Replied {
  readonly purpose: Purpose;
  readonly epoch: number;
  readonly m1: Bytes;
  readonly m2: Bytes;
  readonly ready: Bytes;
  readonly sending: SendingChain;
}

export type StaffPhase = "none" | "offered" | "replied" | "active" | "resuming" | "ended";

export class StaffSeat extends Seat {
  readonly #identity: StaffIdentity;
  #begun: Begun | null;
  #offered: Offered | null = null;
  #replied: Replied | null = null;
  /** Since when a present help-seeker has been expected to answer. */
  #waitingSince = Number.NEGATIVE_INFINITY;
  #offeredAt = Number.NEGATIVE_INFINITY;
  #resumeDue = false;

  private constructor(state: SeatState, identity: StaffIdentity, ports: SeatPorts) {
    super(state, ports);
    this.#identity = identity;
    this.#begun = state.begun;
  }

  static fresh(sid: Bytes, slot: Slot, identity: StaffIdentity, ports: SeatPorts): StaffSeat {
    const nothing = {
      highest: 0,
      bond: null,
      known: null,
      begun: null,
      receiving: null,
      ledger: new Ledger(),
      names: [],
    };
    return new StaffSeat({ side: "s", sid, slot, ...nothing }, identity, ports);
  }

  /** From what was given to `persist`. @throws SealingError unknown_version, bad_state, bad_length */
  static restore(state: Bytes, identity: StaffIdentity, ports: SeatPorts): StaffSeat {
    return new StaffSeat(decodeState(state, "s"), identity, ports);
  }

  /**
   * Make an offer, above the server's hint. Mode 2: the help-seeker has no script, the server seals.
   *
   * @throws SealingError no_bond, out_of_state
   */
  offer(purpose: 1 | 2 | 3 | 4, epochHint: number, mode: Mode = this.#begun?.mode ?? 1): Promise<void> {
    return this.happened(async () => {
      // Somebody with a bond resumes; who lost it is a newcomer, with a fresh seat.
      if (purpose !== Purpose.resume && this.#begun?.confirmed) throw new SealingError("out_of_state");
      this.highest = Math.max(this.highest, epochHint);
      await this.#makeOffer(purpose, mode);
    });
  }

  /** Frame DeskHello. Only the first m1 to the latest offer is answered; the same again gets the same answer. */
  answered(m1: Bytes): Promise<void> {
    return this.happened(async () => {
      if (this.#replied !== null && equal(this.#replied.m1, m1)) return this.#sendReply(this.#replied);
      const offered = this.#offered;
      if (offered === null) return this.#otherHello();
      const secret = this.ports.random(32);
      let hello: Hello;
      let m2: Bytes;
      try {
        hello = await openHello(offered.pair, offered.offer.hash, m1, false);
        m2 = await sealReply(hello.publicKey, offered.offer.hash, m1, secret);
      } catch (error) {
        codeOf(error); // to another offer, to another key, or with a key that is none: nothing changes
        return;
      }
      await this.#reply(offered.offer, m1, m2, hello, secret);
    });
  }

  /** Frame DeskAskResume: the help-seeker's browser lost its memory, found a gap, or hears nothing. */
  askedResume(asked: Bytes): Promise<void> {
    return this.happened(async () => {
      if (this.bond === null || this.#begun === null) return;
      const own = await certId(parseCertificate(this.#identity.staff));
      // After a renewal the help-seeker still knows the certificate before it.
      if (!equal(asked, own) && !equal(asked, this.#begun.certId)) return;
      if (this.#offered?.offer.purpose === Purpose.resume) this.#sendOffer(this.#offered.bytes);
      else await this.wantResume();
    });
  }

  /** The socket is back, or after Rejoined with its hint: sends again what the server may lack, and offers what is needed. */
  connected(epochHint = 0): Promise<void> {
    return this.happened(async () => {
      this.highest = Math.max(this.highest, epochHint);
      await this.resend();
      if (this.#replied !== null) this.#sendReply(this.#replied);
      if (this.#offered !== null) return this.#sendOffer(this.#offered.bytes);
      if (this.#replied !== null || this.sending !== null || this.#begun === null) return;
      await (this.#begun.confirmed
        ? this.wantResume()
        : this.#makeOffer(this.#begun.purpose, this.#begun.mode));
    });
  }

  /** Propose a handover or a supervisor, by that person's certificate. The word comes back as `answered`. */
  propose(purpose: 2 | 3, theirs: Bytes): Promise<void> {
    return this.happened(async () => void (await this.add(Kind.propose, Seat.joining(purpose, theirs))));
  }

  /** Take a proposal back that stands; nothing happens to one that was answered. */
  takeBack(purpose: 2 | 3, theirs: Bytes): Promise<void> {
    return this.happened(async () => {
      if (this.isOpen(purpose, theirs)) await this.add(Kind.answer, Seat.joining(purpose, theirs, 0));
    });
  }

  phase(): StaffPhase {
    if (this.over) return "ended";
    if (this.sending !== null) return "active";
    if (this.#replied !== null) return "replied";
    if (this.#offered !== null) return "offered";
    return this.#begun?.confirmed ? "resuming" : "none";
  }

  override setPeerPresent(present: boolean): void {
    if (present && !this.present) this.#waitingSince = this.now();
    super.setPeerPresent(present);
  }

  protected override state(): SeatState {
    const { sid, slot, highest, bond, receiving, ledger } = this;
    return {
      side: "s",
      sid,
      slot,
      highest,
      bond,
      known: null,
      begun: this.#begun,
      receiving,
      ledger,
      names: [],
    };
  }

  protected override async wantResume(): Promise<void> {
    if (this.bond === null || this.#begun === null) return;
    if (this.#offered?.offer.purpose === Purpose.resume) return; // `clock` makes it anew when it stays unanswered
    this.#resumeDue = this.now() - this.#offeredAt < OFFER_EVERY;
    if (!this.#resumeDue) await this.#makeOffer(Purpose.resume, this.#begun.mode);
  }

  protected override async otherEpoch(): Promise<void> {
    // Older epochs are over since our ready was sent; newer ones do not exist before an offer of ours.
  }

  /** The help-seeker's ready: both have the same keys. */
  protected override async tookReady(ack: number, mid: Bytes): Promise<void> {
    const begun = this.#begun;
    if (begun === null || this.receiving === null) return this.die("bad_state");
    if (!begun.confirmed) this.ledger.startBond();
    this.#begun = { ...begun, confirmed: true };
    const replied = this.#replied;
    if (replied === null) return this.#tookLateReady(ack, mid);
    this.#replied = null;
    const { arrived, again } = this.ledger.resume(ack, mid);
    await this.keep();
    this.took();
    this.startSending(replied.sending);
    const fresh = replied.purpose !== Purpose.resume;
    this.ports.changed({ kind: "active", epoch: replied.epoch, alias: null, fresh });
    for (const entry of arrived) this.tellState(entry);
    for (const entry of again) {
      this.tellState(entry);
      await this.seal(entry.kind, entry);
    }
  }

  /** After a reload: the ready tells that the bond holds and what arrived, but there is no chain to send in. */
  async #tookLateReady(ack: number, mid: Bytes): Promise<void> {
    const arrived = this.ledger.resumeWithoutChain(ack, mid);
    await this.keep();
    this.took();
    for (const entry of arrived) this.tellState(entry);
    await this.wantResume();
  }

  protected override async clock(): Promise<void> {
    if (this.#offered !== null && this.now() - this.#offered.madeAt >= SECRET_LIFE) this.#offered = null;
    if (this.#resumeDue) return this.wantResume();
    const open = this.#offered?.offer.purpose ?? this.#replied?.purpose;
    if (open === undefined || open === Purpose.peer || !this.present) return;
    if (this.now() - this.#waitingSince >= UNANSWERED) await this.#makeOffer(open, this.#begun?.mode ?? 1);
  }

  protected override wipeHandshake(): void {
    this.#offered = null;
    this.#replied?.sending.wipe();
    this.#replied = null;
  }

  /** Another m1 to an offer answered already: refused. Whoever it was, an offer is soon made anew. */
  #otherHello(): void {
    if (this.#replied !== null)
      this.#waitingSince = Math.min(this.#waitingSince, this.now() - UNANSWERED + OFFER_EVERY);
  }

  async #makeOffer(purpose: 1 | 2 | 3 | 4, mode: Mode): Promise<void> {
    if (purpose === Purpose.resume && this.bond === null) throw new SealingError("no_bond");
    const own = await certId(parseCertificate(this.#identity.staff));
    const pair = await makeKeyPair(this.ports.random(32));
    this.highest += 1;
    const fields = {
      purpose,
      mode,
      slot: this.slot,
      sid: this.sid,
      epoch: this.highest,
      certId: own,
      pk: pair.publicKey,
    };
    const bytes = await makeOffer(fields, (signed) => this.#identity.sign(signed));
    const begun = purpose === Purpose.resume ? this.#begun : { purpose, mode, confirmed: false };
    if (begun !== null) this.#begun = { ...begun, certId: own };
    this.#offered = { offer: await parseOffer(bytes), bytes, pair, madeAt: this.now() };
    this.#offeredAt = this.#waitingSince = this.now();
    this.#resumeDue = false;
    await this.keep(); // the epoch must not be used again
    this.#sendOffer(bytes);
  }

  async #reply(offer: Offer, m1: Bytes, m2: Bytes, hello: Hello, secret: Bytes): Promise<void> {
    const resume = offer.purpose === Purpose.resume;
    const keys = await deriveKeys(
      offer.hash,
      m1,
      m2,
      hello.secret,
      secret,
      resume ? (this.bond ?? NO_BOND) : NO_BOND,
    );
    secret.fill(0);
    hello.secret.fill(0);
    this.#resumeDue = false;
    this.#offered = null; // and its secret key with it
    this.#replied?.sending.wipe();
    this.#replied = null;
    if (!resume) this.bond = keys.bond;
    this.sending?.wipe();
    this.sending = null; // the lane takes nothing of an older epoch behind our ready
    this.receiving?.wipe();
    this.receiving = new ReceivingChain(this.slot, 0, offer.epoch, 0, keys.h);
    this.#waitingSince = this.now();
    await this.keep();
    const sending = new SendingChain(this.slot, 1, offer.epoch, keys.s);
    const inner = {
      kind: Kind.ready,
      seq: 0,
      ack: this.ledger.taken,
      mid: null,
      content: this.ledger.takenMid,
    };
    const { envelope } = await sending.seal(this.ports.random(12), inner);
    this.#replied = { purpose: offer.purpose, epoch: offer.epoch, m1, m2, ready: envelope, sending };
    this.#sendReply(this.#replied);
  }

  #sendOffer(offer: Bytes): void {
    this.ports.send({ kind: "offer", offer, staff: this.#identity.staff, manager: this.#identity.manager });
  }

  #sendReply({ m2, ready }: Replied): void {
    this.ports.send({ kind: "reply", m2, ready });
  }
}
