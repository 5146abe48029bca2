// SPDX-License-Identifier: AGPL-3.0-or-later
/** A line for tests: a server that keeps lanes as the real one does, and staff with real seats. */

import type { SocketLike } from "../../chat/browser/connection.ts";
import { NEWCOMER_AHEAD } from "../../chat/browser/sealing/api.ts";
import type { Outgoing, Slot, StaffIdentity } from "../../chat/browser/sealing/types.ts";
import {
  type Bytes,
  decodeFromHelpSeeker,
  EndedBy,
  ErrorCode,
  encodeToHelpSeeker,
  type FromHelpSeeker,
  Left,
  Phase,
  type ToHelpSeeker,
  VERSION,
} from "../../chat/browser/wire.gen.ts";
import { NOW } from "../sealing/people.ts";
import { people, Staff } from "./staff.ts";

export { people, Staff } from "./staff.ts";

/** Waits until it is so; the sealing runs in other threads, so turns of the loop are all there is to wait for. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 20_000; // far beyond any slow machine: only a test that fails gets there
  while (Date.now() < deadline) {
    if (holds()) return;
    await new Promise((resume) => setImmediate(resume));
  }
  throw new Error(`never: ${what}`);
}

class Pipe implements SocketLike {
  binaryType = "";
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly #server: Server;
  readonly #alive: () => boolean;

  constructor(server: Server, alive: () => boolean) {
    this.#server = server;
    this.#alive = alive;
  }
  send(bytes: Bytes): void {
    if (!this.#alive()) return;
    this.#server.received(this, decodeFromHelpSeeker(bytes));
  }
  close(): void {
    this.readyState = 3;
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  deliver(frame: ToHelpSeeker): void {
    if (this.#alive()) this.onmessage?.({ data: encodeToHelpSeeker(frame).slice().buffer });
  }
  break(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

/** One conversation's server: lanes by slot 0, replaced handshake, a half that dies with the end. */
export class Server {
  readonly frames: FromHelpSeeker[] = [];
  readonly pipes: Pipe[] = [];
  era = new Uint8Array(32).fill(7);
  /** False: new sockets do not open, as in a tunnel. */
  reachable = true;
  /** Frames of a kind that are lost on their way in. */
  lose: FromHelpSeeker["frame"] | null = null;
  refuse: ErrorCode | null = null;
  over = false;
  /** Solutions of work that were given out, and how many of them are not taken. */
  solutions = 0;
  unpaid = 0;
  afterBoundary = false;
  /** Unix seconds, for everybody. */
  clock = NOW;
  phase: Phase = Phase.WAITING;
  /** Who holds the two seats, and who may make an offer for the counsellor's besides. */
  readonly seats: [Staff | null, Staff | null] = [null, null];
  newcomer: Staff | null = null;
  #half: Bytes | null = null;
  #sid: Bytes | null = null;
  #generation = 0;
  #holder: Pipe | null = null;
  readonly #toH: [Bytes[], Bytes[]] = [[], []];
  readonly #stored = new Set<string>();
  #highest = 0;
  /** The handshake that is outstanding, by who made it. */
  readonly #offers = new Map<Staff, ToHelpSeeker>();
  readonly #replies = new Map<Staff, ToHelpSeeker>();

