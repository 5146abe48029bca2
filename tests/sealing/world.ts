// SPDX-License-Identifier: AGPL-3.0-or-later
// Two seats, a server between them, and everything that can go wrong there: lost, doubled and late frames,
// connections that drop, browsers that die between any two steps and come back from a blob, old or copied.
//
// How this works: nothing moves by itself. A test pumps one frame at a time, or lets the world settle.
// Each running browser is a `Tab`; when it dies, its ports go dead with it, and what its seat was doing hangs
// for ever, as in a killed process. What only an honest world may show is checked as it happens.

import assert from "node:assert/strict";
import { openBlob, sealBlob } from "../../chat/browser/sealing/blob.ts";
import { hex } from "../../chat/browser/sealing/bytes.ts";
import type { Bytes, SeatChange, Slot, StaffIdentity } from "../../chat/browser/sealing/types.ts";
import { identity, NOW, Rng, some } from "./people.ts";
import { type Frame, type Side, Tab } from "./tab.ts";

interface Lane {
  epoch: number;
  n: number;
  readonly kept: { readonly epoch: number; readonly n: number; readonly envelope: Bytes }[];
}

const OTHER = { h: "s", s: "h" } as const;

export interface Options {
  readonly seed?: number;
  /** Percent of frames that are lost, and that come twice. */
  readonly lose?: number;
  readonly double?: number;
  /** Passes everything on to everybody at once, keeps no order, and says "stored" to all. */
  readonly malicious?: boolean;
  readonly slot?: Slot;
}

