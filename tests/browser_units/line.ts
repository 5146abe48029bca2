// SPDX-License-Identifier: AGPL-3.0-or-later
/** A line for tests: a server that keeps lanes as the real one does, and a counsellor with a real seat. */

import { Connection, type SocketLike, type Surroundings } from "../../chat/browser/connection.ts";
import type { Around } from "../../chat/browser/help_seeker/around.ts";
import type { Keep } from "../../chat/browser/help_seeker/keep.ts";
import * as sealing from "../../chat/browser/help_seeker/seal.ts";
import { type Event, first, type State, step } from "../../chat/browser/help_seeker/state.ts";
import { StaffSeat } from "../../chat/browser/sealing/api.ts";
import type { Outgoing, SeatChange } from "../../chat/browser/sealing/types.ts";
import {
  type Bytes,
  decodeFromHelpSeeker,
  EndedBy,
  ErrorCode,
  encodeToHelpSeeker,
  type FromHelpSeeker,
  Phase,
  type ToHelpSeeker,
  VERSION,
} from "../../chat/browser/wire.gen.ts";
import { identity, NOW, trust } from "../sealing/people.ts";

const anna = await identity("Anna");

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
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
  }
  send(bytes: Bytes): void {
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
    this.onmessage?.({ data: encodeToHelpSeeker(frame).slice().buffer });
  }
  break(): void {
    this.readyState = 3;
    this.onclose?.();
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
  /** Unix seconds, for everybody. */
  clock = NOW;
  phase: Phase = Phase.WAITING;
  staff: StaffSeat | null = null;
  readonly staffChanges: SeatChange[] = [];
  #half: Bytes | null = null;
  #sid: Bytes | null = null;
  #generation = 0;
  #holder: Pipe | null = null;
  #toH: Bytes[] = [];
  #stored = new Set<string>();
  #offer: ToHelpSeeker | null = null;
  #reply: ToHelpSeeker | null = null;

  get holder(): Pipe {
    if (this.#holder === null) throw new Error("nobody is attached");
    return this.#holder;
  }
  get heard(): string[] {
    return this.frames.map((frame) => frame.frame);
  }

  dial(): SocketLike {
    const pipe = new Pipe(this);
    this.pipes.push(pipe);
    setImmediate(() => {
      if (this.reachable && pipe.readyState === 0) pipe.open();
    });
    return pipe;
  }

  received(pipe: Pipe, frame: FromHelpSeeker): void {
    if (frame.frame === this.lose) {
      this.lose = null;
      return;
    }
    this.frames.push(frame);
    if (this.refuse !== null) return pipe.deliver({ frame: "Refused", code: this.refuse });
    if (frame.frame === "Start" || frame.frame === "Attach") return this.#enter(pipe, frame);
    if (pipe !== this.#holder) return pipe.deliver({ frame: "Refused", code: ErrorCode.OUT_OF_STATE });
    switch (frame.frame) {
      case "Put":
        return this.#put(pipe, frame.envelope);
      case "Hello":
        return void this.staff?.answered(frame.m1);
      case "AskResume":
        return void this.staff?.askedResume(frame.certId);
      case "Took":
        this.#toH = this.#toH.filter((envelope) => !upTo(envelope, frame.epoch, frame.n));
        return;
      case "Leave":
        return this.close(EndedBy.HELP_SEEKER);
    }
  }

  /** A counsellor takes the conversation. */
  async take(): Promise<void> {
    if (this.#sid === null) throw new Error("nobody is waiting");
    this.phase = Phase.MATCHED;
    this.staff = StaffSeat.fresh(this.#sid, 0, anna, {
      send: (out) => this.#fromStaff(out),
      persist: async () => undefined,
      changed: (change) => void this.staffChanges.push(change),
      now: () => this.clock,
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    });
    this.staff.setPeerPresent(true);
    await this.staff.offer(1, 0);
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

  /** What the counsellor was shown. */
  get shown(): string[] {
    return this.staffChanges.flatMap((change) =>
      change.kind === "line" && change.line.from === "peer" ? [change.line.text] : [],
    );
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
    for (const frame of [this.#offer, this.#reply]) if (frame !== null) pipe.deliver(frame);
    for (const envelope of this.#toH) pipe.deliver({ frame: "Delivery", envelope });
  }

  #put(pipe: Pipe, envelope: Bytes): void {
    const view = new DataView(envelope.buffer, envelope.byteOffset);
    const [epoch, n] = [view.getUint32(3), view.getUint32(7)];
    const known = this.#stored.has(`${epoch} ${n}`);
    this.#stored.add(`${epoch} ${n}`);
    if (!known) void this.staff?.delivered(envelope);
    pipe.deliver({ frame: "Stored", slot: 0, epoch, n });
  }

  #fromStaff(out: Outgoing): void {
    switch (out.kind) {
      case "offer":
        this.#offer = { frame: "Offered", slot: 0, offer: out.offer, staff: out.staff, manager: out.manager };
        this.#reply = null;
        return this.#holder?.deliver(this.#offer);
      case "reply":
        this.phase = Phase.OPEN;
        this.#reply = { frame: "Replied", slot: 0, m2: out.m2 };
        this.#holder?.deliver(this.#reply);
        return this.#keep(out.ready);
      case "envelope":
        return this.#keep(out.envelope);
      default:
    }
  }

  #keep(envelope: Bytes): void {
    this.#toH.push(envelope);
    this.#holder?.deliver({ frame: "Delivery", envelope });
  }
}

function upTo(envelope: Bytes, epoch: number, n: number): boolean {
  const view = new DataView(envelope.buffer, envelope.byteOffset);
  return view.getUint32(3) < epoch || (view.getUint32(3) === epoch && view.getUint32(7) <= n);
}

/** One tab: its storage, its clock that moves only when told to, and what its page shows. */
export class Tab {
  state: State = first;
  readonly events: Event[] = [];
  readonly keep: Keep & { text: string | null };
  readonly around: Around;
  #timers: { in: number; call: () => void }[] = [];

  constructor(server: Server, kept: string | null = null, forbidden = false) {
    const after = (milliseconds: number, call: () => void): (() => void) => {
      const timer = { in: milliseconds, call };
      this.#timers.push(timer);
      return () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      };
    };
    const surroundings: Surroundings = {
      open: () => server.dial(),
      after,
      now: () => 0,
      random: () => 0,
      watch: () => () => undefined,
    };
    this.keep = {
      text: kept,
      read() {
        return this.text;
      },
      write(text) {
        if (!forbidden) this.text = text;
        return !forbidden;
      },
      clear() {
        this.text = null;
      },
    };
    this.around = {
      url: "ws://host/socket",
      language: "en",
      keep: this.keep,
      sealing,
      trust,
      connect: (wiring) => new Connection(wiring, surroundings),
      now: () => server.clock,
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
      after,
      tell: (event) => {
        this.events.push(event);
        this.state = step(this.state, event);
      },
    };
  }

  /** Let every timer that is due within so many milliseconds fire once. */
  pass(milliseconds: number): void {
    const due = this.#timers.filter((timer) => timer.in <= milliseconds);
    this.#timers = this.#timers.filter((timer) => timer.in > milliseconds);
    for (const timer of due) timer.call();
  }

  get lines(): string[] {
    return this.state.lines.map((line) => `${line.from}: ${line.text} (${line.state})`);
  }
}
