// SPDX-License-Identifier: AGPL-3.0-or-later
// What both sides of a seat do alike: compose, seal, take in, acknowledge, send again, end.
//
// How this works: every public call runs in one serial queue. The order within a call is what makes a
// crash at any point harmless: number the line, write the state (`keep`), seal, hand to the socket; and
// for what comes in: open, write the state, tell the screen, acknowledge. A restored seat has no sending
// chain, so it cannot seal anything before a new epoch. Which envelopes are sent again is decided by the
// ledger; the same n is never sealed twice, because the chain that could is gone.

import { concat, fromUtf8, hex, u8, utf8 } from "./bytes.ts";
import { type ReceivingChain, readHeader, type SendingChain } from "./chain.ts";
import { type Direction, type Header, type Inner, Kind, MAX_CONTENT } from "./envelope.ts";
import { codeOf, SealingError } from "./errors.ts";
import { type Entry, type Ledger, Mark } from "./ledger.ts";
import { isOpen, isTakenBack, type Word, wordOf, wordsOf } from "./proposals.ts";
import { SerialQueue } from "./queue.ts";
import { encodeState, type SeatState } from "./state.ts";
import type { Bytes, Line, Outgoing, SealingCode, SeatChange, SeatPorts, Slot } from "./types.ts";

/** Longest line in bytes of UTF-8: one less than fits, so that every line can be passed on as a relay. */
export const MAX_LINE = MAX_CONTENT - 1;

const ACK_EVERY = 2;
const TYPING_EVERY = 5;
const NO_ACK = 20;

interface Unstored {
  readonly epoch: number;
  readonly n: number;
  readonly envelope: Bytes;
  readonly entry: Entry | null;
}

export abstract class Seat {
  protected readonly sid: Bytes;
  protected readonly slot: Slot;
  protected readonly ports: SeatPorts;
  protected readonly ledger: Ledger;
  protected sending: SendingChain | null = null;
  protected receiving: ReceivingChain | null;
  protected bond: Bytes | null;
  protected highest: number;
  protected over = false;
  protected present = false;
  readonly #dir: Direction;
  readonly #queue = new SerialQueue();
  #unstored: Unstored[] = [];
  #unkept = false;
  #tookDue = false;
  #ackDue = false;
  #ackAt = Number.NEGATIVE_INFINITY;
  #typedAt = Number.NEGATIVE_INFINITY;
  #unackedSince: number | null = null;

  protected constructor(state: SeatState, ports: SeatPorts) {
    this.#dir = state.side === "h" ? 0 : 1;
    this.sid = state.sid;
    this.slot = state.slot;
    this.highest = state.highest;
    this.bond = state.bond;
    this.receiving = state.receiving;
    this.ledger = state.ledger;
    this.ports = ports;
  }

  // --- what the two sides do differently ---

  protected abstract state(): SeatState;
  /** The first envelope of the receiving chain's epoch was a ready. */
  protected abstract tookReady(ack: number, mid: Bytes): Promise<void>;
  /** Ask for a new epoch (help-seeker), or offer one (staff). */
  protected abstract wantResume(): Promise<void>;
  /** An envelope that is not of the receiving chain's epoch. */
  protected abstract otherEpoch(header: Header, envelope: Bytes): Promise<void>;
  protected abstract clock(): Promise<void>;
  protected abstract wipeHandshake(): void;
  /** The other side said "end" inside the channel. */
  protected async peerEnded(): Promise<void> {
    this.finish();
  }

  // --- the calls of the page ---

  /** Resolves with the line when it is kept. @throws SealingError too_long, ended, not_kept */
  compose(text: string, kind: "text" | "summary" = "text"): Promise<Line> {
    return this.queued(async () => {
      const content = utf8(text);
      if (content.length > MAX_LINE) throw new SealingError("too_long");
      const entry = await this.add(Kind[kind], content);
      return this.lineOf(entry);
    });
  }

