// SPDX-License-Identifier: AGPL-3.0-or-later
// What staff propose inside the channel about who joins, and what becomes of it:
//
//   proposed (staff) -> answered (the person: yes, no)
//                    -> taken back (staff)
//
// How this works: both sides hold the same lines, so each reads from its own ledger how a proposal stands, also
// after a reload. Who proposed takes it back by an answer of their own, which is a no: nobody can say yes for the
// person, so a yes by staff is no word at all.

import { equal } from "./bytes.ts";
import { isJoining, Kind } from "./envelope.ts";
import type { Entry, Ledger } from "./ledger.ts";
import type { Bytes } from "./types.ts";

/** Proposed instead of a certificate: back to the waiting room, for whoever is next. */
export const WHOEVER: Bytes = new Uint8Array(32);

export interface Joining {
  /** Handover or supervisor. */
  readonly purpose: 2 | 3;
  readonly certId: Bytes;
}

export interface Word extends Joining {
  readonly kind: "proposed" | "answered" | "takenBack";
  /** Of an answer. */
  readonly yes: boolean;
  /** Unix seconds, by this browser's clock. */
  readonly at: number;
}

/** Null: it says nothing of that, or not by the one who may. */
export function wordOf({ kind, content, at }: Entry, byStaff: boolean): Word | null {
  const [purpose = 0] = content;
  if (!isJoining(purpose)) return null;
  const said = { purpose, certId: content.slice(1, 33), yes: content[33] === 1, at };
  if (kind === Kind.propose) return byStaff ? { kind: "proposed", ...said } : null;
  if (kind !== Kind.answer) return null;
  if (!byStaff) return { kind: "answered", ...said };
  return said.yes ? null : { kind: "takenBack", ...said };
}

/** What was said about joining since whoever holds the seat came, oldest first. `staff`: the ledger is theirs. */
export function wordsOf({ entries, bond }: Ledger, staff: boolean): readonly Word[] {
  return entries.flatMap((entry) => (entry.bond === bond ? (wordOf(entry, entry.own === staff) ?? []) : []));
}

/** Whether the newest word is the proposal: neither answered nor taken back. */
export function isOpen(words: readonly Word[], joining: Joining): boolean {
  return words.findLast((word) => isAbout(word, joining))?.kind === "proposed";
}

/** Whether it is not proposed any more, whatever the person said meanwhile. */
export function isTakenBack(words: readonly Word[], joining: Joining): boolean {
  const byStaff = words.filter((word) => word.kind !== "answered" && isAbout(word, joining));
  return byStaff.at(-1)?.kind === "takenBack";
}

function isAbout(word: Joining, { purpose, certId }: Joining): boolean {
  return word.purpose === purpose && equal(word.certId, certId);
}
