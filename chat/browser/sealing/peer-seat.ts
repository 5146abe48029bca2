// SPDX-License-Identifier: AGPL-3.0-or-later
// The staff's own channel: a seat between two staff browsers (purpose 5), with an address of its own.
//
//   offers:  none -> offered -> replied -> active           answers: none -> hello -> active         any -> ended
//
// How this works: the same handshake as every seat, but whoever says hello is staff, too, and proves it behind
// their key; each checks the other's chain. It lives in memory only: whoever is loaded again has lost it,
// and a new one is made. So there is one epoch, and what was lost on the way is sent again as the same bytes.

import { equal } from "./bytes.ts";
import { certId, parseCertificate, type VerifiedChain, verifyChain } from "./certificate.ts";
import { ReceivingChain, SendingChain } from "./chain.ts";
import { Kind } from "./envelope.ts";
import { codeOf, SealingError } from "./errors.ts";
import { rootFingerprint } from "./fingerprint.ts";
import {
  checkPeerProof,
  deriveKeys,
  type KeyPair,
  makeKeyPair,
  NO_BOND,
  openHello,
  openReply,
  peerProofSubject,
  sealHello,
  sealReply,
} from "./handshake.ts";
import { Ledger } from "./ledger.ts";
import { checkPeerOffer, makeOffer, type Offer, parseOffer } from "./offer.ts";
import { Seat } from "./seat.ts";
import type { SeatState } from "./state.ts";
import type { Bytes, Peer, SeatPorts, StaffIdentity, Trust } from "./types.ts";
import { Purpose } from "./types.ts";

const EPOCH = 1;
const AGAIN = 5;
const SLOT = 0;

export type PeerPhase = "none" | "offered" | "hello" | "replied" | "active" | "ended";

interface Offered {
  readonly offer: Offer;
  readonly bytes: Bytes;
  readonly pair: KeyPair;
}

interface Said {
  readonly offer: Offer;
  readonly m1: Bytes;
  readonly secret: Bytes;
  readonly pair: KeyPair;
}

interface Replied {
  readonly m1: Bytes;
  readonly m2: Bytes;
  readonly ready: Bytes;
  readonly sending: SendingChain;
}

export class PeerSeat extends Seat {
  readonly #identity: StaffIdentity;
  readonly #trust: Trust;
  /** Id (16 bytes) of the person this is to be with; null: whoever is certified. */
  readonly #expected: Bytes | null;
  #peer: Peer | null = null;
  #offered: Offered | null = null;
  #said: Said | null = null;
  #replied: Replied | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;

  private constructor(
    side: "h" | "s",
    sid: Bytes,
    expected: Bytes | null,
    identity: StaffIdentity,
    trust: Trust,
    ports: SeatPorts,
  ) {
    super(nothing(side, sid), ports);
    this.#identity = identity;
    this.#trust = trust;
    this.#expected = expected;
    this.present = true;
  }

  /** The side that begins; `with` is the id in the certificate of whom it is to be with. */
  static offering(sid: Bytes, who: Bytes, identity: StaffIdentity, trust: Trust, ports: SeatPorts): PeerSeat {
    return new PeerSeat("s", sid, who, identity, trust, ports);
  }

  /** The side that is asked. */
  static answering(sid: Bytes, identity: StaffIdentity, trust: Trust, ports: SeatPorts): PeerSeat {
    return new PeerSeat("h", sid, null, identity, trust, ports);
  }

