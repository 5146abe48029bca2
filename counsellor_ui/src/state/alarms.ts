// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Calls for a supervisor: those that reach this desk, and the one that this desk sent out. Pure.
 *
 * An alarm is heard until somebody is on it, and stays in sight until it is put away or an hour old.
 */

import type { AlarmKind } from "../../../chat/browser/wire.gen.ts";

/** As long as the service keeps an alarm nobody answered, in milliseconds. */
export const ALARM_KEPT = 60 * 60_000;
/** How long it stays in sight once somebody is on it, in milliseconds. */
export const ANSWERED_SHOWN = 30_000;

export interface AlarmShown {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly kind: AlarmKind;
  readonly sid: string | null;
  /** Who calls. */
  readonly staff: string;
  /** Milliseconds of this browser's clock. */
  readonly since: number;
  /** Who is on it; null: nobody yet. */
  readonly answeredBy: string | null;
  readonly answeredAt: number;
}

/** A call that this desk sent out. */
export interface OwnCall {
  readonly sid: string | null;
  readonly since: number;
  readonly answeredBy: string | null;
}

export interface Alarms {
  /** Those nobody is on first; then the oldest. */
  readonly shown: readonly AlarmShown[];
  readonly own: OwnCall | null;
}

export const NO_ALARMS: Alarms = { shown: [], own: null };

export interface AlarmTold {
  readonly id: string;
  readonly kind: AlarmKind;
  readonly sid: string | null;
  readonly staff: string;
  /** Milliseconds ago. */
  readonly age: number;
}

/** An alarm came; one that is known already (after a reconnect) comes once. */
export function rang(alarms: Alarms, alarm: AlarmTold, now: number): Alarms {
  if (alarms.shown.some(({ id }) => id === alarm.id)) return alarms;
  const { id, kind, sid, staff } = alarm;
  const made = { id, kind, sid, staff, since: now - alarm.age, answeredBy: null, answeredAt: 0 };
  return { ...alarms, shown: sorted([...alarms.shown, made]) };
}

/** Somebody is on it. One that never came here is the answer to our own call. */
export function answered(alarms: Alarms, id: string, by: string, me: string, now: number): Alarms {
  const known = alarms.shown.find((alarm) => alarm.id === id);
  const ours = known === undefined || known.staff === me;
  const own = ours && alarms.own !== null ? { ...alarms.own, answeredBy: by } : alarms.own;
  const shown = alarms.shown.map((alarm) =>
    alarm === known ? { ...alarm, answeredBy: by, answeredAt: now } : alarm,
  );
  return { own, shown: sorted(shown) };
}

/** This desk calls. A second press about the same while nobody has answered changes nothing. */
export function called(alarms: Alarms, sid: string | null, now: number): Alarms {
  return waitsFor(alarms, sid) ? alarms : { ...alarms, own: { sid, since: now, answeredBy: null } };
}

/** Whether a call of ours about this is out and nobody has answered it. */
export function waitsFor(alarms: Alarms, sid: string | null): boolean {
  return alarms.own !== null && alarms.own.sid === sid && alarms.own.answeredBy === null;
}

export function putAway(alarms: Alarms, id: string): Alarms {
  return { ...alarms, shown: alarms.shown.filter((alarm) => alarm.id !== id) };
}

export function ownPutAway(alarms: Alarms): Alarms {
  return { ...alarms, own: null };
}

export function onClock(alarms: Alarms, now: number): Alarms {
  const stays = (alarm: AlarmShown): boolean =>
    alarm.answeredBy === null ? now - alarm.since < ALARM_KEPT : now - alarm.answeredAt < ANSWERED_SHOWN;
  const shown = alarms.shown.filter(stays);
  const own = alarms.own !== null && now - alarms.own.since < ALARM_KEPT ? alarms.own : null;
  return shown.length === alarms.shown.length && own === alarms.own ? alarms : { shown, own };
}

/** Alarms nobody is on: the sound goes on as long as there is one. */
export function unanswered(alarms: Alarms): number {
  return alarms.shown.filter((alarm) => alarm.answeredBy === null).length;
}

function sorted(shown: readonly AlarmShown[]): readonly AlarmShown[] {
  const open = (alarm: AlarmShown): number => (alarm.answeredBy === null ? 0 : 1);
  return [...shown].sort((a, b) => open(a) - open(b) || a.since - b.since);
}
