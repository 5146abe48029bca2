// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Between the socket and the seats.
 *
 * How this works. Frames are handled one after the other (reading a blob takes a moment, and what
 * follows must find the seat), each for the conversation whose address it carries. After every welcome
 * the server's list of our open conversations counts: each is rejoined, what is not in it is over.
 */

import type { Connection } from "../../../chat/browser/connection.ts";
import { socketAddress } from "../../../chat/browser/connection.ts";
import type { Bytes } from "../../../chat/browser/sealing/api.ts";
import { fromHex, hex, Purpose } from "../../../chat/browser/sealing/api.ts";
import type { Slot } from "../../../chat/browser/sealing/types.ts";
import type {
  DeskRefused,
  DeskWelcome,
  FromDesk,
  HandoverAsked,
  Left,
  Rejoined,
  Taken,
  ToDesk,
} from "../../../chat/browser/wire.gen.ts";
import {
  decodeToDesk,
  EndedBy,
  ErrorCode,
  encodeFromDesk,
  HandoverAnswer,
  Phase,
  VERSION,
} from "../../../chat/browser/wire.gen.ts";
import { leftEnding } from "../state/conversation.ts";
import type { Notice } from "../state/notices.ts";
import { refusedTake } from "../state/notices.ts";
import { earlierKey, keyOf, placeOf } from "../state/places.ts";
import { random } from "./random.ts";
import { ignore, Seats } from "./seats.ts";
import type { Asked, Named, PlainFrame, SwitchboardPorts } from "./wires.ts";
import { ABOUT_NEXT, dial, hintFor, joining, modeOf } from "./wires.ts";

export type { DayFrame, PeerFrame, PlainFrame, Stop, SwitchboardPorts } from "./wires.ts";

/** How long after a refusal for haste the seat sends again, in milliseconds. */
const AFTER_TOO_FAST = 2_000;

export class Switchboard {
  readonly seats: Seats;
  readonly #ports: SwitchboardPorts;
  readonly #connection: Connection<ToDesk>;
  /** Halves given with what asks for a seat and is not answered yet, by the seat's name. */
  readonly #takes = new Map<string, Asked>();
  /** The half given with a HelpNext that is not answered yet: whose seat it is for, the server decides. */
  #next: Bytes | null = null;
  /** Between the first frame of a connection and its welcome. */
  #entering = false;
  #era: string | null = null;
  #inbox: Promise<void> = Promise.resolve();
  #clock: ReturnType<typeof setInterval> | null = null;

