// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The staff's side channel: one peer seat for each colleague's desk (docs/protocol.md, A.5).
 *
 * How this works. The server passes bodies on between two desks and keeps nothing. Whoever begins offers;
 * the other answers at once, since only certified staff can ask. If both begin in the same moment, the
 * smaller address wins on both sides. Nothing of it is kept: a reload loses it, and a body for an address
 * this browser does not know is answered "over", so that the other side can say so.
 *
 * Nothing here knows a conversation: what is typed in the side channel has no way to a help-seeker.
 */

import type {
  Bytes,
  Outgoing,
  PeerBody,
  SeatChange,
  SeatPorts,
  StaffIdentity,
  Trust,
} from "../../../chat/browser/sealing/api.ts";
import { decodePeerBody, encodePeerBody, fromHex, hex, PeerSeat } from "../../../chat/browser/sealing/api.ts";
import type { SideEnd, SideEvent } from "../state/side_talk.ts";
import type { PeerFrame } from "./switchboard.ts";

export interface SidePorts {
  readonly identity: StaffIdentity;
  readonly trust: Trust;
  /** False: there is no connection. */
  send(to: Bytes, body: Bytes): boolean;
  tell(event: SideEvent): void;
  /** A colleague has written. */
  wrote(): void;
  now(): number;
  random(n: number): Bytes;
}

interface Channel {
  readonly device: string;
  readonly sid: Bytes;
  readonly seat: PeerSeat;
}

export class SideChannels {
  readonly #ports: SidePorts;
  /** By the colleague's device. */
  readonly #channels = new Map<string, Channel>();
  #inbox: Promise<void> = Promise.resolve();

  constructor(ports: SidePorts) {
    this.#ports = ports;
  }