  get holder(): Pipe {
    if (this.#holder === null) throw new Error("nobody is attached");
    return this.#holder;
  }
  get heard(): string[] {
    return this.frames.map((frame) => frame.frame);
  }

  dial(alive: () => boolean = () => true): SocketLike {
    const pipe = new Pipe(this, alive);
    this.pipes.push(pipe);
    setImmediate(() => {
      if (this.reachable && pipe.readyState === 0) pipe.open();
    });
    return pipe;
  }

  work(): Bytes {
    this.solutions += 1;
    return Uint8Array.of(this.solutions);
  }

  received(pipe: Pipe, frame: FromHelpSeeker): void {
    if (frame.frame === "Work") return; // looked at with the Start that follows
    if (frame.frame === this.lose) {
      this.lose = null;
      return;
    }
    this.frames.push(frame);
    if (frame.frame === "Start" && this.unpaid > 0) {
      this.unpaid -= 1;
      return pipe.deliver({ frame: "Refused", code: ErrorCode.WORK_NEEDED });
    }
    if (this.refuse !== null) return pipe.deliver({ frame: "Refused", code: this.refuse });
    if (frame.frame === "Start" || frame.frame === "Attach") return this.#enter(pipe, frame);
    if (pipe !== this.#holder) return pipe.deliver({ frame: "Refused", code: ErrorCode.OUT_OF_STATE });
    switch (frame.frame) {
      case "Put":
        return this.#put(pipe, frame.envelope);
      case "Hello":
        return void this.#for(frame.slot, frame.purpose)?.seat.answered(frame.m1);
      case "AskResume":
        return void this.seats[frame.slot as Slot]?.seat.askedResume(frame.certId);
      case "Took": {
        const lane = this.#toH[frame.slot as Slot];
        lane.splice(0, lane.length, ...lane.filter((envelope) => !upTo(envelope, frame.epoch, frame.n)));
        return;
      }
      case "Decline":
        return this.#declined(frame.slot as Slot);
      case "Describe":
        return pipe.deliver({ frame: "Described", about: frame.about, urgency: frame.urgency });
      case "Leave":
        return this.close(EndedBy.HELP_SEEKER);
    }
  }

  /** A counsellor takes the conversation. */
  async take(who = people.anna): Promise<Staff> {
    this.phase = Phase.MATCHED;
    const staff = this.#place(0, who);
    this.seats[0] = staff;
    await staff.seat.offer(1, this.#hint());
    return staff;
  }

  /** Somebody comes to a conversation that had a counsellor before (2), or is to have another. */
  async comes(who = people.ben): Promise<Staff> {
    const staff = this.#place(0, who);
    if (this.phase === Phase.OPEN) {
      this.newcomer = staff;
    } else {
      this.phase = Phase.MATCHED;
      this.seats[0] = staff;
    }
    await staff.seat.offer(2, this.#hint() + NEWCOMER_AHEAD);
    return staff;
  }

  async supervise(who = people.carla): Promise<Staff> {
    const staff = this.#place(1, who);
    this.seats[1] = staff;
    await staff.seat.offer(3, this.#hint());
    return staff;
  }

  /** The counsellor is there no more, and the place is first again. */
  back(why: Left): void {
    this.#vacate(0);
    this.phase = Phase.WAITING;
    this.#holder?.deliver({ frame: "BackToWaiting", why });
  }

  /** Whoever was to come does not, or the supervisor left. */
  notComing(slot: Slot, why: Left): void {
    if (slot === 1) this.#vacate(1);
    else if (this.newcomer !== null) this.#forget(this.newcomer);
    if (slot === 0) this.newcomer = null;
    this.#holder?.deliver({ frame: "NotComing", slot, why });
  }

  #turns = 0;

  /**
   * Called once a turn of the loop: half a second for each 300 of them. A handshake takes some hundred turns, and
   * must not be overtaken by the next offer each time.
   */
  slowly(): void {
    this.#turns += 1;
    if (this.#turns % 300 === 0) this.pass(0.5);
  }

  /** So many seconds go by for everybody; the staff browsers' own clocks tick. */
  pass(seconds: number): void {
    this.clock += seconds;
    for (const staff of [...this.seats, this.newcomer]) void staff?.seat.tick();
  }

  /** A frame of the server, as it is. */
  says(frame: ToHelpSeeker): void {
    this.#holder?.deliver(frame);
  }

  close(by: EndedBy): void {
    this.over = true;
    this.#half = null;
    this.#holder?.deliver({ frame: "Closed", by });
    this.#holder = null;
  }

  drop(): void {
    const pipe = this.#holder;
    this.#holder = null;
    pipe?.break();
  }

  /** The counsellor now. */
  get counsellor(): Staff {
    if (this.seats[0] === null) throw new Error("there is no counsellor");
    return this.seats[0];
  }

  /** What the counsellor was shown. */
  get shown(): string[] {
    return this.seats[0]?.shown ?? [];
  }

  #enter(pipe: Pipe, frame: FromHelpSeeker & { frame: "Start" | "Attach" }): void {
    if (frame.frame === "Start") {
      this.#half = frame.half;
      this.#sid = frame.sid;
    } else if (this.#half === null) {
      const lost = frame.era.some((byte, at) => byte !== 0 && byte !== this.era[at]);
      return pipe.deliver({ frame: "Closed", by: lost ? EndedBy.LOST : EndedBy.UNKNOWN });
    } else {
      this.#holder?.deliver({ frame: "Refused", code: ErrorCode.SUPERSEDED });
    }
    if (this.#half === null) return;
    this.#holder = pipe;
    this.#generation += 1;
    pipe.deliver({
      frame: "Welcome",
      version: VERSION,
      worker: "w1",
      era: this.era,
      generation: this.#generation,
      phase: this.phase,
      half: this.#half,
      present: this.phase !== Phase.WAITING,
    });
    for (const mail of [this.#offers, this.#replies]) for (const frame of mail.values()) pipe.deliver(frame);
    for (const lane of this.#toH) for (const envelope of lane) pipe.deliver({ frame: "Delivery", envelope });
  }

  #put(pipe: Pipe, envelope: Bytes): void {
    const view = new DataView(envelope.buffer, envelope.byteOffset);
    const [slot, epoch, n] = [view.getUint8(1) as Slot, view.getUint32(3), view.getUint32(7)];
    const holder = this.seats[slot];
    if (holder === null) return pipe.deliver({ frame: "Refused", code: ErrorCode.OUT_OF_STATE });
    const known = this.#stored.has(`${slot} ${epoch} ${n}`);
    this.#stored.add(`${slot} ${epoch} ${n}`);
    if (!known) void holder.seat.delivered(envelope);
    pipe.deliver({ frame: "Stored", slot, epoch, n });
  }

  #place(slot: Slot, who: StaffIdentity): Staff {
    if (this.#sid === null) throw new Error("nobody is waiting");
    return new Staff(this, this.#sid, slot, who, (from, out) => this.#fromStaff(from, out));
  }

  #for(slot: number, purpose: number): Staff | null {
    return slot === 0 && purpose === 2 && this.newcomer !== null ? this.newcomer : this.seats[slot as Slot];
  }

  /** As the real one: the highest that was answered, whatever was offered. */
  #hint(): number {
    return this.#highest;
  }

  #declined(slot: Slot): void {
    if (slot === 0 && this.newcomer !== null) {
      this.#forget(this.newcomer);
      this.newcomer = null;
    } else if (slot === 0 && this.phase === Phase.MATCHED) {
      this.back(Left.DECLINED);
    } else if (slot === 1) {
      this.#vacate(1);
    }
  }

  #vacate(slot: Slot): void {
    const staff = this.seats[slot];
    this.seats[slot] = null;
    this.#toH[slot].length = 0;
    if (staff !== null) this.#forget(staff);
  }

  #forget(staff: Staff): void {
    staff.gone = true;
    this.#offers.delete(staff);
    this.#replies.delete(staff);
  }

  #fromStaff(staff: Staff, out: Outgoing): void {
    const { slot } = staff;
    switch (out.kind) {
      case "offer": {
        const { offer, staff: own, manager } = out;
        const frame: ToHelpSeeker = { frame: "Offered", slot, offer, staff: own, manager };
        this.#offers.set(staff, frame);
        this.#replies.delete(staff);
        return this.#holder?.deliver(frame);
      }
      case "reply": {
        if (staff === this.newcomer) {
          this.#vacate(0);
          this.newcomer = null;
          this.seats[0] = staff;
        }
        if (slot === 0) this.phase = Phase.OPEN;
        const frame: ToHelpSeeker = { frame: "Replied", slot, m2: out.m2 };
        this.#replies.set(staff, frame);
        this.#highest = Math.max(
          this.#highest,
          new DataView(out.ready.buffer, out.ready.byteOffset).getUint32(3),
        );
        this.#holder?.deliver(frame);
        return this.#keep(slot, out.ready);
      }
      case "envelope":
        return this.#keep(slot, out.envelope);
      default:
    }
  }

  #keep(slot: Slot, envelope: Bytes): void {
    this.#toH[slot].push(envelope);
    this.#holder?.deliver({ frame: "Delivery", envelope });
  }
}

function upTo(envelope: Bytes, epoch: number, n: number): boolean {
  const view = new DataView(envelope.buffer, envelope.byteOffset);
  return view.getUint32(3) < epoch || (view.getUint32(3) === epoch && view.getUint32(7) <= n);
}
