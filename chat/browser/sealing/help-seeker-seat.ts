// SPDX-License-Identifier: AGPL-3.0-or-later
// The help-seeker's side of a seat.
//
//   none -> consent -> hello(e) -> active(e)      active(e) -> hello(e') -> active(e')      any -> ended
//
// How this works: only staff make offers; this side can ask for one. An offer is checked in full before
// anything else, then either answered (take, resume) or shown first (handover, supervise): m1 is not made
// before the person's yes. The old epoch stays until the new one's ready has been opened.

import { equal, hex } from "./bytes.ts";
import { ReceivingChain, SendingChain } from "./chain.ts";
import { Consent, type Pending } from "./consent.ts";
import { type Header, isJoining, Kind } from "./envelope.ts";
import { codeOf, SealingError } from "./errors.ts";
import { rootFingerprint } from "./fingerprint.ts";
import { deriveKeys, type KeyPair, makeKeyPair, NO_BOND, openReply, sealHello } from "./handshake.ts";
import { type Entry, Ledger } from "./ledger.ts";
import { MemberSeat } from "./member-seat.ts";
import { checkOffer } from "./offer.ts";
import { decodeState, type Known, type SeatState } from "./state.ts";
import type { Bytes, Peer, SeatPorts, Slot, Trust } from "./types.ts";
import { Purpose } from "./types.ts";

const ASK_EVERY = 5;
const ASK_AGAIN = 20;
/** Envelopes of the new epoch that may come before m2: its ready, and little more. */
const EARLY = 8;

interface Hello extends Pending {
  readonly m1: Bytes;
  readonly secret: Bytes;
  readonly pair: KeyPair;
  sentAt: number;
  readonly early: Bytes[];
  keys: { readonly receiving: ReceivingChain; readonly sending: SendingChain; readonly bond: Bytes } | null;
}

export type HelpSeekerPhase = "none" | "consent" | "hello" | "active" | "resuming" | "ended";

export class HelpSeekerSeat extends MemberSeat {
  readonly #trust: Trust;
  #known: Known | null;
  /** Highest epoch of an offer that was answered; `highest`, which is kept, is that of the last active one. */
  #seen: number;
  /**
   * The same of every offer, by certificate. While the person reads a newcomer's question, the newcomer's offers
   * run ahead; whoever is here must still be able to resume.
   */
  readonly #seenOf = new Map<string, number>();
  #hello: Hello | null = null;
  readonly #consent = new Consent();
  #askDue = false;
  #askedAt = Number.NEGATIVE_INFINITY;

  private constructor(state: SeatState, trust: Trust, ports: SeatPorts) {
    super(state, ports);
    this.#trust = trust;
    this.#known = state.known;
    this.#seen = state.highest;
  }

  static fresh(sid: Bytes, slot: Slot, trust: Trust, ports: SeatPorts): HelpSeekerSeat {
    const nothing = {
      highest: 0,
      bond: null,
      known: null,
      begun: null,
      receiving: null,
      ledger: new Ledger(),
      names: [],
    };
    return new HelpSeekerSeat({ side: "h", sid, slot, ...nothing }, trust, ports);
  }

  /** From what was given to `persist`. @throws SealingError unknown_version, bad_state, bad_length */
  static restore(state: Bytes, trust: Trust, ports: SeatPorts): HelpSeekerSeat {
    return new HelpSeekerSeat(decodeState(state, "h"), trust, ports);
  }

