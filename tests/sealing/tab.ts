// SPDX-License-Identifier: AGPL-3.0-or-later
// One running browser of world.ts: a seat, its ports, and its death.

import assert from "node:assert/strict";
import { HelpSeekerSeat } from "../../chat/browser/sealing/help-seeker-seat.ts";
import { StaffSeat } from "../../chat/browser/sealing/staff-seat.ts";
import type {
  Bytes,
  Outgoing,
  SeatChange,
  SeatPorts,
  StaffIdentity,
} from "../../chat/browser/sealing/types.ts";
import { trust } from "./people.ts";
import type { World } from "./world.ts";

export type Side = "h" | "s";
export type Frame = Outgoing | { readonly kind: "stored"; readonly epoch: number; readonly n: number };

/** One running browser. */
export class Tab {
  readonly world: World;
  readonly side: Side;
  readonly seat: HelpSeekerSeat | StaffSeat;
  readonly changes: SeatChange[] = [];
  readonly inbox: Frame[] = [];
  readonly outbox: Frame[] = [];
  connected = false;
  alive = true;
  readonly #death: Promise<void>;
  #die: () => void = () => undefined;

  constructor(world: World, side: Side, state: Bytes | null, identityOfStaff: StaffIdentity) {
    this.world = world;
    this.side = side;
    this.#death = new Promise((resolve) => {
      this.#die = resolve;
    });
    const { sid, slot } = world;
    const ports = this.#ports();
    if (side === "h")
      this.seat =
        state === null
          ? HelpSeekerSeat.fresh(sid, slot, trust, ports)
          : HelpSeekerSeat.restore(state, trust, ports);
    else
      this.seat =
        state === null
          ? StaffSeat.fresh(sid, slot, identityOfStaff, ports)
          : StaffSeat.restore(state, identityOfStaff, ports);
    world.checkReloaded(this);
  }

  get h(): HelpSeekerSeat {
    assert.ok(this.seat instanceof HelpSeekerSeat);
    return this.seat;
  }

  get s(): StaffSeat {
    assert.ok(this.seat instanceof StaffSeat);
    return this.seat;
  }

  kill(): void {
    if (!this.alive) return;
    this.alive = false;
    if (this.world.lastWords) this.world.serveAll(this);
    this.world.disconnect(this);
    this.#die();
  }

  /** Waits for the seat, or for its death. */
  async run(call: Promise<unknown>): Promise<void> {
    await Promise.race([call, this.#death]);
  }

  async compose(text: string): Promise<void> {
    await this.run(this.seat.compose(text));
  }

  own(): string[] {
    return this.seat
      .lines()
      .filter((line) => line.from === "own")
      .map((line) => line.text);
  }

  shown(): string[] {
    return this.seat
      .lines()
      .filter((line) => line.from === "peer")
      .map((line) => line.text);
  }

  changed<K extends SeatChange["kind"]>(kind: K): Extract<SeatChange, { kind: K }>[] {
    return this.changes.filter((change): change is Extract<SeatChange, { kind: K }> => change.kind === kind);
  }

  /** True while alive after the step. */
  #step(): boolean {
    if (this.alive && ++this.world.steps[this.side] === this.world.deathAt[this.side]) this.kill();
    return this.alive;
  }

  #ports(): SeatPorts {
    return {
      send: (out) => {
        if (!this.#step()) return;
        if (this.connected) this.outbox.push(out);
        this.#step();
      },
      persist: async (state) => {
        if (!this.#step()) await new Promise(() => undefined);
        await this.world.write(this, state);
        if (!this.#step()) await new Promise(() => undefined);
      },
      changed: (change) => {
        if (!this.alive) return;
        this.changes.push(change);
        this.world.check(this, change);
      },
      now: () => this.world.time,
      random: (n) => this.world.rng.bytes(n),
    };
  }
}

export async function say(tab: Tab, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) await tab.compose(text);
}

/** How far a tab's own lines have come. */
export function states(tab: Tab): string[] {
  return tab.seat
    .lines()
    .filter((line) => line.from === "own")
    .map((line) => line.state);
}
