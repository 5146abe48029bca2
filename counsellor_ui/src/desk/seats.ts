// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * All seats of this desk: what they say goes to the screen, what they want sent becomes frames, and
 * what the person does reaches the seat it names, never the one that happens to be selected. A seat is
 * named by conversation and slot (state/places.ts): while taking over, a supervisor holds two.
 */

import type { Bytes, Outgoing, SeatChange, StaffIdentity } from "../../../chat/browser/sealing/api.ts";
import { WHOEVER } from "../../../chat/browser/sealing/api.ts";
import type { FromDesk, Rejoined, Taken } from "../../../chat/browser/wire.gen.ts";
import { EndHow } from "../../../chat/browser/wire.gen.ts";
import type { Ending, LeftEnding } from "../state/conversation.ts";
import type { DeskEvent } from "../state/desk.ts";
import type { Label } from "../state/labels.ts";
import type { Place } from "../state/places.ts";
import { placeOf } from "../state/places.ts";
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
  /** The help-seeker's word, inside the channel, about what was proposed. */
  personSaid(sid: string, purpose: 2 | 3, certId: Bytes, yes: boolean): void;
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
      send: (key, out) => this.#out(key, out),
      changed: (key, change) => this.#changed(key, change),
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

  fresh(place: Place, half: Bytes): HeldSeat {
    return HeldSeat.fresh(place, half, this.#world);
  }

  restore(place: Place, half: Bytes): Promise<HeldSeat | null> {
    return HeldSeat.restore(place, half, this.#world);
  }

  /** Put a seat on the desk. `startedAnew`: what was written before is lost here. `asks`: somebody was here before. */
  add(held: HeldSeat, frame: Taken | Rejoined, startedAnew: boolean, asks: HeldSeat["asks"]): void {
    const sid = held.key;
    held.asks = asks;
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
        slot: held.place.slot,
        asks: asks !== "no",
        serverSeals: frame.mode === 2,
        ...(label === null ? {} : { label }),
      },
    });
    held.keepExtra({ label: this.#ports.labelOf(sid), draft });
    // Asked before a reload, and not answered: it can still be taken back, and a yes still moves it.
    if (held.seat.isOpen(2, WHOEVER))
      this.tell(sid, { kind: "passing", passing: { name: null, stage: "person" } });
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
    const phase = held.seat.phase();
    // Nobody has said yes yet: whoever waited for it goes on waiting, first in line.
    if (held.asks === "taker" && (phase === "none" || phase === "offered")) {
      this.#ports.send({ frame: "GiveBack", sid: held.place.sid });
      return this.over(sid, "left");
    }
    this.#ending.set(sid, how);
    await held.seat.end().catch(() => undefined);
    this.#ports.send({ frame: "DeskEnd", ...held.place, how });
    await this.over(sid, held.place.slot === 0 && held.asks === "no" ? "we_ended" : "left");
  }

  /** Inside the channel: who is to come (by certificate), or 32 zero bytes for whoever is next. */
  async propose(sid: string, purpose: 2 | 3, certId: Bytes): Promise<void> {
    await this.get(sid)?.seat.propose(purpose, certId);
  }

  /** Inside the channel: what was proposed is so no longer, unless the help-seeker has answered. */
  async takeBack(sid: string, purpose: 2 | 3, certId: Bytes): Promise<void> {
    await this.get(sid)?.seat.takeBack(purpose, certId);
  }

  /** For whoever comes next; the help-seeker sees it first and may refuse. Resolves with whether it is kept. */
  async summarise(sid: string, text: string): Promise<boolean> {
    try {
      await this.get(sid)?.seat.compose(text, "summary");
      return this.has(sid);
    } catch {
      return false;
    }
  }

  /** The text of an ended conversation was put away: let go of its seat too. */
  done(sid: string): void {
    if (this.#held.get(sid)?.over === true) this.#held.delete(sid);
  }

  /** The conversation goes on without this desk: its keys are wiped, the text stays a while. */
  left(sid: string, ending: LeftEnding): Promise<void> {
    // The welcome's list may have said that it is gone, and not why.
    this.tell(sid, { kind: "ended", ending });
    return this.over(sid, ending);
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
      if (phase === "active") this.tell(held.key, { kind: "active" });
      if (phase === "resuming") this.tell(held.key, { kind: "resuming" });
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

  #changed(key: string, change: SeatChange): void {
    switch (change.kind) {
      case "active": {
        const held = this.get(key);
        if (held !== null) held.asks = "no";
        return this.tell(key, { kind: "active" });
      }
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
      case "room":
        return this.tell(key, { kind: "room", room: change });
      case "answered":
        return this.#ports.personSaid(key, change.purpose, change.certId, change.yes);
      default:
        return; // a help-seeker's browser is told the rest
    }
  }

  /** The seat is over by its own word; the server may not know yet. */
  #finish(sid: string, ending: Ending): void {
    this.tell(sid, { kind: "ended", ending });
    if (this.get(sid) === null) return;
    this.#ending.set(sid, EndHow.USUAL);
    this.#ports.send({ frame: "DeskEnd", ...placeOf(sid), how: EndHow.USUAL });
    ignore(this.over(sid, ending));
  }

  #out(key: string, out: Outgoing): void {
    const { sid, slot } = placeOf(key);
    switch (out.kind) {
      case "offer":
        this.#ports.send({
          frame: "DeskOffer",
          sid,
          slot,
          offer: out.offer,
          staff: out.staff,
          manager: out.manager,
        });
        return;
      case "reply":
        this.#ports.send({ frame: "DeskReply", sid, slot, m2: out.m2, ready: out.ready });
        return;
      case "envelope":
        if (this.#ports.send({ frame: "DeskPut", sid, envelope: out.envelope })) this.#ports.expectAnswer();
        return;
      case "took":
        this.#ports.send({ frame: "DeskTook", sid, slot, epoch: out.epoch, n: out.n });
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
