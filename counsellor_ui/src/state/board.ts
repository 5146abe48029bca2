// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Who is on duty and what is open, as the server tells it at most once a second. Pure.
 *
 * A row that says the same as before is the same object as before: what did not change is not drawn.
 */

import { hex } from "../../../chat/browser/sealing/api.ts";
import type { BoardConversation, BoardPerson } from "../../../chat/browser/wire.gen.ts";
import { DutyStatus, type Risk } from "../../../chat/browser/wire.gen.ts";

export interface Colleague {
  /** 32 hexadecimal digits each. */
  readonly staff: string;
  readonly device: string;
  readonly alias: string;
  readonly supervisor: boolean;
  readonly status: DutyStatus;
  readonly languages: readonly string[];
  /** Milliseconds since 1970, to the minute. */
  readonly since: number;
  readonly conversations: number;
  /** Heavy contacts today; 0 unless the one who sees it may. */
  readonly heavy: number;
}

export interface Talk {
  readonly sid: string;
  readonly staff: string;
  readonly language: string;
  /** How long it has been open. */
  readonly minutes: number;
  readonly risk: Risk;
  /** Who supervises it. */
  readonly supervisor: string | null;
}

export interface Board {
  /** On duty first, then on a break, then off; by name. */
  readonly people: readonly Colleague[];
  /** The most serious first, then the longest. */
  readonly talks: readonly Talk[];
}

export const EMPTY_BOARD: Board = { people: [], talks: [] };

export function fromBoard(
  old: Board,
  frame: { readonly people: readonly BoardPerson[]; readonly conversations: readonly BoardConversation[] },
): Board {
  const people = kept(old.people, frame.people.map(colleagueOf), (person) => person.device);
  const talks = kept(old.talks, frame.conversations.map(talkOf), (talk) => talk.sid);
  people.sort((a, b) => rank(a.status) - rank(b.status) || a.alias.localeCompare(b.alias));
  talks.sort((a, b) => b.risk - a.risk || b.minutes - a.minutes || a.sid.localeCompare(b.sid));
  return { people, talks };
}

function colleagueOf(person: BoardPerson): Colleague {
  const { alias, supervisor, status, languages, conversations, heavy } = person;
  return {
    staff: hex(person.staff),
    device: hex(person.device),
    alias,
    supervisor,
    status,
    languages,
    since: person.since * 1000,
    conversations,
    heavy,
  };
}

function talkOf(talk: BoardConversation): Talk {
  const { language, minutes, risk, supervisor } = talk;
  return {
    sid: hex(talk.sid),
    staff: hex(talk.staff),
    language,
    minutes,
    risk,
    supervisor: supervisor === null ? null : hex(supervisor),
  };
}

function kept<T extends object>(old: readonly T[], made: readonly T[], key: (row: T) => string): T[] {
  const known = new Map(old.map((row) => [key(row), row]));
  return made.map((row) => {
    const before = known.get(key(row));
    return before !== undefined && same(before, row) ? before : row;
  });
}

/** Rows are flat, but for the languages. */
function same<T extends object>(a: T, b: T): boolean {
  return (Object.keys(a) as (keyof T)[]).every((field) => String(a[field]) === String(b[field]));
}

function rank(status: DutyStatus): number {
  return status === DutyStatus.ON ? 0 : status === DutyStatus.BREAK ? 1 : 2;
}

/** The name of somebody on the board; null when they are not there. */
export function aliasOf(board: Board, staff: string): string | null {
  return board.people.find((person) => person.staff === staff)?.alias ?? null;
}

/** A person may sit at two devices: the one with a conversation of theirs counts once. */
export function onDuty(board: Board): number {
  const staff = board.people.filter((person) => person.status === DutyStatus.ON).map((p) => p.staff);
  return new Set(staff).size;
}