  /** Begin with the desk of this colleague (device and staff id, hexadecimal), or go on. */
  open(device: string, staff: string): void {
    if (this.#channels.has(device)) return;
    const { identity, trust, random } = this.#ports;
    const sid = random(16);
    const seat = PeerSeat.offering(sid, fromHex(staff), identity, trust, this.#seatPorts(device, sid));
    this.#channels.set(device, { device, sid, seat });
    this.#ports.tell({ kind: "opening", device });
    void seat.offer();
  }

  /** Resolves with whether the line was taken. */
  async say(device: string, text: string): Promise<boolean> {
    try {
      const channel = this.#channels.get(device);
      if (channel === undefined) return false;
      await channel.seat.compose(text);
      return true;
    } catch {
      return false;
    }
  }

  async close(device: string): Promise<void> {
    const channel = this.#channels.get(device);
    if (channel === undefined) return;
    await channel.seat.end();
    this.#send(channel, { kind: "over" });
    this.#over(device, "we_closed");
  }

  received(frame: PeerFrame): void {
    // One after the other: what follows must find the seat.
    this.#inbox = this.#inbox.then(() =>
      frame.frame === "PeerAway" ? this.#away(hex(frame.to)) : this.#take(hex(frame.by), frame.body),
    );
  }

  /** All that was received so far is taken in. */
  settled(): Promise<void> {
    return this.#inbox;
  }

  /** The socket is back. */
  welcomed(): void {
    for (const { seat } of this.#channels.values()) void seat.connected();
  }

  /** Once a second. */
  tick(): void {
    for (const { seat } of this.#channels.values()) void seat.tick();
  }

  /** The desk is let go of: the keys are wiped. */
  stop(): void {
    for (const { seat } of this.#channels.values()) void seat.closed();
    this.#channels.clear();
  }

  async #take(device: string, bytes: Bytes): Promise<void> {
    let body: PeerBody;
    try {
      body = decodePeerBody(bytes);
    } catch {
      return; // not of this version: as if it had not come
    }
    if (body.kind === "offer") return this.#offered(device, body);
    const channel = this.#channels.get(device);
    if (channel === undefined || hex(channel.sid) !== hex(body.sid)) return this.#unknown(device, body);
    const { seat } = channel;
    switch (body.kind) {
      case "hello":
        return seat.answered(body.m1, body.staff, body.manager);
      case "reply":
        return seat.replied(body.m2, body.ready);
      case "envelope":
        return seat.delivered(body.envelope);
      case "took":
        return seat.stored(body.epoch, body.n);
      case "resume":
        return seat.connected();
      case "over":
        await seat.closed();
        return this.#over(device, "lost_there");
    }
  }

  async #offered(
    device: string,
    { sid, offer, staff, manager }: PeerBody & { kind: "offer" },
  ): Promise<void> {
    const known = this.#channels.get(device);
    if (known !== undefined && hex(known.sid) === hex(sid)) return known.seat.offered(offer, staff, manager);
    // Ours goes on, also while its offer is still being made: the other side answers it.
    const ours = known?.seat.phase() === "none" || known?.seat.phase() === "offered";
    if (known !== undefined && ours && hex(known.sid) < hex(sid)) return;
    const { identity, trust } = this.#ports;
    const seat = PeerSeat.answering(sid, identity, trust, this.#seatPorts(device, sid));
    await seat.offered(offer, staff, manager);
    if (seat.phase() !== "hello") return; // it does not hold: whatever is open stays
    await known?.seat.closed();
    this.#channels.set(device, { device, sid, seat });
    this.#ports.tell({ kind: "opening", device });
  }

  /** Of a channel from before a reload of ours, or of one that was replaced. */
  #unknown(device: string, body: PeerBody): void {
    if (body.kind === "over") return;
    this.#ports.send(fromHex(device), encodePeerBody({ kind: "over", sid: body.sid }));
    if (body.kind === "envelope" && !this.#channels.has(device))
      this.#ports.tell({ kind: "over", device, end: "lost_here" });
  }

  #away(device: string): void {
    if (this.#channels.has(device)) this.#ports.tell({ kind: "away", device });
  }

  #over(device: string, end: SideEnd): void {
    this.#channels.delete(device);
    this.#ports.tell({ kind: "over", device, end });
  }

  #seatPorts(device: string, sid: Bytes): SeatPorts {
    const { now, random } = this.#ports;
    return {
      send: (out) => this.#out({ device, sid }, out),
      persist: async () => undefined, // memory only
      changed: (change) => this.#changed(device, sid, change),
      now,
      random,
    };
  }

  #send(channel: Pick<Channel, "device" | "sid">, body: DistributiveOmit<PeerBody, "sid">): void {
    const { device, sid } = channel;
    this.#ports.send(fromHex(device), encodePeerBody({ ...body, sid } as PeerBody));
  }

  #out(at: Pick<Channel, "device" | "sid">, out: Outgoing): void {
    const { staff, manager } = this.#ports.identity;
    switch (out.kind) {
      case "offer":
        return this.#send(at, { kind: "offer", offer: out.offer, staff, manager });
      case "hello":
        return this.#send(at, { kind: "hello", m1: out.m1, staff, manager });
      case "reply":
        return this.#send(at, { kind: "reply", m2: out.m2, ready: out.ready });
      case "envelope":
        return this.#send(at, { kind: "envelope", envelope: out.envelope });
      case "took":
        return this.#send(at, { kind: "took", epoch: out.epoch, n: out.n });
      case "resume":
        return this.#send(at, { kind: "resume" });
    }
  }

  #changed(device: string, sid: Bytes, change: SeatChange): void {
    const channel = this.#channels.get(device);
    if (channel === undefined || channel.sid !== sid) return; // replaced
    const { tell } = this.#ports;
    switch (change.kind) {
      case "active":
        return tell({ kind: "open", device, name: change.alias ?? "" });
      case "line":
        tell({ kind: "line", device, line: change.line });
        if (change.line.from === "peer") {
          tell({ kind: "open", device, name: channel.seat.peer()?.alias ?? "" });
          this.#ports.wrote();
        }
        return;
      case "state":
        return tell({ kind: "state", device, mid: change.mid, state: change.state });
      case "peerEnded":
        return this.#over(device, "they_closed");
      case "dead":
        return this.#over(device, "refused");
      default:
        return;
    }
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
