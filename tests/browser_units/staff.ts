// SPDX-License-Identifier: AGPL-3.0-or-later
/** Who sits at the desks of the tests: each a real seat. */

import { StaffSeat } from "../../chat/browser/sealing/api.ts";
import type { Line, Outgoing, SeatChange, Slot, StaffIdentity } from "../../chat/browser/sealing/types.ts";
import type { Bytes } from "../../chat/browser/wire.gen.ts";
import { identity } from "../sealing/people.ts";
import type { Server } from "./line.ts";

export const people = {
  anna: await identity("Anna"),
  ben: await identity("Ben"),
  carla: await identity("Carla", 3),
} as const;

/** One staff browser at one seat. */
export class Staff {
  readonly seat: StaffSeat;
  readonly slot: Slot;
  readonly changes: SeatChange[] = [];
  /** The server lets nothing of it through any more. */
  gone = false;

  constructor(
    server: Server,
    sid: Bytes,
    slot: Slot,
    who: StaffIdentity,
    out: (from: Staff, out: Outgoing) => void,
  ) {
    this.slot = slot;
    this.seat = StaffSeat.fresh(sid, slot, who, {
      send: (frame) => (this.gone ? undefined : out(this, frame)),
      persist: async () => undefined,
      changed: (change) => void this.changes.push(change),
      now: () => server.clock,
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    });
    this.seat.setPeerPresent(true);
  }

  /** What this browser shows of others: "text", or "origin: text" of what was passed on. */
  get shown(): string[] {
    return this.lines.map((line) =>
      line.kind === "text" ? line.text : `${line.origin ?? line.kind}: ${line.text}`,
    );
  }

  get lines(): Line[] {
    return this.changes.flatMap((change) =>
      change.kind === "line" && change.line.from === "peer" ? [change.line] : [],
    );
  }

  /** The last of a kind that was told. */
  told<K extends SeatChange["kind"]>(kind: K): Extract<SeatChange, { kind: K }> | undefined {
    return this.changes.findLast((change) => change.kind === kind) as
      | Extract<SeatChange, { kind: K }>
      | undefined;
  }
}