  typing(): Promise<void> {
    return this.happened(async () => {
      if (this.sending === null || this.now() - this.#typedAt < TYPING_EVERY) return;
      this.#typedAt = this.now();
      await this.seal(Kind.typing, null);
    });
  }

  /** Says "end" inside the channel, as far as there is one, and wipes the keys. */
  end(): Promise<void> {
    return this.happened(async () => {
      if (this.sending !== null) await this.add(Kind.end, new Uint8Array(0));
      this.finish();
    });
  }

  /** The server says that it is over; wipes the keys. Says nothing about what the peer did. */
  closed(): Promise<void> {
    return this.happened(async () => this.finish());
  }

  /** An envelope of the other side. Whatever is wrong with it changes nothing, unless its tag is good. */
  delivered(envelope: Bytes): Promise<void> {
    return this.happened(async () => {
      const header = readHeader(envelope);
      if (header === null || header.slot !== this.slot || header.dir === this.#dir) return;
      if (header.epoch !== this.receiving?.epoch) await this.otherEpoch(header, envelope);
      else await this.takeIn(await this.receive(this.receiving, envelope));
    });
  }

  /** The server's word that it stored the lane up to here: "sent", and no more than that. */
  stored(epoch: number, n: number): Promise<void> {
    return this.happened(async () => {
      const isStored = (item: Unstored) => item.epoch === epoch && item.n <= n;
      const entries = this.#unstored.filter(isStored).flatMap((item) => item.entry ?? []);
      this.#unstored = this.#unstored.filter((item) => !isStored(item));
      for (const entry of entries) {
        if (entry.sent) continue;
        entry.sent = true;
        this.#unkept = true;
        if (!entry.acked) this.tellState(entry);
      }
    });
  }

  /** Call about once a second. */
  tick(): Promise<void> {
    return this.happened(async () => {
      if (this.#unkept || this.#tookDue) await this.keep();
      this.#took();
      await this.#ack();
      if (this.present && this.#unackedSince !== null && this.now() - this.#unackedSince >= NO_ACK) {
        this.#unackedSince = this.now();
        await this.wantResume();
      }
      await this.clock();
    });
  }

  setPeerPresent(present: boolean): void {
    if (present && !this.present && this.#unackedSince !== null) this.#unackedSince = this.now();
    this.present = present;
  }

  /** In the order in which they were composed or taken in here. */
  lines(): readonly Line[] {
    return this.ledger.entries.filter((entry) => this.isShown(entry)).map((entry) => this.lineOf(entry));
  }

  /** Whether a proposal stands: neither answered by the person nor taken back since it was made. */
  isOpen(purpose: 2 | 3, certId: Bytes): boolean {
    return isOpen(this.words(), { purpose, certId });
  }

  // --- for the two sides ---

  protected now(): number {
    return this.ports.now();
  }

  /** For calls with a result. */
  protected queued<T>(job: () => Promise<T>): Promise<T> {
    return this.#queue.run(async () => {
      if (this.over) throw new SealingError("ended");
      return job();
    });
  }

  /** For events: after the end they mean nothing, and a state that could not be kept has been told. */
  protected async happened(job: () => Promise<void>): Promise<void> {
    try {
      await this.queued(job);
    } catch (error) {
      const code = codeOf(error);
      if (code !== "ended" && code !== "not_kept") throw error;
    }
  }

  /** The same bytes again, and how far one has come. */
  protected async resend(): Promise<void> {
    for (const { envelope } of this.#unstored) this.ports.send({ kind: "envelope", envelope });
    await this.keep();
    this.took();
  }

  /** Write the state. @throws SealingError not_kept, and the seat is over */
  protected async keep(): Promise<void> {
    this.#unkept = false;
    try {
      await this.ports.persist(encodeState(this.state()));
    } catch {
      this.die("not_kept");
      throw new SealingError("not_kept");
    }
  }

  /** Compose something that must arrive: kept, shown, and sealed at once when there is a chain. */
  protected async add(kind: Kind, content: Bytes, mid: Bytes = this.ports.random(16)): Promise<Entry> {
    const entry = this.ledger.compose(kind, mid, content, Math.floor(this.now()));
    if (this.sending !== null) this.ledger.number();
    await this.keep();
    if (this.isShown(entry)) this.ports.changed({ kind: "line", line: this.lineOf(entry) });
    if (this.sending !== null) await this.seal(kind, entry);
    return entry;
  }

  /** A new epoch is ours to send in: after `keep`, so what is sealed here was written before. */
  protected startSending(chain: SendingChain): void {
    this.sending?.wipe();
    this.sending = chain;
    this.#unstored = []; // of older epochs; the ledger says what is sealed again
    this.#unackedSince = null;
  }

  protected async seal(kind: Kind, entry: Entry | null, content: Bytes = new Uint8Array(0)): Promise<void> {
    if (this.sending === null) return;
    const inner: Inner = {
      kind,
      seq: entry?.seq ?? 0,
      ack: this.ledger.taken,
      mid: entry?.mid ?? null,
      content: entry?.content ?? content,
    };
    const { envelope, n } = await this.sending.seal(this.ports.random(12), inner);
    this.#unstored.push({ epoch: this.sending.epoch, n, envelope, entry });
    if (entry !== null) this.#unackedSince ??= this.now();
    this.#ackDue = false;
    this.#ackAt = this.now();
    this.ports.send({ kind: "envelope", envelope });
  }

  /** Null: nothing to take in. A good tag around nonsense ends the seat. */
  protected async receive(chain: ReceivingChain, envelope: Bytes): Promise<Inner | null> {
    const first = chain.n === 0;
    const outcome = await chain.receive(envelope);
    if (outcome.kind === "gap") await this.wantResume();
    if (outcome.kind === "broken") this.die(outcome.code);
    if (outcome.kind !== "ok") return null;
    if (first === (outcome.inner.kind === Kind.ready)) return outcome.inner;
    this.die("bad_padding"); // the first of an epoch is a ready, and only the first
    return null;
  }

  protected async takeIn(inner: Inner | null): Promise<void> {
    if (inner === null) return;
    if (inner.kind === Kind.ready) return this.tookReady(inner.ack, inner.content);
    const arrived = this.ledger.acknowledge(inner.ack);
    if (!this.ledger.waitsForAck()) this.#unackedSince = null;
    else if (arrived.length > 0) this.#unackedSince = this.now();
    if (inner.mid === null) {
      this.#unkept = this.#tookDue = true;
      for (const entry of arrived) this.tellState(entry);
      if (inner.kind === Kind.typing) this.ports.changed({ kind: "typing" });
      return;
    }
    const taken = this.ledger.take(inner.kind, inner.seq, inner.mid, inner.content, Math.floor(this.now()));
    await this.keep();
    this.took();
    for (const entry of arrived) this.tellState(entry);
    if (taken === "gap") return this.wantResume();
    this.#ackDue = true;
    if (typeof taken === "object") await this.#tell(taken);
    if (!this.over) await this.#ack();
  }

  protected tellState(entry: Entry): void {
    if (!this.isShown(entry)) return;
    this.ports.changed({ kind: "state", mid: hex(entry.mid), state: this.ledger.state(entry, this.over) });
  }

  protected isShown(entry: Entry): boolean {
    if (entry.kind === Kind.relay) return !entry.own && this.#dir === 1;
    if (entry.own && entry.mark === Mark.again) return false; // another line stands for it
    return entry.kind === Kind.text || entry.kind === Kind.summary;
  }

  protected lineOf(entry: Entry): Line {
    const relay = entry.kind === Kind.relay;
    const [origin] = entry.content;
    return Object.freeze<Line>({
      mid: hex(entry.mid),
      from: entry.own ? "own" : "peer",
      kind: relay ? "relay" : entry.kind === Kind.summary ? "summary" : "text",
      text: fromUtf8(relay ? entry.content.slice(1) : entry.content),
      state: this.ledger.state(entry, this.over),
      seq: entry.seq,
      at: entry.at,
      bond: entry.bond,
      ...(relay ? { origin: origin === 0 || origin === 1 ? origin : "h" } : {}),
    });
  }

  /** Wipes the keys of the bond and its epoch. */
  protected leaveEpoch(): void {
    this.sending?.wipe();
    this.receiving?.wipe();
    this.bond?.fill(0);
    this.sending = this.receiving = this.bond = null;
    this.#unstored = [];
    this.#unackedSince = null;
  }

  protected finish(): void {
    if (this.over) return;
    const open = this.ledger.entries.filter(
      (entry) => entry.own && !entry.acked && entry.bond === this.ledger.bond,
    );
    this.over = true;
    this.leaveEpoch();
    this.wipeHandshake();
    for (const entry of open) this.tellState(entry);
  }

  protected die(code: SealingCode): void {
    this.finish();
    this.ports.changed({ kind: "dead", code });
  }

  async #tell(entry: Entry): Promise<void> {
    const change = this.#changeOf(entry);
    if (change !== null) this.ports.changed(change);
    if (entry.kind === Kind.end) await this.peerEnded();
  }

  #changeOf(entry: Entry): SeatChange | null {
    const { kind, content } = entry;
    const [first = 0] = content;
    const fromStaff = this.#dir === 0;
    if (this.isShown(entry)) return { kind: "line", line: this.lineOf(entry) };
    if (kind === Kind.end) return { kind: "peerEnded" };
    if (kind === Kind.room && !fromStaff)
      return { kind: "room", counsellor: (first & 1) !== 0, supervisor: (first & 2) !== 0 };
    const word = wordOf(entry, fromStaff);
    if (word === null) return null;
    const { purpose, certId, yes } = word;
    if (word.kind !== "answered") return { kind: word.kind, purpose, certId };
    // It crossed our word that we take it back: it is about nothing any more.
    return isTakenBack(this.words(), word) ? null : { kind: "answered", purpose, certId, yes };
  }

  protected words(): readonly Word[] {
    return wordsOf(this.ledger, this.#dir === 1);
  }

  /** The server may drop what was taken in. Only after `keep`: it must lie in the blob. */
  protected took(): void {
    this.#tookDue = true;
    this.#took();
  }

  #took(): void {
    const chain = this.receiving;
    if (!this.#tookDue || chain === null || chain.n === 0) return;
    this.#tookDue = false;
    const took: Outgoing = { kind: "took", epoch: chain.epoch, n: chain.n - 1 };
    this.ports.send(took);
  }

  async #ack(): Promise<void> {
    if (this.#ackDue && this.sending !== null && this.now() - this.#ackAt >= ACK_EVERY)
      await this.seal(Kind.ack, null);
  }

  protected static joining(purpose: 2 | 3, certId: Bytes, ...rest: readonly number[]): Bytes {
    return concat(u8(purpose), certId, Uint8Array.from(rest));
  }
}