  /** Frame Offered. A take or a resume is answered at once; the others ask by `needsConsent` first. */
  offered(offer: Bytes, staff: Bytes, manager: Bytes): Promise<void> {
    return this.happened(async () => {
      if (this.#hello !== null && equal(this.#hello.bytes, offer)) return this.#sendHello(this.#hello);
      if (this.#consent.pending !== null && equal(this.#consent.pending.bytes, offer)) return;
      let pending: Pending;
      try {
        pending = await this.#check(offer, staff, manager);
        if (pending.offer.epoch <= (this.#seenOf.get(hex(pending.known.certId)) ?? 0))
          throw new SealingError("old_epoch");
        if (this.#wasForgotten(pending)) return this.wantResume();
        this.#mayFollow(pending);
      } catch (error) {
        return this.ports.changed({ kind: "refusedOffer", code: codeOf(error) });
      }
      this.#seenOf.set(hex(pending.known.certId), pending.offer.epoch);
      await this.#askOrAnswer(pending);
    });
  }

  /**
   * The person's word on the last `needsConsent`; nothing when there is none. `shown` is the cert_id of the screen
   * that was answered: a yes to Ben is no yes to whoever was offered while the person was reading.
   */
  consent(yes: boolean, shown?: Bytes): Promise<void> {
    return this.happened(async () => {
      const pending = this.#consent.decide(yes, shown, this.now());
      // Somebody else's resume may have gone past this offer: their next one is answered without a word.
      if (yes && pending !== null && pending.offer.epoch > this.#seen) await this.#answer(pending);
    });
  }

  /** Whoever was asked about, or had been answered, comes no more. Who is here stays. */
  withdrawn(): Promise<void> {
    return this.happened(async () => {
      this.#consent.pending = null;
      this.#consent.settle();
      if (this.#hello?.offer.purpose !== Purpose.resume) this.#dropHello();
      this.#forgetOffers();
    });
  }

  /**
   * Whoever held this seat is gone: their keys are wiped, and what was said stays on the screen. Whoever comes
   * next needs a yes, also by a *take*: that is for those who have never had anybody.
   */
  left(): Promise<void> {
    return this.happened(() => this.#vacate());
  }

  /** The counsellor's word ends the conversation. A supervisor only leaves, and somebody may come to the seat again. */
  protected override async peerEnded(): Promise<void> {
    if (this.slot === 0) this.finish();
    else await this.#vacate();
  }

  async #vacate(): Promise<void> {
    this.wipeHandshake();
    this.#consent.startAnew();
    this.#forgetOffers();
    const left = this.bond === null ? [] : this.ledger.vacate();
    this.leaveEpoch();
    await this.keep();
    for (const entry of left) this.tellState(entry);
  }

  /** Slot 0's seat told `proposed` of this certificate: its counsellor announced who is to come. */
  announced(purpose: 2 | 3, certId: Bytes): Promise<void> {
    return this.happened(async () => {
      this.#consent.announce(purpose, certId);
    });
  }

  /** Slot 0's seat told `takenBack` of this certificate. */
  unannounced(purpose: 2 | 3, certId: Bytes): Promise<void> {
    return this.happened(async () => this.#consent.unannounce(purpose, certId));
  }

  /** Frame Replied. */
  replied(m2: Bytes): Promise<void> {
    return this.happened(async () => {
      const hello = this.#hello;
      if (hello === null || hello.keys !== null) return;
      const { offer, m1, secret, pair } = hello;
      try {
        const secretS = await openReply(pair, offer.hash, m1, m2);
        const psk = offer.purpose === Purpose.resume ? (this.bond ?? NO_BOND) : NO_BOND;
        const keys = await deriveKeys(offer.hash, m1, m2, secret, secretS, psk);
        hello.keys = {
          receiving: new ReceivingChain(this.slot, 1, offer.epoch, 0, keys.s),
          sending: new SendingChain(this.slot, 0, offer.epoch, keys.h),
          bond: keys.bond,
        };
      } catch (error) {
        codeOf(error); // not for this hello: nothing changes
        return;
      }
      for (const envelope of hello.early.splice(0))
        if (this.#hello === hello) await this.#openFirst(hello, envelope);
    });
  }

  /** The socket is attached (again): sends again what the server may lack, and asks for a resume if one is needed. */
  connected(): Promise<void> {
    return this.happened(async () => {
      await this.resend();
      if (this.#hello !== null) this.#sendHello(this.#hello);
      else if (this.sending === null) await this.wantResume();
    });
  }

  /** Whom the seat is with; null before the first epoch. */
  peer(): Peer | null {
    const known = this.#known;
    if (known === null) return null;
    return {
      alias: known.alias,
      role: known.role,
      certId: known.certId,
      fingerprintOfRoot: known.fingerprint,
    };
  }

  /** Whether somebody holds this seat: what is passed on goes to them. */
  held(): boolean {
    return this.bond !== null;
  }

  phase(): HelpSeekerPhase {
    if (this.over) return "ended";
    if (this.sending !== null) return "active";
    if (this.#consent.pending !== null) return "consent";
    if (this.#hello !== null) return "hello";
    return this.bond === null ? "none" : "resuming";
  }

  protected override state(): SeatState {
    const { sid, slot, highest, bond, receiving, ledger } = this;
    const known = this.#known;
    return { side: "h", sid, slot, highest, bond, known, begun: null, receiving, ledger, names: this.names };
  }

  protected override async wantResume(): Promise<void> {
    if (this.bond === null || this.#known === null) return;
    this.#askDue = this.now() - this.#askedAt < ASK_EVERY;
    if (this.#askDue) return;
    this.#askedAt = this.now();
    this.ports.send({ kind: "resume", certId: this.#known.certId });
  }

  protected override async otherEpoch(header: Header, envelope: Bytes): Promise<void> {
    const hello = this.#hello;
    if (hello === null || header.epoch !== hello.offer.epoch) return;
    if (hello.keys !== null) return this.#openFirst(hello, envelope);
    if (hello.early.length < EARLY) hello.early.push(envelope);
  }

  /** `#openFirst` takes every ready before its chain becomes the seat's: a kept chain that wants one is not ours. */
  protected override async tookReady(): Promise<void> {
    this.die("bad_state");
  }

  protected override async clock(): Promise<void> {
    if (this.#askDue && this.#hello === null) await this.wantResume();
    if (!this.present) return;
    const hello = this.#hello;
    if (hello !== null && this.now() - hello.sentAt >= ASK_AGAIN) {
      hello.sentAt = this.now();
      this.#sendHello(hello);
      await this.wantResume(); // whoever forgot the offer makes another
    }
    if (hello === null && this.sending === null && this.now() - this.#askedAt >= ASK_AGAIN)
      await this.wantResume();
  }

  protected override wipeHandshake(): void {
    this.#dropHello();
    this.#consent.pending = null;
  }

  /** Everything that does not depend on where this seat stands. @throws SealingError */
  async #check(bytes: Bytes, staff: Bytes, manager: Bytes): Promise<Pending> {
    const expected = { sid: this.sid, slot: this.slot, mode: 1, above: this.#seen } as const;
    const { offer, chain } = await checkOffer(bytes, staff, manager, expected, this.#trust, this.now());
    const { role, id, ed, alias } = chain.staff;
    const fingerprint = await rootFingerprint(chain.root);
    return { bytes, offer, known: { role, id, ed, alias, certId: chain.staffId, fingerprint } };
  }

  #isSame(known: Known): boolean {
    return this.#known !== null && equal(this.#known.id, known.id) && equal(this.#known.ed, known.ed);
  }

  /** A take by whom this seat is with already: they did not see our ready. A resume tells them. */
  #wasForgotten({ offer, known }: Pending): boolean {
    return offer.purpose === Purpose.take && this.bond !== null && this.#isSame(known);
  }

  /** Whether this seat, as it stands, may follow such an offer. @throws SealingError */
  #mayFollow(pending: Pending): void {
    const { purpose } = pending.offer;
    if (purpose === Purpose.take && this.ledger.bond > 0) throw new SealingError("out_of_state");
    if (purpose === Purpose.resume && this.bond === null) throw new SealingError("no_bond");
    if (purpose === Purpose.resume && !this.#isSame(pending.known))
      throw new SealingError("not_the_same_staff");
    if (this.#consent.isDeclined(pending, this.proposals(), this.now())) throw new SealingError("declined");
  }

  async #askOrAnswer(pending: Pending): Promise<void> {
    const { purpose } = pending.offer;
    if (!isJoining(purpose) || this.#consent.hasAgreed(pending)) return this.#answer(pending);
    if (!this.#consent.ask(pending)) return; // asked already; a yes goes to the newest
    const { alias, certId } = pending.known;
    const announced = this.#consent.isAnnounced(pending, this.proposals());
    const same = this.#isSame(pending.known);
    this.ports.changed({ kind: "needsConsent", alias, certId, purpose, announced, same });
  }

  async #answer(pending: Pending): Promise<void> {
    const { offer } = pending;
    const pair = await makeKeyPair(this.ports.random(32));
    const secret = this.ports.random(32);
    let m1: Bytes;
    try {
      m1 = await sealHello(offer.pk, offer.hash, { secret, publicKey: pair.publicKey, proof: null });
    } catch (error) {
      this.ports.changed({ kind: "refusedOffer", code: codeOf(error) }); // signed, and yet no key
      return;
    }
    this.#dropHello();
    this.#askDue = false;
    this.#seen = offer.epoch;
    this.#hello = { ...pending, m1, secret, pair, early: [], keys: null, sentAt: this.now() };
    this.#sendHello(this.#hello);
  }

  #sendHello({ m1, offer }: Hello): void {
    this.ports.send({ kind: "hello", purpose: offer.purpose, m1 });
  }

  /** The new epoch's first envelope; opened means that the other side has the same keys: the epoch is active. */
  async #openFirst(hello: Hello, envelope: Bytes): Promise<void> {
    const { keys, offer, known } = hello;
    if (keys === null || keys.receiving.n !== 0) return;
    const inner = await this.receive(keys.receiving, envelope);
    if (inner === null) return;
    const fresh = offer.purpose !== Purpose.resume;
    const before = fresh ? this.#newBond(keys.bond, known.alias) : [];
    const given = fresh ? this.giveSummaries() : [];
    this.#known = known;
    this.highest = offer.epoch;
    this.receiving?.wipe();
    this.receiving = keys.receiving;
    const { arrived, again } = this.ledger.resume(inner.ack, inner.content);
    hello.keys = null; // now the seat's
    this.#dropHello();
    if (fresh) this.#consent.settle();
    this.#askDue = false;
    await this.keep();
    this.startSending(keys.sending);
    await this.seal(Kind.ready, null, this.ledger.takenMid);
    this.ports.changed({ kind: "active", epoch: offer.epoch, alias: known.alias, fresh });
    for (const entry of given) this.ports.changed({ kind: "line", line: this.lineOf(entry) });
    for (const entry of [...before, ...arrived]) this.tellState(entry);
    for (const entry of again) {
      this.tellState(entry);
      await this.seal(entry.kind, entry);
    }
    this.took();
  }

  /** Another bond: what the one before did not get stays undelivered. */
  #newBond(bond: Bytes, alias: string): Entry[] {
    const left = this.ledger.entries.filter((entry) => entry.own && !entry.acked && entry.bond > 0);
    this.bond?.fill(0);
    this.bond = bond;
    this.ledger.startBond();
    this.nameBond(alias);
    return left;
  }

  /** Whoever comes next begins where the last active epoch is: that is the server's hint. */
  #forgetOffers(): void {
    this.#seenOf.clear();
    this.#seen = this.#hello?.offer.epoch ?? this.highest;
  }

  #dropHello(): void {
    const hello = this.#hello;
    this.#hello = null;
    hello?.secret.fill(0);
    hello?.keys?.receiving.wipe();
    hello?.keys?.sending.wipe();
  }
}
