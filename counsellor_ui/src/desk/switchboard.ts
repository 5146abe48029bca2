// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Between the socket and the seats.
 *
 * How this works. Frames are handled one after the other (reading a blob takes a moment, and what
 * follows must find the seat), each for the conversation whose address it carries. After every welcome
 * the server's list of our open conversations counts: each is rejoined, what is not in it is over.
 */

import type { LinkState } from "../../../chat/browser/connection.ts";
import { Connection, socketAddress } from "../../../chat/browser/connection.ts";
import type { Bytes } from "../../../chat/browser/sealing/api.ts";
import { fromHex, hex, Purpose } from "../../../chat/browser/sealing/api.ts";
import type {
  DeskRefused,
  DeskWelcome,
  FromDesk,
  Rejoined,
  Taken,
  ToDesk,
} from "../../../chat/browser/wire.gen.ts";
import {
  decodeToDesk,
  EndedBy,
  ErrorCode,
  encodeFromDesk,
  Phase,
  VERSION,
} from "../../../chat/browser/wire.gen.ts";
import type { Notice } from "../state/notices.ts";
import { refusedTake } from "../state/notices.ts";
import { random } from "./random.ts";
import type { SeatsPorts } from "./seats.ts";
import { ignore, Seats } from "./seats.ts";

/** How long after a refusal for haste the seat sends again, in milliseconds. */
const AFTER_TOO_FAST = 2_000;

/** Refusals that answer a HelpNext: they name no conversation, for there is none. */
const ABOUT_NEXT: ReadonlySet<ErrorCode> = new Set([
  ErrorCode.OFF_DUTY,
  ErrorCode.CAP_REACHED,
  ErrorCode.NOBODY_WAITS,
  ErrorCode.CLOSED_INTAKE,
  ErrorCode.TAKEN,
  ErrorCode.NOT_ALLOWED,
  ErrorCode.TOO_FAST,
]);

/** Why this tab must stop: the person decides what to do next. */
export type Stop = "superseded" | "held_elsewhere" | "signed_out" | "out_of_date" | "no_certificate";

export interface SwitchboardPorts extends Omit<SeatsPorts, "send" | "expectAnswer"> {
  link(state: LinkState): void;
  /** The era of the last welcome this tab had; null: it had none. */
  readonly era: string | null;
  welcomed(era: string): void;
  stopped(why: Stop): void;
  /** What is about the working day, and about no seat. */
  told(frame: DayFrame): void;
}

/** How the person stands, who is there, who calls. */
export type DayFrame = Extract<ToDesk, { frame: "Duty" | "Board" | "Alarm" | "AlarmAnswered" | "RiskSet" }>;

export class Switchboard {
  readonly seats: Seats;
  readonly #ports: SwitchboardPorts;
  readonly #connection: Connection<ToDesk>;
  /** Halves given with a Take that is not answered yet. */
  readonly #takes = new Map<string, Bytes>();
  /** The half given with a HelpNext that is not answered yet: whose seat it is for, the server decides. */
  #next: Bytes | null = null;
  #takeOver = false;
  #era: string | null = null;
  #inbox: Promise<void> = Promise.resolve();
  #clock: ReturnType<typeof setInterval> | null = null;