  /** Make the offer. */
  offer(): Promise<void> {
    return this.happened(async () => {
      if (this.#offered !== null || this.#replied !== null || this.sending !== null) return;
      const pair = await makeKeyPair(this.ports.random(32));
      const fields = {
        purpose: Purpose.peer,
        mode: 1,
        slot: SLOT,
        sid: this.sid,
        epoch: EPOCH,
        certId: await this.#own(),
        pk: pair.publicKey,
      } as const;
      const bytes = await makeOffer(fields, (signed) => this.#identity.sign(signed));
      this.#offered = { offer: await parseOffer(bytes), bytes, pair };
      this.#again();
    });
  }

  /** An offer of another staff browser: checked in full, then answered. */
  offered(bytes: Bytes, staff: Bytes, manager: Bytes): Promise<void> {
    return this.happened(async () => {
      if (this.sending !== null) return;
      if (this.#said !== null) return this.#again();
      try {
        const expected = { sid: this.sid, own: await this.#own() };
        const { offer, chain } = await checkPeerOffer(
          bytes,
          staff,
          manager,
          expected,
          this.#trust,
          this.now(),
        );
        await this.#know(chain);
        const pair = await makeKeyPair(this.ports.random(32));
        const secret = this.ports.random(32);
        const signature = await this.#identity.sign(await peerProofSubject(offer.hash, pair.publicKey));
        const proof = { certId: expected.own, signature };
        const m1 = await sealHello(offer.pk, offer.hash, { secret, publicKey: pair.publicKey, proof });
        this.#said = { offer, m1, secret, pair };
        this.#again();
      } catch (error) {
        this.ports.changed({ kind: "refusedOffer", code: codeOf(error) });
      }
    });
  }

  /** The other's hello, with the chain that vouches for it. Only the first that holds is answered. */
  answered(m1: Bytes, staff: Bytes, manager: Bytes): Promise<void> {
    return this.happened(async () => {
      if (this.#replied !== null && equal(this.#replied.m1, m1)) return this.#again();
      const offered = this.#offered;
      if (offered === null) return;
      const { offer, pair } = offered;
      try {
        const chain = await verifyChain(staff, manager, this.#trust, this.now());
        if (equal(chain.staffId, await this.#own())) throw new SealingError("not_the_same_staff");
        if (this.#expected !== null && !equal(chain.staff.id, this.#expected))
          throw new SealingError("not_the_same_staff");
        const hello = await openHello(pair, offer.hash, m1, true);
        await checkPeerProof(hello, offer.hash, chain);
        await this.#know(chain);
        const secret = this.ports.random(32);
        const m2 = await sealReply(hello.publicKey, offer.hash, m1, secret);
        const keys = await deriveKeys(offer.hash, m1, m2, hello.secret, secret, NO_BOND);
        this.#offered = null; // and its secret key with it
        this.bond = keys.bond;
        this.receiving = new ReceivingChain(SLOT, 0, EPOCH, 0, keys.h);
        const sending = new SendingChain(SLOT, 1, EPOCH, keys.s);
        const { envelope } = await sending.seal(this.ports.random(12), this.#ready());
        this.#replied = { m1, m2, ready: envelope, sending };
        this.#again();
      } catch (error) {
        this.ports.changed({ kind: "refusedOffer", code: codeOf(error) });
      }
    });
  }

  /** The other's answer to our hello, with its first envelope. */
  replied(m2: Bytes, ready: Bytes): Promise<void> {
    return this.happened(async () => {
      const said = this.#said;
      if (said === null) return this.sending === null ? undefined : this.resend(); // our ready was lost
      const { offer, m1, secret, pair } = said;
      try {
        const theirs = await openReply(pair, offer.hash, m1, m2);
        const keys = await deriveKeys(offer.hash, m1, m2, secret, theirs, NO_BOND);
        const receiving = new ReceivingChain(SLOT, 1, EPOCH, 0, keys.s);
        if ((await this.receive(receiving, ready)) === null) return;
        this.#said = null;
        this.bond = keys.bond;
        this.receiving = receiving;
        await this.#begin(new SendingChain(SLOT, 0, EPOCH, keys.h), true);
      } catch (error) {
        codeOf(error); // not for this hello: nothing changes
      }
    });
  }

  /** The other lacks something, or the socket is back: the same bytes again. */
  connected(): Promise<void> {
    return this.happened(async () => {
      this.#again();
      await this.resend();
    });
  }

  peer(): Peer | null {
    return this.#peer;
  }

  phase(): PeerPhase {
    if (this.over) return "ended";
    if (this.sending !== null) return "active";
    if (this.#replied !== null) return "replied";
    if (this.#said !== null) return "hello";
    return this.#offered === null ? "none" : "offered";
  }

  protected override state(): SeatState {
    return nothing("s", this.sid); // nobody keeps it
  }

  /** The first of the other's envelopes. For the side that was asked, `replied` has taken it in. */
  protected override async tookReady(): Promise<void> {
    const replied = this.#replied;
    if (replied === null) return this.die("bad_state");
    this.#replied = null;
    await this.#begin(replied.sending, false);
  }

  /** A gap, or no acknowledgement: the other is asked to send again, and so do we. */
  protected override async wantResume(): Promise<void> {
    if (this.now() - this.#askedAt < AGAIN) return;
    this.#askedAt = this.now();
    this.ports.send({ kind: "resume", certId: await this.#own() });
    await this.resend();
  }

  protected override async otherEpoch(): Promise<void> {
    // There is one epoch: this is from before it began, and comes again.
  }

  protected override async clock(): Promise<void> {
    const unfinished = this.#offered !== null || this.#said !== null || this.#replied !== null;
    if (!unfinished || this.now() - this.#askedAt < AGAIN) return;
    this.#again();
  }

  protected override wipeHandshake(): void {
    this.#offered = null;
    this.#said?.secret.fill(0);
    this.#said = null;
    this.#replied?.sending.wipe();
    this.#replied = null;
  }

  /** Sends again what of the handshake waits for an answer. */
  #again(): void {
    this.#askedAt = this.now();
    const { staff, manager } = this.#identity;
    if (this.#offered !== null)
      this.ports.send({ kind: "offer", offer: this.#offered.bytes, staff, manager });
    if (this.#said !== null) this.ports.send({ kind: "hello", purpose: Purpose.peer, m1: this.#said.m1 });
    if (this.#replied !== null)
      this.ports.send({ kind: "reply", m2: this.#replied.m2, ready: this.#replied.ready });
  }

  async #begin(sending: SendingChain, answers: boolean): Promise<void> {
    this.ledger.startBond();
    const again = this.ledger.number();
    this.startSending(sending);
    if (answers) await this.seal(Kind.ready, null, this.ledger.takenMid);
    this.ports.changed({ kind: "active", epoch: EPOCH, alias: this.#peer?.alias ?? null, fresh: true });
    for (const entry of again) {
      this.tellState(entry);
      await this.seal(entry.kind, entry);
    }
    this.took();
  }

  #ready() {
    return { kind: Kind.ready, seq: 0, ack: 0, mid: null, content: this.ledger.takenMid } as const;
  }

  async #know({ staff, staffId, root }: VerifiedChain): Promise<void> {
    const fingerprintOfRoot = await rootFingerprint(root);
    this.#peer = { alias: staff.alias, role: staff.role, certId: staffId, fingerprintOfRoot };
  }

  #own(): Promise<Bytes> {
    return certId(parseCertificate(this.#identity.staff));
  }
}

function nothing(side: "h" | "s", sid: Bytes): SeatState {
  const empty = { highest: 0, bond: null, known: null, begun: null, receiving: null, names: [] };
  return { side, sid, slot: SLOT, ledger: new Ledger(), ...empty };
}
