// SPDX-License-Identifier: AGPL-3.0-or-later
/** What the switchboard needs, what it passes on, and the little it knows of purposes. */

import type { LinkState, Wiring } from "../../../chat/browser/connection.ts";
import { Connection } from "../../../chat/browser/connection.ts";
import type { Bytes } from "../../../chat/browser/sealing/api.ts";
import { NEWCOMER_AHEAD, Purpose } from "../../../chat/browser/sealing/api.ts";
import type { FromDesk, Rejoined, Taken, ToDesk } from "../../../chat/browser/wire.gen.ts";
import { ErrorCode } from "../../../chat/browser/wire.gen.ts";
import type { SeatsPorts } from "./seats.ts";

/** Why this tab must stop: the person decides what to do next. */
export type Stop = "superseded" | "held_elsewhere" | "signed_out" | "out_of_date" | "no_certificate";

/** As a browser does. */
export function dial(wiring: Wiring<ToDesk>): Connection<ToDesk> {
  return new Connection(wiring);
}

export interface SwitchboardPorts extends Omit<SeatsPorts, "send" | "expectAnswer"> {
  link(state: LinkState): void;
  /** The era of the last welcome this tab had; null: it had none. */
  readonly era: string | null;
  welcomed(era: string): void;
  stopped(why: Stop): void;
  /** How to reach the service, if not as a browser does. */
  readonly connect?: (wiring: Wiring<ToDesk>) => Connection<ToDesk>;
  /** What is about the working day, and about no seat. */
  told(frame: DayFrame): void;
  /** Whether one of these conversations' names is on the screen. */
  names(): readonly string[];
  /** A colleague asks this desk to take a conversation over. */
  askedOver(): void;
  /** What is said among staff. */
  peer(frame: PeerFrame): void;
}

/** The staff's side channel. */
export type PeerFrame = Extract<ToDesk, { frame: "PeerReceived" | "PeerAway" }>;

/** What needs no seat: it asks, or takes back. */
export type PlainFrame = Extract<
  FromDesk,
  {
    frame:
      | "SetDuty"
      | "WatchBoard"
      | "AskHelp"
      | "SetRisk"
      | "AnswerAlarm"
      | "HandOver"
      | "GiveBack"
      | "Withdraw"
      | "PeerSend";
  }
>;

/** A seat that was asked for. `newcomer`: somebody else holds it, or it is the supervisor's. */
export interface Asked {
  readonly half: Bytes;
  readonly newcomer: boolean;
}

export interface Named {
  readonly sid: Bytes;
  readonly slot: number;
}

/** Refusals that answer a HelpNext: they name no conversation, for there is none. */
export const ABOUT_NEXT: ReadonlySet<ErrorCode> = new Set([
  ErrorCode.OFF_DUTY,
  ErrorCode.CAP_REACHED,
  ErrorCode.NOBODY_WAITS,
  ErrorCode.CLOSED_INTAKE,
  ErrorCode.TAKEN,
  ErrorCode.NOT_ALLOWED,
  ErrorCode.TOO_FAST,
]);

/** Who seals on the other side: 1 their browser, 2 our server, for somebody without script. */
export function modeOf({ mode }: Taken | Rejoined): 1 | 2 {
  return mode === 2 ? 2 : 1;
}

/** Purposes by which somebody comes to a conversation that has had a counsellor. */
export function joining(purpose: number): 2 | 3 | null {
  return purpose === Purpose.handover || purpose === Purpose.supervise ? purpose : null;
}

/** A newcomer's offers stay above the resumes of whoever is still here. */
export function hintFor(purpose: 1 | 2 | 3, hint: number): number {
  return purpose === Purpose.handover ? hint + NEWCOMER_AHEAD : hint;
}

/** How the person stands, who is there, who calls. */
export type DayFrame = Extract<ToDesk, { frame: "Duty" | "Board" | "Alarm" | "AlarmAnswered" | "RiskSet" }>;
