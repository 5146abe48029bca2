// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The working day of who sits at this desk: duty, who waits and rings, who is there, who calls for help.
 *
 * How this works. The server's word is kept in signals, changed by the pure functions of state/. What
 * the person does becomes a frame. The bell rings on duty only: for new people who wait, for lines that
 * come while the person looks elsewhere, and for a supervisor's alarm, which goes on every `ALARM_AGAIN`
 * until somebody is on it.
 */

import type { ReadonlySignal } from "@preact/signals";
import { computed, signal } from "@preact/signals";
import { fromHex, hex } from "../../chat/browser/sealing/api.ts";
import { DutyStatus, type Risk } from "../../chat/browser/wire.gen.ts";
import type { Bell } from "./desk/bell.ts";
import type { DayFrame, Switchboard } from "./desk/switchboard.ts";
import * as alarms from "./state/alarms.ts";
import * as alerts from "./state/alerts.ts";
import { aliasOf, EMPTY_BOARD, fromBoard } from "./state/board.ts";
import type { Desk, DeskEvent } from "./state/desk.ts";
import type { Duty } from "./state/duty.ts";
import { OFF_DUTY, remembered, told } from "./state/duty.ts";

/** How long an alarm nobody is on is silent between two rings, in milliseconds. */
export const ALARM_AGAIN = 8_000;

export interface DayPorts {
  readonly desk: ReadonlySignal<Desk>;
  readonly bell: Bell;
  send(frame: Parameters<Switchboard["tell"]>[0]): boolean;
  dispatch(event: DeskEvent): void;
  /** For the next time somebody goes on duty in this browser. */
  keepTicks(languages: readonly string[]): void;
  /** Staff id of who sits here, 32 hexadecimal digits; null: nobody. */
  me(): string | null;
  /** Whether the person looks at the desk now. */
  looking(): boolean;
}

export class Day {
  readonly duty = signal<Duty>(OFF_DUTY);
  readonly board = signal(EMPTY_BOARD);
  readonly alarms = signal(alarms.NO_ALARMS);
  /** How the person stands is being changed: the dialog is open. */
  readonly choosing = signal(false);
  /** How often the server has welcomed this tab. */
  readonly welcomes = signal(0);
  readonly unanswered = computed(() => alarms.unanswered(this.alarms.value));
  readonly #ports: DayPorts;
  #ticked: readonly string[] = [];
  #alerts = alerts.SILENT;
  /** Rings since the person last looked here. */
  #missed = 0;
  #unread = 0;
  #rangAt = 0;

  constructor(ports: DayPorts) {
    this.#ports = ports;
  }

  // --- duty ---

  /** Also asks the browser for sound and notifications: so it must come from a press. */
  async goOn(languages: readonly string[]): Promise<void> {
    this.#ports.keepTicks(languages);
    this.#ticked = languages;
    this.set(DutyStatus.ON, languages);
    await this.#ports.bell.prepare();
  }

  takeBreak(): void {
    this.set(DutyStatus.BREAK, this.duty.value.languages);
  }

  goOff(): void {
    this.set(DutyStatus.OFF, []);
  }