export class World {
  readonly sid = some("sid", 16);
  readonly slot: Slot;
  readonly rng: Rng;
  time = NOW;
  readonly tabs: Tab[] = [];
  /** Every blob written, per side, oldest first. */
  readonly blobs: { readonly h: Bytes[]; readonly s: Bytes[] } = { h: [], s: [] };
  /** Every envelope that reached the server, per side that made it. */
  readonly archive: { readonly h: Bytes[]; readonly s: Bytes[] } = { h: [], s: [] };
  /** Mids that a side has ever had in its blob, its own and those of the other. */
  readonly everKept: { readonly h: Set<string>; readonly s: Set<string> } = { h: new Set(), s: new Set() };
  /** Mids of the other's lines that a side has ever shown. */
  readonly everShown: { readonly h: Set<string>; readonly s: Set<string> } = { h: new Set(), s: new Set() };
  /** Calls of ports so far: a tab can die before and after each. */
  readonly steps = { h: 0, s: 0 };
  /** The step at which the tab of a side dies. */
  readonly deathAt = { h: Number.POSITIVE_INFINITY, s: Number.POSITIVE_INFINITY };
  /** Whether what a dying tab had handed to its socket still reaches the server. */
  lastWords = false;
  /** Offers that reached the server, by their epoch; bytes as hexadecimal digits. */
  readonly offers = new Map<number, Set<string>>();
  lose: number;
  double: number;
  malicious: boolean;
  /** Counts frames; the one with this number is lost. */
  loseNth = -1;
  frames = 0;
  staff: StaffIdentity;
  readonly #lanes: { readonly h: Lane; readonly s: Lane } = {
    h: { epoch: 0, n: -1, kept: [] },
    s: { epoch: 0, n: -1, kept: [] },
  };
  readonly #firstActive = { h: Number.POSITIVE_INFINITY, s: Number.POSITIVE_INFINITY };
  readonly #hand = new Map<string, Frame>();
  readonly #half = { h: some("half h", 32), s: some("half s", 32) };

  private constructor(options: Options, staff: StaffIdentity) {
    this.rng = new Rng(options.seed ?? 1);
    this.lose = options.lose ?? 0;
    this.double = options.double ?? 0;
    this.malicious = options.malicious ?? false;
    this.slot = options.slot ?? 0;
    this.staff = staff;
  }

  static async make(options: Options = {}): Promise<World> {
    return new World(options, await identity("Anna", options.slot === 1 ? 3 : 2));
  }

  /** A take (or supervision) up to the active epoch. */
  static async active(
    options: Options = {},
  ): Promise<{ readonly world: World; readonly h: Tab; readonly s: Tab }> {
    const world = await World.make(options);
    const [h, s] = [world.open("h"), world.open("s")];
    await world.connect(h);
    await world.connect(s);
    await s.run(s.s.offer(world.slot === 0 ? 1 : 3, 0));
    await world.pump();
    if (world.slot === 1) {
      await h.run(h.h.consent(true));
      await world.pump();
    }
    return { world, h, s };
  }

  /** A new browser without anything. */
  open(side: Side): Tab {
    const tab = new Tab(this, side, null, this.staff);
    this.tabs.push(tab);
    return tab;
  }

  /**
   * A browser from a blob: the last, or one `back` writes before it, but none from before the first epoch: who
   * has no bond any more is a newcomer, and needs a yes. Nothing kept yet: a fresh one.
   */
  async reload(side: Side, back = 0, earliest = this.#firstActive[side]): Promise<Tab> {
    const blobs = this.blobs[side];
    const last = blobs.length - 1;
    const blob = blobs[Math.max(last - back, Math.min(earliest, last))];
    const state = blob === undefined ? null : await openBlob(blob, this.#half[side]);
    const tab = new Tab(this, side, state, this.staff);
    this.tabs.push(tab);
    return tab;
  }

  tab(side: Side): Tab | undefined {
    return this.tabs.findLast((tab) => tab.side === side && tab.alive);
  }

  async write(tab: Tab, state: Bytes): Promise<void> {
    const d = some(`d ${tab.side}`, 32);
    this.blobs[tab.side].push(await sealBlob(this.sid, d, this.#half[tab.side], state));
    for (const line of tab.seat.lines()) this.everKept[tab.side].add(line.mid);
  }

  /** What must hold at every moment. */
  check(tab: Tab, change: SeatChange): void {
    const { side } = tab;
    if (change.kind === "state" && change.state === "delivered") this.#checkDelivered(side, change.mid);
    if (change.kind === "line") {
      assert.ok(this.everKept[side].has(change.line.mid), "shown before it was kept");
      if (change.line.from === "peer") this.everShown[side].add(change.line.mid);
      const mids = tab.seat.lines().map((line) => line.mid);
      assert.equal(new Set(mids).size, mids.length, "shown twice");
    }
    if (change.kind === "active")
      this.#firstActive[side] = Math.min(this.#firstActive[side], this.blobs[side].length - 1);
    assert.notEqual(change.kind, "dead");
  }

  /** A reloaded page shows what its blob holds. */
  checkReloaded(tab: Tab): void {
    for (const { from, mid, state } of tab.seat.lines()) {
      if (from === "peer") this.everShown[tab.side].add(mid);
      else if (state === "delivered") this.#checkDelivered(tab.side, mid);
    }
  }

  #checkDelivered(side: Side, mid: string): void {
    assert.ok(this.everShown[OTHER[side]].has(mid), "delivered, and the other side never showed it");
  }

  /** As the server does on an attach: what lies there first, then the seat sends again. */
  async connect(tab: Tab): Promise<void> {
    if (!this.malicious)
      for (const other of this.tabs) if (other !== tab && other.side === tab.side) this.disconnect(other);
    tab.connected = true;
    const mail = tab.side === "h" ? ["offer", "reply"] : ["hello"];
    for (const kind of mail) {
      const frame = this.#hand.get(kind);
      if (frame !== undefined) tab.inbox.push(frame);
    }
    for (const { envelope } of this.#lanes[OTHER[tab.side]].kept)
      tab.inbox.push({ kind: "envelope", envelope });
    this.#presence();
    const lane = this.#lanes;
    if (tab.side === "h") await tab.run(tab.h.connected());
    else await tab.run(tab.s.connected(Math.max(lane.h.epoch, lane.s.epoch)));
  }

  disconnect(tab: Tab): void {
    tab.connected = false;
    tab.inbox.length = 0;
    tab.outbox.length = 0;
    this.#presence();
  }

  /** Everything a tab has handed to its socket reaches the server. */
  serveAll(tab: Tab): void {
    for (const frame of tab.outbox.splice(0)) this.#serve(tab.side, tab, frame);
  }

  /** Moves one frame, of a random link. False when there is none. */
  async pumpOne(): Promise<boolean> {
    const queues = this.tabs.flatMap((tab) => [
      ...(tab.outbox.length > 0 ? [{ tab, out: true }] : []),
      ...(tab.inbox.length > 0 ? [{ tab, out: false }] : []),
    ]);
    if (queues.length === 0) return false;
    const { tab, out } = this.rng.pick(queues);
    const frame = (out ? tab.outbox : tab.inbox).shift();
    assert.ok(frame);
    if (this.rng.chance(this.lose) || this.frames++ === this.loseNth) return true;
    const times = this.rng.chance(this.double) ? 2 : 1;
    for (let time = 0; time < times; time++) {
      if (out) this.#serve(tab.side, tab, frame);
      else if (tab.alive) await this.deliver(tab, frame);
    }
    return true;
  }

  async pump(): Promise<void> {
    for (let left = 5000; await this.pumpOne(); left--) assert.ok(left > 0, "the frames never end");
  }

  async tick(seconds = 1): Promise<void> {
    this.time += seconds;
    for (const tab of this.tabs) if (tab.alive) await tab.run(tab.seat.tick());
  }

  /** No more faults: both sides connected, until everything has arrived. */
  async settle(): Promise<{ readonly h: Tab; readonly s: Tab }> {
    this.lose = this.double = 0;
    this.deathAt.h = this.deathAt.s = Number.POSITIVE_INFINITY;
    const h = this.tab("h") ?? (await this.reload("h"));
    const s = this.tab("s") ?? (await this.reload("s"));
    if (!h.connected) await this.connect(h);
    if (!s.connected) await this.connect(s);
    for (let left = 240; left > 0; left--) {
      await this.pump();
      if (this.#isSettled(h, s)) return { h, s };
      await this.tick();
    }
    assert.fail(`never settles: ${h.seat.phase()}, ${s.seat.phase()}`);
  }

  async deliver(tab: Tab, frame: Frame): Promise<void> {
    if (frame.kind === "envelope") await tab.run(tab.seat.delivered(frame.envelope));
    else if (frame.kind === "stored") await tab.run(tab.seat.stored(frame.epoch, frame.n));
    else if (frame.kind === "offer") await tab.run(tab.h.offered(frame.offer, frame.staff, frame.manager));
    else if (frame.kind === "hello") await tab.run(tab.s.answered(frame.m1));
    else if (frame.kind === "reply") await tab.run(tab.h.replied(frame.m2));
    else if (frame.kind === "resume") await tab.run(tab.s.askedResume(frame.certId));
  }

  /** What the server of this world does with a frame. */
  #serve(side: Side, tab: Tab, frame: Frame): void {
    if (frame.kind === "took") return this.#trim(this.#lanes[OTHER[side]], frame.epoch, frame.n);
    if (frame.kind === "envelope") return this.#put(side, tab, frame.envelope);
    if (frame.kind === "offer") this.#noteOffer(frame.offer);
    if (frame.kind === "offer" || frame.kind === "hello" || frame.kind === "reply")
      this.#hand.set(frame.kind, frame);
    this.#pass(side, frame);
    if (frame.kind === "reply") this.#put(side, tab, frame.ready);
  }

  #noteOffer(offer: Bytes): void {
    const epoch = new DataView(offer.buffer, offer.byteOffset).getUint32(20); // behind version, purpose, mode, slot, sid
    this.offers.set(epoch, (this.offers.get(epoch) ?? new Set()).add(hex(offer)));
  }

  #put(side: Side, tab: Tab, envelope: Bytes): void {
    const view = new DataView(envelope.buffer, envelope.byteOffset);
    const [epoch, n] = [view.getUint32(3), view.getUint32(7)];
    const lane = this.#lanes[side];
    this.archive[side].push(envelope);
    const next = (epoch === lane.epoch && n === lane.n + 1) || (epoch > lane.epoch && n === 0);
    const known = epoch < lane.epoch || (epoch === lane.epoch && n <= lane.n);
    if (next) {
      lane.epoch = epoch;
      lane.n = n;
      lane.kept.push({ epoch, n, envelope });
    }
    if (next || this.malicious) this.#pass(side, { kind: "envelope", envelope });
    if (next || known || this.malicious) tab.inbox.push({ kind: "stored", epoch, n });
  }

  #trim(lane: Lane, epoch: number, n: number): void {
    const rest = lane.kept.filter((item) => item.epoch > epoch || (item.epoch === epoch && item.n > n));
    lane.kept.splice(0, lane.kept.length, ...rest);
  }

  #pass(from: Side, frame: Frame): void {
    for (const tab of this.tabs)
      if (tab.side === OTHER[from] && tab.connected && tab.alive) tab.inbox.push(frame);
  }

  #presence(): void {
    for (const tab of this.tabs) {
      tab.seat.setPeerPresent(
        this.tabs.some((other) => other.side === OTHER[tab.side] && other.connected && other.alive),
      );
    }
  }

  #isSettled(h: Tab, s: Tab): boolean {
    if (h.seat.phase() !== "active" || s.seat.phase() !== "active") return false;
    return [h, s].every((tab) =>
      tab.seat.lines().every((line) => line.state === "delivered" || line.state === "undelivered"),
    );
  }
}