  constructor(ports: SwitchboardPorts) {
    this.#ports = ports;
    this.#era = ports.era;
    this.#connection = new Connection<ToDesk>({
      url: socketAddress(),
      decode: decodeToDesk,
      opened: () => void this.#send({ frame: "OpenDesk", version: VERSION, takeOver: this.#takeOver }),
      received: (frame) => this.#received(frame),
      changed: (state) => ports.link(state),
    });
    this.seats = new Seats({
      ...ports,
      send: (frame) => this.#send(frame),
      expectAnswer: () => this.#connection.expectAnswer(),
    });
  }

  /** `takeOver`: continue here although another connection of this device may be there. */
  start(takeOver: boolean): void {
    this.#takeOver = takeOver;
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
    this.#takes.set(sid, half);
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

  /** A frame of the working day. False: there is no connection, nothing was sent. */
  tell(frame: Extract<FromDesk, { frame: "SetDuty" | "AskHelp" | "SetRisk" | "AnswerAlarm" }>): boolean {
    return this.#send(frame);
  }

  #send(frame: FromDesk): boolean {
    return this.#connection.send(encodeFromDesk(frame));
  }

  // --- what the server says ---

  #received(frame: ToDesk): void {
    const handled = this.#inbox.then(() => this.#handle(frame));
    this.#inbox = handled.catch(() => undefined);
  }

  async #handle(frame: ToDesk): Promise<void> {
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
        return this.#present(hex(frame.sid), frame.present);
      case "DeskHello":
        return ignore(this.#seatOf(frame.sid)?.answered(frame.m1));
      case "DeskAskResume":
        return ignore(this.#seatOf(frame.sid)?.askedResume(frame.certId));
      case "DeskDelivery":
        return ignore(this.#seatOf(frame.sid)?.delivered(frame.envelope));
      case "DeskStored":
        return ignore(this.#seatOf(frame.sid)?.stored(frame.epoch, frame.n));
      case "Duty":
      case "Board":
      case "Alarm":
      case "AlarmAnswered":
      case "RiskSet":
        return this.#ports.told(frame);
    }
  }

  #seatOf(sid: Bytes): ReturnType<Seats["fresh"]>["seat"] | undefined {
    return this.seats.get(hex(sid))?.seat;
  }

  async #welcome(frame: DeskWelcome): Promise<void> {
    const era = hex(frame.era);
    const lost = this.#era !== null && this.#era !== era;
    this.#era = era;
    this.#ports.welcomed(era);
    // If it was answered while we were away, the seat is in the list and is rejoined like any other.
    if (this.#next !== null) this.#nextAnswered(null);
    const mine = new Set(frame.mine.map((seat) => hex(seat.sid)));
    for (const { sid } of this.seats.going()) {
      if (!mine.has(hex(sid))) await this.seats.over(hex(sid), lost ? EndedBy.LOST : EndedBy.UNKNOWN);
    }
    for (const sid of this.#takes.keys()) if (!mine.has(sid)) this.#takeRefused(sid, ErrorCode.TAKEN);
    await this.#forgetOthers(mine, lost ? "lost" : "ended_while_away");
    for (const sid of mine) {
      const at = { sid: fromHex(sid), slot: 0 };
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
    const sid = hex(frame.sid);
    const byHand = this.#takes.get(sid);
    const half = byHand ?? this.#next;
    if (half === null || this.seats.has(sid)) return;
    if (byHand === undefined) this.#nextAnswered(null);
    this.#takes.delete(sid);
    const held = this.seats.fresh(frame.sid, half);
    this.seats.add(held, frame, false);
    // Somebody was here before: then the help-seeker is asked by name.
    const purpose = frame.purpose === Purpose.handover ? Purpose.handover : Purpose.take;
    await held.seat.offer(purpose, frame.epochHint);
  }

  async #rejoined(frame: Rejoined): Promise<void> {
    const sid = hex(frame.sid);
    this.#takes.delete(sid);
    const known = this.seats.get(sid);
    if (known !== null) {
      this.#present(sid, frame.present);
      return ignore(known.seat.connected(frame.epochHint));
    }
    if (this.seats.has(sid)) return;
    const restored = await this.seats.restore(frame.sid, frame.half);
    const held = restored ?? this.seats.fresh(frame.sid, frame.half);
    const matched = frame.phase === Phase.MATCHED;
    this.seats.add(held, frame, restored === null && !matched);
    if (restored !== null) return ignore(restored.seat.connected(frame.epochHint));
    // Matched: nothing was said yet, take again. Otherwise our copy is lost, and the help-seeker is asked.
    await held.seat.offer(matched ? Purpose.take : Purpose.handover, frame.epochHint);
  }

  async #closed(sid: string, by: EndedBy): Promise<void> {
    this.seats.endIsKnown(sid);
    if (this.#takes.has(sid)) return this.#takeRefused(sid, ErrorCode.TAKEN);
    if (this.seats.has(sid)) return this.seats.over(sid, by);
    await this.#ports.store.remove("seats", sid);
    this.#ports.dispatch({ kind: "notice", notice: "ended_while_away" });
  }

  #present(sid: string, present: boolean): void {
    this.seats.get(sid)?.seat.setPeerPresent(present);
    this.seats.tell(sid, { kind: "presence", present });
  }

  #refused({ code, sid }: DeskRefused): void {
    if (sid === null) return this.#refusedAll(code);
    const key = hex(sid);
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
        return;
    }
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

  #halt(why: Stop): void {
    this.stop();
    this.#ports.stopped(why);
  }
}
