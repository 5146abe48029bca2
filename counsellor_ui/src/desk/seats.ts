// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * All seats of this desk: what they say goes to the screen, what they want sent becomes frames, and
 * what the person does reaches the seat it names, never the one that happens to be selected.
 */

import type { Bytes, Outgoing, SeatChange, StaffIdentity } from "../../../chat/browser/sealing/api.ts";
import { fromHex, hex } from "../../../chat/browser/sealing/api.ts";
import type { FromDesk, Rejoined, Taken } from "../../../chat/browser/wire.gen.ts";
import { EndHow } from "../../../chat/browser/wire.gen.ts";
import type { Ending } from "../state/conversation.ts";
import type { DeskEvent } from "../state/desk.ts";
import type { Label } from "../state/labels.ts";
import type { SeatWorld } from "./seat.ts";
import { HeldSeat } from "./seat.ts";
import type { Store } from "./store.ts";

/** How long after the last key a draft is kept, in milliseconds. */
const DRAFT_REST = 600;

export interface SeatsPorts {
  readonly store: Store;
  readonly identity: StaffIdentity;
  /** False: there is no connection, nothing was sent. */
  send(frame: FromDesk): boolean;
  /** Something was sent that the server must answer. */
  expectAnswer(): void;
  dispatch(event: DeskEvent): void;
  /** Whether the person looks at this conversation now. */
  seen(sid: string): boolean;
  /** The label a conversation got on the screen. */
  labelOf(sid: string): Label | null;
}