  constructor(ports: SwitchboardPorts) {
    this.#ports = ports;
    this.#era = ports.era;
    this.#connection = (ports.connect ?? dial)({
      url: socketAddress(),
      decode: decodeToDesk,
      opened: () => this.#open(),
      received: (frame) => this.#received(frame),
      changed: (state) => ports.link(state),
    });
    this.seats = new Seats({
      ...ports,
      send: (frame) => this.#send(frame),
      expectAnswer: () => this.#connection.expectAnswer(),
    });
  }

  start(): void {
    this.#connection.start();
    this.#clock ??= setInterval(() => this.seats.tick(), 1_000);
  }

  /** Close the connection for good. */
  stop(): void {
    this.#connection.stop();
    this.seats.stop();
    if (this.#clock !== null) clearInterval(this.#clock);
    this.#clock = null;
  }

  retryNow(): void {
    this.#connection.retryNow();
  }

  take(sid: string): void {
    if (this.#takes.has(sid) || this.seats.has(sid)) return;
    const half = random(32);
    this.#takes.set(sid, { half, newcomer: false });
    this.#ports.dispatch({ kind: "asked", sid });
    if (this.#send({ frame: "Take", sid: fromHex(sid), half })) this.#connection.expectAnswer();
    else this.#takeRefused(sid, ErrorCode.STORE_LOST);
  }

  /** Whoever is next: the server picks. */
  helpNext(): void {
    if (this.#next !== null) return;
    this.#next = random(32);
    this.#ports.dispatch({ kind: "next", asked: true });
    if (this.#send({ frame: "HelpNext", half: this.#next })) this.#connection.expectAnswer();
    else this.#nextRefused(ErrorCode.STORE_LOST);
  }

  /** A frame that is about no seat's keys. False: there is no connection, nothing was sent. */
  tell(frame: PlainFrame): boolean {
    return this.#send(frame);
  }

  /** Take over from the colleague who asks (true), or not now. */
  answerHandover(sid: string, accept: boolean): void {
    const half = random(32);
    this.#ports.dispatch({ kind: "offered", sid, by: null, language: "" });
    if (!this.#send({ frame: "AnswerHandover", sid: fromHex(sid), accept, half }))
      return this.#takeRefused(sid, ErrorCode.STORE_LOST);
    if (accept) this.#takes.set(sid, { half, newcomer: true });
  }

  /** As a supervisor: ask to join (slot 1), or to take over (slot 0). The help-seeker is asked. */
  join(sid: string, slot: Slot): void {
    const key = keyOf(fromHex(sid), slot);
    if (this.#takes.has(key) || this.seats.get(key) !== null) return;
    const half = random(32);
    const frame = slot === 1 ? "Supervise" : "TakeOver";
    if (!this.#send({ frame, sid: fromHex(sid), half })) return this.#takeRefused(key, ErrorCode.STORE_LOST);
    this.#takes.set(key, { half, newcomer: true });
    this.#connection.expectAnswer();
  }

  /** Continues here although another connection of this device may be there: its own, when it was asked to move. */
  #open(): void {
    this.#entering = true;
    this.#connection.send(encodeFromDesk({ frame: "OpenDesk", version: VERSION, takeOver: true }));
  }

  /** Before the welcome of this connection nothing may go out; seats send again what they have not sent. */
  #send(frame: FromDesk): boolean {
    return !this.#entering && this.#connection.send(encodeFromDesk(frame));
  }

  // --- what the server says ---

  #received(frame: ToDesk): void {
    if (frame.frame === "DeskMoving") return this.#connection.move();
    if (frame.frame === "DeskWelcome") this.#entering = false;
    const handled = this.#inbox.then(() => this.#handle(frame));
    this.#inbox = handled.catch(() => undefined);
  }

  async #handle(frame: Exclude<ToDesk, { frame: "DeskMoving" }>): Promise<void> {
    switch (frame.frame) {
      case "DeskWelcome":
        return this.#welcome(frame);
      case "Room":
        return this.#ports.dispatch({ kind: "room", entries: frame.entries, total: frame.total });
      case "Taken":
        return this.#taken(frame);
      case "Rejoined":
        return this.#rejoined(frame);
      case "DeskRefused":
        return this.#refused(frame);
      case "DeskClosed":
        return this.#closed(hex(frame.sid), frame.by);
      case "DeskPresence":
        return this.#present(keyOf(frame.sid, frame.slot), frame.present);
      case "DeskHello":
        return ignore(this.#seatOf(frame)?.answered(frame.m1));
      case "DeskAskResume":
        return ignore(this.#seatOf(frame)?.askedResume(frame.certId));
      case "DeskDelivery":
        return ignore(
          this.#seatOf({ sid: frame.sid, slot: frame.envelope[1] ?? 0 })?.delivered(frame.envelope),
        );
      case "DeskStored":
        return ignore(this.#seatOf(frame)?.stored(frame.epoch, frame.n));
      case "SeatLeft":
        return this.#left(keyOf(frame.sid, frame.slot), frame.why);
      case "HandoverAsked":
        return this.#askedOver(frame);
      case "HandoverAnswered":
        return this.seats.tell(hex(frame.sid), { kind: "handover_answered", answer: frame.answer });
      case "PeerReceived":
      case "PeerAway":
        return this.#ports.peer(frame);
      case "Duty":
      case "Board":
      case "Alarm":
      case "AlarmAnswered":
      case "RiskSet":
        return this.#ports.told(frame);
    }
  }

  #seatOf({ sid, slot }: Named): ReturnType<Seats["fresh"]>["seat"] | undefined {
    return this.seats.get(keyOf(sid, slot))?.seat;
  }

  async #welcome(frame: DeskWelcome): Promise<void> {
    const era = hex(frame.era);
    const lost = this.#era !== null && this.#era !== era;
    this.#era = era;
    this.#ports.welcomed(era);
    // If it was answered while we were away, the seat is in the list and is rejoined like any other.
    if (this.#next !== null) this.#nextAnswered(null);
    const mine = new Set(frame.mine.map((seat) => keyOf(seat.sid, seat.slot)));
    for (const { key } of this.seats.going()) {
      if (!mine.has(key)) await this.seats.over(key, lost ? EndedBy.LOST : EndedBy.UNKNOWN);
    }
    for (const sid of this.#takes.keys()) if (!mine.has(sid)) this.#takeRefused(sid, ErrorCode.TAKEN);
    await this.#forgetOthers(mine, lost ? "lost" : "ended_while_away");
    for (const sid of mine) {
      const at = placeOf(sid);
      const how = this.seats.howEnding(sid);
      if (how !== null) this.#send({ frame: "DeskEnd", ...at, how });
      else this.#send({ frame: "Rejoin", ...at });
    }
  }

  /** Blobs of conversations that are over cannot be opened any more: delete them, and say so. */
  async #forgetOthers(mine: ReadonlySet<string>, notice: Notice): Promise<void> {
    const kept = await this.#ports.store.keys("seats");
    const over = kept.filter((sid) => !mine.has(sid) && !this.seats.has(sid));
    await Promise.all(over.map((sid) => this.#ports.store.remove("seats", sid)));
    if (over.length > 0) this.#ports.dispatch({ kind: "notice", notice });
  }

  async #taken(frame: Taken): Promise<void> {
    const key = keyOf(frame.sid, frame.slot);
    const byHand = this.#takes.get(key);
    const half = byHand?.half ?? (frame.slot === 0 ? this.#next : null);
    if (half === null || this.seats.get(key) !== null) return;
    if (byHand === undefined) this.#nextAnswered(null);
    this.#takes.delete(key);
    this.#keepEarlier(key);
    const purpose = joining(frame.purpose) ?? Purpose.take;
    const held = this.seats.fresh(placeOf(key), half);
    const asks = byHand?.newcomer ? "newcomer" : "taker";
    this.seats.add(held, frame, false, purpose === Purpose.take ? "no" : asks);
    await held.seat.offer(purpose, hintFor(purpose, frame.epochHint), modeOf(frame));
  }

  /** It was at this desk before, and its text is still shown: that stays, under another name. */
  #keepEarlier(key: string): void {
    if (!this.seats.has(key)) return;
    this.seats.done(key);
    this.#ports.dispatch({ kind: "renamed", sid: key, to: earlierKey(key, this.#ports.names()) });
  }

  async #left(key: string, why: Left): Promise<void> {
    this.seats.endIsKnown(key);
    if (this.#takes.delete(key)) return; // asked for, and taken back before it came
    if (this.seats.has(key)) return this.seats.left(key, leftEnding(why));
    await this.#ports.store.remove("seats", key);
    this.#ports.dispatch({ kind: "notice", notice: "ended_while_away" });
  }

  #askedOver({ sid, by, language, asked }: HandoverAsked): void {
    this.#ports.dispatch({ kind: "offered", sid: hex(sid), by: asked ? hex(by) : null, language });
    if (asked) this.#ports.askedOver();
  }

  async #rejoined(frame: Rejoined): Promise<void> {
    const sid = keyOf(frame.sid, frame.slot);
    const place = placeOf(sid);
    this.#takes.delete(sid);
    const known = this.seats.get(sid);
    if (known !== null) {
      this.#present(sid, frame.present);
      return ignore(known.seat.connected(frame.epochHint));
    }
    if (this.seats.has(sid)) return;
    const restored = await this.seats.restore(place, frame.half);
    const held = restored ?? this.seats.fresh(place, frame.half);
    const matched = frame.phase === Phase.MATCHED;
    // Matched: nothing was said yet, take again. Otherwise our copy is lost, and the help-seeker is asked.
    const lost = frame.slot === 1 ? Purpose.supervise : Purpose.handover;
    const purpose = matched ? (joining(frame.purpose) ?? Purpose.take) : lost;
    const open = restored !== null && restored.seat.phase() === "resuming";
    const asks = open || purpose === Purpose.take ? "no" : matched ? "taker" : "newcomer";
    this.seats.add(held, frame, restored === null && !matched, asks);
    if (restored !== null) return ignore(restored.seat.connected(frame.epochHint));
    await held.seat.offer(purpose, hintFor(purpose, frame.epochHint), modeOf(frame));
  }

  async #closed(address: string, by: EndedBy): Promise<void> {
    this.#ports.dispatch({ kind: "offered", sid: address, by: null, language: "" });
    await this.#seatClosed(keyOf(fromHex(address), 1), by, false);
    await this.#seatClosed(address, by, true);
  }

  /** `told`: it was a seat of ours, although nothing of it is here. */
  async #seatClosed(sid: string, by: EndedBy, told: boolean): Promise<void> {
    this.seats.endIsKnown(sid);
    if (this.#takes.has(sid)) return this.#takeRefused(sid, ErrorCode.TAKEN);
    if (this.seats.has(sid)) return this.seats.over(sid, by);
    if (!told || this.seats.has(`${sid}.1`)) return;
    await this.#ports.store.remove("seats", sid);
    this.#ports.dispatch({ kind: "notice", notice: "ended_while_away" });
  }

  #present(sid: string, present: boolean): void {
    this.seats.get(sid)?.seat.setPeerPresent(present);
    this.seats.tell(sid, { kind: "presence", present });
  }

  #refused({ code, sid, slot }: DeskRefused): void {
    if (sid === null) return this.#refusedAll(code);
    const key = keyOf(sid, slot ?? 0);
    if (this.#takes.has(key)) return this.#takeRefused(key, code);
    switch (code) {
      case ErrorCode.SUPERSEDED:
        return this.seats.moved(key);
      case ErrorCode.NOT_A_MEMBER:
        return ignore(this.seats.over(key, EndedBy.UNKNOWN));
      case ErrorCode.LANE_FULL:
        return this.seats.tell(key, { kind: "lane_full" });
      case ErrorCode.GAP:
        return this.#sendAgain(key);
      case ErrorCode.TOO_FAST:
        setTimeout(() => this.#sendAgain(key), AFTER_TOO_FAST);
        return;
      case ErrorCode.STORE_LOST:
        return this.#storeLost();
      default:
        return this.#notPassed(key, code);
    }
  }

  /** Asking a colleague, or giving back, was refused: everything stays as it was. */
  #notPassed(key: string, code: ErrorCode): void {
    const refused = code === ErrorCode.OUT_OF_STATE || code === ErrorCode.NOT_ALLOWED;
    if (refused) this.seats.tell(key, { kind: "handover_answered", answer: HandoverAnswer.LAPSED });
  }

  /** A refusal that is about the whole desk. */
  #refusedAll(code: ErrorCode): void {
    if (this.#next !== null && ABOUT_NEXT.has(code)) return this.#nextRefused(code);
    switch (code) {
      case ErrorCode.SUPERSEDED:
        return this.#halt("superseded");
      case ErrorCode.HELD_ELSEWHERE:
        return this.#halt("held_elsewhere");
      case ErrorCode.NOT_SIGNED_IN:
        return this.#halt("signed_out");
      case ErrorCode.VERSION:
        return this.#halt("out_of_date");
      case ErrorCode.NOT_AVAILABLE:
        return this.#halt("no_certificate");
      case ErrorCode.STORE_LOST:
        return this.#storeLost();
      default:
        return;
    }
  }

  #storeLost(): void {
    this.#ports.dispatch({ kind: "notice", notice: "store_lost" });
    this.#connection.reopen();
  }

  #sendAgain(sid: string): void {
    ignore(this.seats.get(sid)?.seat.connected());
  }

  #takeRefused(sid: string, code: ErrorCode): void {
    this.#takes.delete(sid);
    this.#ports.dispatch({ kind: "refused", sid, notice: refusedTake(code) });
  }

  #nextRefused(code: ErrorCode): void {
    this.#nextAnswered(refusedTake(code));
  }

  #nextAnswered(notice: Notice | null): void {
    this.#next = null;
    this.#ports.dispatch({ kind: "next", asked: false, notice });
  }

  #halt(why: Parameters<SwitchboardPorts["stopped"]>[0]): void {
    this.stop();
    this.#ports.stopped(why);
  }
}