  set(status: DutyStatus, languages: readonly string[]): void {
    if (!this.#ports.send({ frame: "SetDuty", status, languages: [...languages] })) return this.#unsent();
    this.duty.value = { ...this.duty.value, asked: true };
  }

  /** The languages that were ticked last in this browser. */
  remember(ticked: readonly string[]): void {
    this.#ticked = ticked;
  }

  /** The languages to tick, of those in which conversations are held here. */
  ticks(there: readonly string[]): readonly string[] {
    const { languages } = this.duty.value;
    return languages.length > 0 ? languages : remembered(this.#ticked, there);
  }

  // --- help ---

  /** Call every supervisor on duty. */
  askHelp(sid: string | null): void {
    const now = Date.now();
    if (alarms.waitsFor(this.alarms.value, sid)) return;
    if (!this.#ports.send({ frame: "AskHelp", sid: sid === null ? null : fromHex(sid) }))
      return this.#unsent();
    this.alarms.value = alarms.called(this.alarms.value, sid, now);
  }

  /** As a supervisor: "I'm on it". */
  answerAlarm(id: string): void {
    if (!this.#ports.send({ frame: "AnswerAlarm", alarm: fromHex(id) })) this.#unsent();
  }

  putAlarmAway(id: string): void {
    this.alarms.value = alarms.putAway(this.alarms.value, id);
  }

  putOwnAway(): void {
    this.alarms.value = alarms.ownPutAway(this.alarms.value);
  }

  /** "Imminent" alarms every supervisor on duty. */
  setRisk(sid: string, risk: Risk): void {
    if (!this.#ports.send({ frame: "SetRisk", sid: fromHex(sid), risk })) return this.#unsent();
    this.#ports.dispatch({ kind: "conversation", sid, event: { kind: "risk", risk } });
  }

  // --- what comes in ---

  told(frame: DayFrame): void {
    const now = Date.now();
    switch (frame.frame) {
      case "Duty": {
        const before = this.duty.value.status;
        this.duty.value = told(this.duty.value, frame, now);
        if (frame.status === DutyStatus.ON && before !== DutyStatus.ON)
          this.#alerts = alerts.startAnew(this.#alerts);
        return;
      }
      case "Board":
        this.board.value = fromBoard(this.board.value, frame);
        return;
      case "Alarm": {
        const { kind } = frame;
        const sid = frame.sid === null ? null : hex(frame.sid);
        const alarm = { id: hex(frame.alarm), kind, sid, staff: hex(frame.staff), age: frame.since * 1000 };
        this.alarms.value = alarms.rang(this.alarms.value, alarm, now);
        return this.#alarm(now);
      }
      case "AlarmAnswered": {
        const me = this.#ports.me() ?? "";
        this.alarms.value = alarms.answered(this.alarms.value, hex(frame.alarm), hex(frame.by), me, now);
        if (this.unanswered.value === 0) this.#ports.bell.clear("alarm");
        return;
      }
      case "RiskSet":
        return this.#ports.dispatch({
          kind: "conversation",
          sid: hex(frame.sid),
          event: { kind: "risk", risk: frame.risk },
        });
    }
  }

  /** The server has welcomed us: the list that comes says who was there before. */
  welcomed(): void {
    this.welcomes.value += 1;
    this.#alerts = alerts.startAnew(this.#alerts);
  }

  /** A list of the waiting room came. */
  listed(): void {
    const { status, languages } = this.duty.value;
    const on = status === DutyStatus.ON ? languages : null;
    this.#heed(alerts.onList(this.#alerts, this.#ports.desk.value.room.entries, on, Date.now()));
  }

  /** Once a second. */
  tick(): void {
    const now = Date.now();
    const after = alarms.onClock(this.alarms.value, now);
    if (after !== this.alarms.value) this.alarms.value = after;
    this.#heed(alerts.onClock(this.#alerts, now));
    if (this.unanswered.value > 0 && now - this.#rangAt >= ALARM_AGAIN) this.#alarm(now);
    this.#look();
  }

  /** A colleague asks this desk something. */
  asked(): void {
    this.ring("asked", 1);
  }

  /** The connection is closed for good: nothing of this person is left. */
  stop(): void {
    this.duty.value = OFF_DUTY;
    this.board.value = EMPTY_BOARD;
    this.alarms.value = alarms.NO_ALARMS;
    this.choosing.value = false;
    this.#alerts = alerts.SILENT;
    this.#missed = 0;
    this.#ports.bell.title(alerts.titleText(0, 0));
  }

  aliasOf(staff: string): string | null {
    return aliasOf(this.board.value, staff);
  }

  /** A sound; and for somebody who looks elsewhere, a notification and the number in the title. */
  ring(what: Parameters<Bell["sound"]>[0], count: number): void {
    if (this.duty.value.status === DutyStatus.OFF) return;
    this.#ports.bell.sound(what);
    if (this.#ports.looking()) return;
    this.#ports.bell.notify(what, count);
    if (what !== "line") this.#missed += count; // unread lines are counted as such
  }

  // --- inside ---

  #heed({ alerts: after, ring }: alerts.Rung): void {
    this.#alerts = after;
    if (ring > 0) this.ring("waiting", ring);
  }

  #alarm(now: number): void {
    this.#rangAt = now;
    this.ring("alarm", this.unanswered.value);
  }

  /** New lines ring in the background; looking at the desk takes back what was rung for. */
  #look(): void {
    const unread = this.#ports.desk.value.conversations.reduce((sum, c) => sum + c.unread, 0);
    const looking = this.#ports.looking();
    if (unread > this.#unread && !looking) this.ring("line", unread);
    this.#unread = unread;
    if (looking && this.#missed > 0) {
      this.#missed = 0;
      this.#ports.bell.clear("waiting");
      this.#ports.bell.clear("asked");
    }
    if (looking) this.#ports.bell.clear("line");
    this.#ports.bell.title(alerts.titleText(unread, this.#missed));
  }

  #unsent(): void {
    this.#ports.dispatch({ kind: "notice", notice: "not_connected" });
  }
}