export class Seats {
  readonly #ports: SeatsPorts;
  readonly #world: SeatWorld;
  readonly #held = new Map<string, HeldSeat>();
  /** Ended here while the server could not be told, or has not answered yet. */
  readonly #ending = new Map<string, EndHow>();
  readonly #drafts = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(ports: SeatsPorts) {
    this.#ports = ports;
    this.#world = {
      store: ports.store,
      identity: ports.identity,
      send: (sid, out) => this.#out(sid, out),
      changed: (sid, change) => this.#changed(sid, change),
    };
  }

  has(sid: string): boolean {
    return this.#held.has(sid);
  }

  /** The seat of a conversation that goes on. */
  get(sid: string): HeldSeat | null {
    const held = this.#held.get(sid);
    return held === undefined || held.over ? null : held;
  }

  /** Every seat of a conversation that goes on. */
  going(): HeldSeat[] {
    return [...this.#held.values()].filter((held) => !held.over);
  }

  /** How a conversation was ended here, for the server to be told again; null: it was not. */
  howEnding(sid: string): EndHow | null {
    return this.#ending.get(sid) ?? null;
  }

  endIsKnown(sid: string): void {
    this.#ending.delete(sid);
  }

  fresh(sid: Bytes, half: Bytes): HeldSeat {
    return HeldSeat.fresh(sid, half, this.#world);
  }

  restore(sid: Bytes, half: Bytes): Promise<HeldSeat | null> {
    return HeldSeat.restore(sid, half, this.#world);
  }

  /** Put a seat on the desk. `startedAnew`: what was written before is lost here. */
  add(held: HeldSeat, frame: Taken | Rejoined, startedAnew: boolean): void {
    const sid = hex(frame.sid);
    this.#held.set(sid, held);
    held.seat.setPeerPresent(frame.present);
    const { label, draft } = held.extra;
    this.#ports.dispatch({
      kind: "came",
      from: {
        sid,
        language: frame.language,
        present: frame.present,
        lines: held.seat.lines(),
        resuming: held.seat.phase() === "resuming",
        draft,
        startedAnew,
        ...(label === null ? {} : { label }),
      },
    });
    held.keepExtra({ label: this.#ports.labelOf(sid), draft });
  }

  // --- what the person does ---

  /** Resolves with whether the line is kept; if not, the person still needs the text. */
  async say(sid: string, text: string): Promise<boolean> {
    try {
      await this.get(sid)?.seat.compose(text);
      return this.has(sid);
    } catch {
      return false;
    }
  }

  /** The draft changed: keep it, and tell the other side that we are writing. */
  draft(sid: string, text: string): void {
    const held = this.get(sid);
    if (held === null) return;
    if (text !== "" && held.seat.phase() === "active") ignore(held.seat.typing());
    clearTimeout(this.#drafts.get(sid));
    const keep = (): void => held.keepExtra({ ...held.extra, draft: text });
    this.#drafts.set(sid, setTimeout(keep, DRAFT_REST));
  }

  async end(sid: string, how: EndHow): Promise<void> {
    const held = this.get(sid);
    if (held === null) return;
    this.#ending.set(sid, how);
    await held.seat.end().catch(() => undefined);
    this.#ports.send({ frame: "DeskEnd", sid: held.sid, slot: 0, how });
    await this.over(sid, "we_ended");
  }

  /** The text of an ended conversation was put away: let go of its seat too. */
  done(sid: string): void {
    if (this.#held.get(sid)?.over === true) this.#held.delete(sid);
  }

  // --- what becomes of them ---

  /** It is over: say so, wipe the keys, delete what this browser kept. */
  async over(sid: string, ending: Ending): Promise<void> {
    const held = this.get(sid);
    if (held === null) return;
    this.#stopDraft(sid);
    held.over = true;
    this.tell(sid, { kind: "ended", ending });
    await held.seat.closed().catch(() => undefined);
    await held.drop();
  }

  /** It goes on in another tab or browser: its blob stays where it is. */
  moved(sid: string): void {
    const held = this.get(sid);
    if (held === null) return;
    this.#stopDraft(sid);
    held.over = true;
    this.#held.delete(sid);
    this.#ports.dispatch({ kind: "moved", sid });
  }

  /** Once a second. */
  tick(): void {
    for (const held of this.going()) {
      ignore(held.seat.tick());
      const phase = held.seat.phase();
      if (phase === "active") this.tell(hex(held.sid), { kind: "active" });
      if (phase === "resuming") this.tell(hex(held.sid), { kind: "resuming" });
    }
  }

  /** This tab is the desk no longer: no draft is written any more. */
  stop(): void {
    for (const sid of this.#drafts.keys()) this.#stopDraft(sid);
  }

  tell(sid: string, event: Extract<DeskEvent, { kind: "conversation" }>["event"]): void {
    this.#ports.dispatch({ kind: "conversation", sid, event });
  }

  #stopDraft(sid: string): void {
    clearTimeout(this.#drafts.get(sid));
    this.#drafts.delete(sid);
  }

  // --- what the seats say ---

  #changed(sid: Bytes, change: SeatChange): void {
    const key = hex(sid);
    switch (change.kind) {
      case "active":
        return this.tell(key, { kind: "active" });
      case "line":
        return this.tell(key, { kind: "line", line: change.line, seen: this.#ports.seen(key) });
      case "state":
        return this.tell(key, { kind: "state", mid: change.mid, state: change.state });
      case "typing":
        return this.tell(key, { kind: "typing" });
      case "peerEnded":
        return this.#finish(key, "they_ended");
      case "dead":
        if (change.code === "not_kept") this.#ports.dispatch({ kind: "notice", notice: "not_kept" });
        return this.#finish(key, "damaged");
      default:
        return; // handing over and supervising have their own screens
    }
  }

  /** The seat is over by its own word; the server may not know yet. */
  #finish(sid: string, ending: Ending): void {
    this.tell(sid, { kind: "ended", ending });
    if (this.get(sid) === null) return;
    this.#ending.set(sid, EndHow.USUAL);
    this.#ports.send({ frame: "DeskEnd", sid: fromHex(sid), slot: 0, how: EndHow.USUAL });
    ignore(this.over(sid, ending));
  }

  #out(sid: Bytes, out: Outgoing): void {
    switch (out.kind) {
      case "offer":
        this.#ports.send({
          frame: "DeskOffer",
          sid,
          slot: 0,
          offer: out.offer,
          staff: out.staff,
          manager: out.manager,
        });
        return;
      case "reply":
        this.#ports.send({ frame: "DeskReply", sid, slot: 0, m2: out.m2, ready: out.ready });
        return;
      case "envelope":
        if (this.#ports.send({ frame: "DeskPut", sid, envelope: out.envelope })) this.#ports.expectAnswer();
        return;
      case "took":
        this.#ports.send({ frame: "DeskTook", sid, slot: 0, epoch: out.epoch, n: out.n });
        return;
      case "hello":
      case "resume":
        return; // a help-seeker's browser says these
    }
  }
}

/** A seat reports what went wrong as a change; its rejections say the same once more. */
export function ignore(work: Promise<unknown> | undefined): void {
  work?.catch(() => undefined);
}
