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
import { StaffSeat } from "../../../chat/browser/sealing/api.ts";
import type { Place } from "../state/places.ts";
import { keyOf } from "../state/places.ts";
import type { Extra, Shelf } from "./blob_writer.ts";
import { BlobWriter, readBlob } from "./blob_writer.ts";
import { now, random } from "./random.ts";

export interface SeatWorld {
  readonly store: Shelf;
  readonly identity: StaffIdentity;
  send(key: string, out: Outgoing): void;
  changed(key: string, change: SeatChange): void;
}

export class HeldSeat {
  readonly seat: StaffSeat;
  readonly place: Place;
  readonly key: string;
  /** A question to the help-seeker that stands: leaving it ends nothing. `taker`: nobody else is there. */
  asks: "no" | "newcomer" | "taker" = "no";
  /** Over for this desk: nothing the server says of it changes anything. */
  over = false;
  readonly #blob: BlobWriter;
  #extra: Extra;

  private constructor(place: Place, seat: StaffSeat, blob: BlobWriter, extra: Extra) {
    this.place = place;
    this.key = keyOf(place.sid, place.slot);
    this.seat = seat;
    this.#blob = blob;
    this.#extra = extra;
  }

  /** A seat just taken; `half` is what the server was given for it. */
  static fresh(place: Place, half: Bytes, world: SeatWorld): HeldSeat {
    const extra: Extra = { label: null, draft: "" };
    const blob = new BlobWriter(world.store, place, { d: random(32), half }, extra, null);
    const seat = StaffSeat.fresh(place.sid, place.slot, world.identity, ports(place, blob, world));
    return new HeldSeat(place, seat, blob, extra);
  }

  /** The seat as this browser kept it; null when there is nothing to read, or not with this half. */
  static async restore(place: Place, half: Bytes, world: SeatWorld): Promise<HeldSeat | null> {
    const kept = await world.store.get("seats", keyOf(place.sid, place.slot));
    if (kept === null) return null;
    try {
      const { halves, state, extra } = await readBlob(kept, half);
      const blob = new BlobWriter(world.store, place, halves, extra, state);
      const seat = StaffSeat.restore(state, world.identity, ports(place, blob, world));
      return new HeldSeat(place, seat, blob, extra);
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

function ports({ sid, slot }: Place, blob: BlobWriter, world: SeatWorld): SeatPorts {
  const key = keyOf(sid, slot);
  return {
    send: (out) => world.send(key, out),
    persist: (state) => blob.keep(state),
    changed: (change) => world.changed(key, change),
    now,
    random,
  };
}
