// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * One conversation's seat together with its blob in this browser's store.
 *
 * The seat hands its state to `persist` before it sends or acknowledges anything; label and draft are
 * kept with it. After the end nothing is written any more and the blob is deleted.
 */

import type {
  Bytes,
  Outgoing,
  SeatChange,
  SeatPorts,
  StaffIdentity,
} from "../../../chat/browser/sealing/api.ts";
import { hex, StaffSeat } from "../../../chat/browser/sealing/api.ts";
import type { Extra, Shelf } from "./blob_writer.ts";
import { BlobWriter, readBlob } from "./blob_writer.ts";
import { now, random } from "./random.ts";

export interface SeatWorld {
  readonly store: Shelf;
  readonly identity: StaffIdentity;
  send(sid: Bytes, out: Outgoing): void;
  changed(sid: Bytes, change: SeatChange): void;
}

export class HeldSeat {
  readonly seat: StaffSeat;
  readonly sid: Bytes;
  /** Over for this desk: nothing the server says of it changes anything. */
  over = false;
  readonly #blob: BlobWriter;
  #extra: Extra;

  private constructor(sid: Bytes, seat: StaffSeat, blob: BlobWriter, extra: Extra) {
    this.sid = sid;
    this.seat = seat;
    this.#blob = blob;
    this.#extra = extra;
  }

  /** A seat just taken; `half` is what the server was given for it. */
  static fresh(sid: Bytes, half: Bytes, world: SeatWorld): HeldSeat {
    const extra: Extra = { label: null, draft: "" };
    const blob = new BlobWriter(world.store, sid, { d: random(32), half }, extra, null);
    return new HeldSeat(sid, StaffSeat.fresh(sid, 0, world.identity, ports(sid, blob, world)), blob, extra);
  }

  /** The seat as this browser kept it; null when there is nothing to read, or not with this half. */
  static async restore(sid: Bytes, half: Bytes, world: SeatWorld): Promise<HeldSeat | null> {
    const kept = await world.store.get("seats", hex(sid));
    if (kept === null) return null;
    try {
      const { halves, state, extra } = await readBlob(kept, half);
      const blob = new BlobWriter(world.store, sid, halves, extra, state);
      const seat = StaffSeat.restore(state, world.identity, ports(sid, blob, world));
      return new HeldSeat(sid, seat, blob, extra);
    } catch {
      return null; // damaged or of another half: as if it were not there
    }
  }

  get extra(): Extra {
    return this.#extra;
  }

  /** Keep label and draft beside the seat; a failure shows at the next line, which must be kept. */
  keepExtra(extra: Extra): void {
    this.#extra = extra;
    this.#blob.keepExtra(extra).catch(() => undefined);
  }

  /** It is over: delete what this browser kept. */
  async drop(): Promise<void> {
    this.over = true;
    await this.#blob.drop();
  }
}

function ports(sid: Bytes, blob: BlobWriter, world: SeatWorld): SeatPorts {
  return {
    send: (out) => world.send(sid, out),
    persist: (state) => blob.keep(state),
    changed: (change) => world.changed(sid, change),
    now,
    random,
  };
}
