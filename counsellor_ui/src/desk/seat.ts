// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * One conversation's seat together with its blob in this browser's store.
 *
 * The seat hands its state to `persist` before it sends or acknowledges anything. Here the state, the
 * label and the draft become one blob, sealed under d (kept in front of it) and half (kept by the server
 * and in this object alone). Writes of one seat follow each other; those that pile up become one.
 */

import type {
  Bytes,
  Outgoing,
  SeatChange,
  SeatPorts,
  StaffIdentity,
} from "../../../chat/browser/sealing/api.ts";
import {
  hex,
  joinStates,
  openBlob,
  readBlobHead,
  StaffSeat,
  sealBlob,
  splitStates,
} from "../../../chat/browser/sealing/api.ts";
import type { Label } from "../state/labels.ts";
import { isLabel } from "../state/labels.ts";
import { now, random } from "./random.ts";
import type { Store } from "./store.ts";

/** What the desk adds to the seat's own state. */
export interface Extra {
  readonly label: Label | null;
  readonly draft: string;
}

export interface SeatWorld {
  readonly store: Store;
  readonly identity: StaffIdentity;
  send(sid: Bytes, out: Outgoing): void;
  changed(sid: Bytes, change: SeatChange): void;
}

/** The halves of the key of a blob. */
interface Halves {
  readonly d: Bytes;
  readonly half: Bytes;
}

/** Writes one seat's blob: in order, the newest state only, nothing any more once it is dropped. */
class BlobWriter {
  readonly #store: Store;
  readonly #sid: Bytes;
  readonly #halves: Halves;
  #state: Bytes | null = null;
  #extra: Extra;
  #running: Promise<void> = Promise.resolve();
  #queued: Promise<void> | null = null;
  #dropped = false;

  constructor(store: Store, sid: Bytes, halves: Halves, extra: Extra, state: Bytes | null) {
    this.#store = store;
    this.#sid = sid;
    this.#halves = halves;
    this.#extra = extra;
    this.#state = state;
  }

  keep(state: Bytes): Promise<void> {
    this.#state = state;
    return this.#write();
  }

  keepExtra(extra: Extra): Promise<void> {
    this.#extra = extra;
    return this.#write();
  }

  async drop(): Promise<void> {
    this.#dropped = true;
    await this.#running.catch(() => undefined);
    await this.#store.remove("seats", hex(this.#sid));
  }

  #write(): Promise<void> {
    if (this.#queued !== null) return this.#queued; // not begun yet: it will take the newest state
    const before = this.#running.catch(() => undefined);
    this.#queued = before.then(() => {
      this.#queued = null;
      return this.#writeNow();
    });
    this.#running = this.#queued;
    return this.#queued;
  }

  async #writeNow(): Promise<void> {
    if (this.#state === null || this.#dropped) return;
    const extra = new TextEncoder().encode(JSON.stringify(this.#extra));
    const joined = joinStates([this.#state, extra]);
    const blob = await sealBlob(this.#sid, this.#halves.d, this.#halves.half, joined);
    if (!this.#dropped) await this.#store.put("seats", hex(this.#sid), blob);
  }
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
      const { d } = readBlobHead(kept);
      const [state, more] = splitStates(await openBlob(kept, half));
      if (state === undefined || more === undefined) return null;
      const extra = readExtra(more);
      const blob = new BlobWriter(world.store, sid, { d, half }, extra, state);
      return new HeldSeat(
        sid,
        StaffSeat.restore(state, world.identity, ports(sid, blob, world)),
        blob,
        extra,
      );
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

function readExtra(bytes: Bytes): Extra {
  const found = JSON.parse(new TextDecoder().decode(bytes)) as { label?: unknown; draft?: unknown };
  const draft = typeof found.draft === "string" ? found.draft : "";
  return { label: isLabel(found.label) ? found.label : null, draft };
}
