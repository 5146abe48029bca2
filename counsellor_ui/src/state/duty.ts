// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * How the person at this desk stands: on duty, on a break or off, and why "help next" can or can't be
 * pressed. Pure. The server decides; between asking and its answer the old standing is still true.
 */

import { t } from "../../../chat/browser/texts.ts";
import { DutyStatus } from "../../../chat/browser/wire.gen.ts";
import type { Desk } from "./desk.ts";
import type { WaitingRoom } from "./waiting_room.ts";

export interface Duty {
  readonly status: DutyStatus;
  /** Ticked at going on duty; new conversations come in these only. */
  readonly languages: readonly string[];
  /** Conversations at once. */
  readonly cap: number;
  /** Heavy contacts of this person today; gone at midnight. */
  readonly heavy: number;
  /** When the status became what it is, milliseconds of this browser's clock. */
  readonly since: number;
  /** Asked for and not yet answered. */
  readonly asked: boolean;
}

/** What counts until the server has said how we stand: nobody is on duty by accident. */
export const OFF_DUTY: Duty = {
  status: DutyStatus.OFF,
  languages: [],
  cap: 0,
  heavy: 0,
  since: 0,
  asked: false,
};

/** What the server says of it. */
export interface DutyTold {
  readonly status: DutyStatus;
  readonly languages: readonly string[];
  readonly cap: number;
  readonly heavy: number;
}

export function told(duty: Duty, frame: DutyTold, now: number): Duty {
  const since = duty.status === frame.status && duty.since !== 0 ? duty.since : now;
  const { status, languages, cap, heavy } = frame;
  return { status, languages, cap, heavy, since, asked: false };
}

/** How many conversations of this desk go on; each takes one of the places of the cap. */
export function held(desk: Desk): number {
  return desk.conversations.filter((c) => c.stage !== "ended").length;
}

/** Why "help next" can't be pressed now. */
export type Hindrance =
  | "not_connected"
  | "off_duty"
  | "on_break"
  | "cap"
  | "asked"
  | "nobody_waits"
  | "other_languages"
  | "all_away";

/** The first reason there is, in the order in which the person could do something about it; null: none. */
export function hindrance(duty: Duty, desk: Desk, connected: boolean): Hindrance | null {
  if (!connected) return "not_connected";
  if (duty.status === DutyStatus.OFF) return "off_duty";
  if (duty.status === DutyStatus.BREAK) return "on_break";
  if (desk.room.askedNext) return "asked";
  if (held(desk) >= duty.cap) return "cap";
  return emptiness(desk.room, duty.languages);
}

/** Why nobody can be taken from the room as it is; the list is cut at 50, then only the server knows. */
function emptiness(room: WaitingRoom, languages: readonly string[]): Hindrance | null {
  if (room.total === 0) return "nobody_waits";
  const spoken = room.entries.filter((entry) => languages.includes(entry.language));
  if (spoken.some((entry) => entry.present) || room.total > room.entries.length) return null;
  return spoken.length === 0 ? "other_languages" : "all_away";
}

export function hindranceText(why: Hindrance): string {
  switch (why) {
    case "not_connected":
      return t("We are not connected at this moment.");
    case "off_duty":
      return t("You are off duty. Go on duty to take a conversation.");
    case "on_break":
      return t("You are on a break.");
    case "cap":
      return t("You have as many conversations as one person may have.");
    case "asked":
      return t("Looking for the next person.");
    case "nobody_waits":
      return t("Nobody is waiting.");
    case "other_languages":
      return t("Nobody waits in a language you ticked.");
    case "all_away":
      return t("Nobody who waits is connected at this moment. Their places are kept.");
  }
}

export function statusText(status: DutyStatus): string {
  switch (status) {
    case DutyStatus.ON:
      return t("On duty");
    case DutyStatus.BREAK:
      return t("On a break");
    case DutyStatus.OFF:
      return t("Off duty");
  }
}

/** The ticks as this browser remembers them, of those there are; all of them the first time. */
export function remembered(kept: readonly string[], there: readonly string[]): readonly string[] {
  const ticked = kept.filter((tag) => there.includes(tag));
  return ticked.length === 0 ? there : ticked;
}
