// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * One conversation as the desk shows it: `step(conversation, event) -> conversation`, pure.
 *
 * How this works. The seat (chat/browser/sealing) decides what is true of a line: kept, sent,
 * delivered. The server decides who is connected and when it is over. Nothing is decided here; this
 * puts the two together, adds what only the desk knows (label, draft, unread) and says who waits for
 * whom. After the end the text stays for `KEEP_AFTER_END` and takes no further line.
 */

import type { Line, LineState, Slot } from "../../../chat/browser/sealing/types.ts";
import type { HandoverAnswer } from "../../../chat/browser/wire.gen.ts";
import { EndedBy, Left, Risk } from "../../../chat/browser/wire.gen.ts";
import type { Label } from "./labels.ts";
import type { Passing } from "./passing.ts";
import { answered, personSaid } from "./passing.ts";
import type { WrapUp, WrapUpChange } from "./wrap_up.ts";
import { changed as changedWrapUp, fresh, ticked } from "./wrap_up.ts";

/** How long the text of an ended conversation stays in the tab at most, in milliseconds. */
export const KEEP_AFTER_END = 15 * 60_000;
/** How long "is writing" is shown after its last sign, in milliseconds. */
export const TYPING_SHOWN = 6_000;
/** Who was back for less than this, in milliseconds, and said nothing, was away all along. */
export const FLICKER = 30_000;

/**
 * - taking: asked the server for it, or the offer is out and no epoch is active yet
 * - open: lines flow
 * - resuming: it was open, and the two browsers are finding each other again
 * - ended: over; the text is still shown
 */
export type Stage = "taking" | "open" | "resuming" | "ended";

/** Why it is over, in the order of trust: the channel's own word, this desk's, the server's. */
export type Ending = "they_ended" | "we_ended" | "damaged" | EndedBy | LeftEnding;

/** Only for this desk: the conversation goes on without it. */
export type LeftEnding =
  | "handed_over"
  | "given_back"
  | "lost_seat"
  | "declined"
  | "lapsed"
  | "removed"
  | "left";

export function leftEnding(why: Left): LeftEnding {
  switch (why) {
    case Left.HANDED_OVER:
      return "handed_over";
    case Left.GIVEN_BACK:
      return "given_back";
    case Left.LOST:
      return "lost_seat";
    case Left.DECLINED:
      return "declined";
    case Left.LAPSED:
      return "lapsed";
    case Left.REMOVED:
      return "removed";
    case Left.BY_ITSELF:
      return "left";
  }
}

/** Which staff seats the help-seeker's browser passes lines to, by its own word. */
export interface Room {
  readonly counsellor: boolean;
  readonly supervisor: boolean;
}

/** The help-seeker left or came back: it stays in the text, at the place where it happened. */
export interface Mark {
  readonly present: boolean;
  readonly at: number;
  /** How many lines there were. */
  readonly after: number;
}

export interface Conversation {
  /** Name of the seat (places.ts): for a counsellor the conversation's address, 32 hexadecimal digits. */
  readonly sid: string;
  /** 0 counsellor, 1 supervisor. */
  readonly slot: Slot;
  readonly label: Label;
  readonly language: string;
  readonly stage: Stage;
  /** When `stage` became what it is; like every time here, milliseconds of this browser's clock. */
  readonly stageSince: number;
  /** Whether the help-seeker is connected, by the server's word. */
  readonly present: boolean;
  readonly presentSince: number;
  readonly lines: readonly Line[];
  readonly marks: readonly Mark[];
  readonly unread: number;
  readonly draft: string;
  /** Shown as writing until then; 0 is not. */
  readonly typingUntil: number;
  /** Earlier text was lost with this browser's store: the help-seeker is asked before we go on. */
  readonly startedAnew: boolean;
  /** The help-seeker is asked by name before anything is answered. */
  readonly asks: boolean;
  readonly room: Room | null;
  /** It is being given into other hands, or that has failed. */
  readonly passing: Passing | null;
  /** The other person has no script: our server seals for them, and can read what it passes on. */
  readonly serverSeals: boolean;
  readonly ending: Ending | null;
  /** Everything we send is held up: too much lies undelivered. */
  readonly laneFull: boolean;
  /** This counsellor's judgement. */
  readonly risk: Risk;
  /** Ticked on the procedure's checklist; in this tab only. */
  readonly ticks: readonly string[];
  /** Ended with a boundary: a sexual or abusive contact. */
  readonly boundary: boolean;
  /** Once it is over, and something was said. */
  readonly wrapUp: WrapUp | null;
}

export type ConversationEvent =
  | { readonly kind: "active" }
  | { readonly kind: "resuming" }
  | { readonly kind: "line"; readonly line: Line; readonly seen: boolean }
  | { readonly kind: "state"; readonly mid: string; readonly state: LineState }
  | { readonly kind: "typing" }
  | { readonly kind: "presence"; readonly present: boolean }
  | { readonly kind: "read" }
  | { readonly kind: "draft"; readonly text: string }
  | { readonly kind: "lane_full" }
  | { readonly kind: "room"; readonly room: Room }
  | { readonly kind: "passing"; readonly passing: Passing | null }
  | { readonly kind: "handover_answered"; readonly answer: HandoverAnswer }
  | { readonly kind: "person_said"; readonly yes: boolean }
  | { readonly kind: "risk"; readonly risk: Risk }
  | { readonly kind: "tick"; readonly code: string; readonly on: boolean }
  | { readonly kind: "boundary" }
  /** `id`: 32 hexadecimal digits, made once; `risk`: the flag in the words of the organisation's list. */
  | { readonly kind: "wrap_up_begins"; readonly id: string; readonly risk: string | null }
  | { readonly kind: "wrap_up"; readonly change: WrapUpChange }
  | { readonly kind: "ended"; readonly ending: Ending };

/** What is known when a conversation comes to the desk. */
export interface Beginning {
  readonly sid: string;
  readonly label: Label;
  readonly language: string;
  readonly present: boolean;
  readonly lines?: readonly Line[];
  /** It was open before a reload. */
  readonly resuming?: boolean;
  readonly draft?: string;
  readonly startedAnew?: boolean;
  readonly slot?: Slot;
  readonly asks?: boolean;
  readonly serverSeals?: boolean;
}

export function begin(from: Beginning, now: number): Conversation {
  return {
    sid: from.sid,
    slot: from.slot ?? 0,
    label: from.label,
    language: from.language,
    stage: from.resuming === true ? "resuming" : "taking",
    stageSince: now,
    present: from.present,
    presentSince: now,
    lines: from.lines ?? [],
    marks: [],
    unread: 0,
    draft: from.draft ?? "",
    typingUntil: 0,
    startedAnew: from.startedAnew ?? false,
    asks: from.asks ?? false,
    room: null,
    passing: null,
    serverSeals: from.serverSeals ?? false,
    ending: null,
    laneFull: false,
    risk: Risk.NONE,
    ticks: [],
    boundary: false,
    wrapUp: null,
  };
}

/** The conversation after an event. An event that has no meaning now changes nothing. */
export function step(c: Conversation, event: ConversationEvent, now: number): Conversation {
  if (c.stage === "ended") return stepEnded(c, event);
  switch (event.kind) {
    case "active":
      return c.stage === "open" ? c : { ...c, stage: "open", stageSince: now };
    case "resuming":
      return c.stage === "open" ? { ...c, stage: "resuming", stageSince: now } : c;
    case "line":
      return withLine(c, event.line, event.seen);
    case "state":
      return withState(c, event.mid, event.state);
    case "typing":
      return { ...c, typingUntil: now + TYPING_SHOWN };
    case "presence":
      return withPresence(c, event.present, now);
    case "read":
      return c.unread === 0 ? c : { ...c, unread: 0 };
    case "draft":
      return c.draft === event.text ? c : { ...c, draft: event.text };
    case "lane_full":
      return c.laneFull ? c : { ...c, laneFull: true };
    case "room":
      return { ...c, room: event.room };
    case "passing":
      return { ...c, passing: event.passing };
    case "handover_answered":
      return c.passing === null ? c : { ...c, passing: answered(c.passing, event.answer) };
    case "person_said":
      return c.passing === null ? c : { ...c, passing: personSaid(c.passing, event.yes) };
    case "risk":
      return c.risk === event.risk ? c : { ...c, risk: event.risk };
    case "tick":
      return { ...c, ticks: ticked(c.ticks, event.code, event.on) };
    case "boundary":
      return c.boundary ? c : { ...c, boundary: true };
    case "wrap_up_begins":
    case "wrap_up":
      return c;
    case "ended":
      return { ...c, stage: "ended", stageSince: now, ending: event.ending, typingUntil: 0, laneFull: false };
  }
}

/**
 * After the end: reading, the last words on our lines, a better-founded reason, and what is noted of it.
 * The counsellor's judgement can still come from the server, which knows it after a reload.
 */
function stepEnded(c: Conversation, event: ConversationEvent): Conversation {
  switch (event.kind) {
    case "read":
      return c.unread === 0 ? c : { ...c, unread: 0 };
    case "state":
      return withState(c, event.mid, event.state);
    case "ended": {
      return isBetter(event.ending, c.ending) ? { ...c, ending: event.ending } : c;
    }
    case "wrap_up_begins":
      return c.wrapUp === null ? { ...c, wrapUp: fresh(event.id, event.risk, wasHeavy(c)) } : c;
    case "wrap_up":
      return withWrapUp(c, event.change);
    case "tick":
      return { ...c, ticks: ticked(c.ticks, event.code, event.on) };
    default:
      return c;
  }
}

/**
 * "They ended" was said inside the channel; the server's frame may have overtaken it. And after a welcome the
 * list of seats is there before the reason why one is not in it.
 */
function isBetter(ending: Ending, before: Ending | null): boolean {
  if (ending === before || before === "we_ended") return false;
  return ending === "they_ended" || (before === EndedBy.UNKNOWN && isLeft(ending));
}

/** Whether it goes on without this desk. */
export function isLeft(ending: Ending | null): boolean {
  return typeof ending === "string" && !["they_ended", "we_ended", "damaged"].includes(ending);
}

function withWrapUp(c: Conversation, change: WrapUpChange): Conversation {
  if (c.wrapUp === null) return c;
  const wrapUp = changedWrapUp(c.wrapUp, change);
  return wrapUp === c.wrapUp ? c : { ...c, wrapUp };
}

function withPresence(c: Conversation, present: boolean, now: number): Conversation {
  if (c.present === present) return c;
  const last = c.marks.at(-1);
  const flickered = !present && last?.present === true && last.after === c.lines.length;
  // A phone on a train: one mark for the whole absence, and since its beginning.
  if (flickered && now - last.at < FLICKER) {
    const marks = c.marks.slice(0, -1);
    return { ...c, present, presentSince: marks.at(-1)?.at ?? now, marks, typingUntil: 0 };
  }
  const marks = [...c.marks, { present, at: now, after: c.lines.length }];
  return { ...c, present, presentSince: now, marks, typingUntil: 0 };
}

/**
 * Whether there is anything to note of it: without a line nothing happened, and what goes on is noted by whoever
 * ends it.
 */
export function wasHeld(c: Conversation): boolean {
  return c.lines.length > 0 && c.slot === 0 && !isLeft(c.ending);
}

/** Whether somebody could need a moment after it: by their own word once they have said it. */
export function wasHeavy(c: Conversation): boolean {
  return c.boundary || (c.wrapUp?.heavy ?? c.risk !== Risk.NONE);
}

function withLine(c: Conversation, line: Line, seen: boolean): Conversation {
  if (c.lines.some((known) => known.mid === line.mid)) return c;
  const theirs = line.from === "peer";
  return {
    ...c,
    lines: [...c.lines, line],
    unread: theirs && !seen ? c.unread + 1 : c.unread,
    typingUntil: theirs ? 0 : c.typingUntil,
  };
}

function withState(c: Conversation, mid: string, state: LineState): Conversation {
  const at = c.lines.findIndex((line) => line.mid === mid && line.state !== state);
  if (at < 0) return c;
  const lines = c.lines.map((line, i) => (i === at ? { ...line, state } : line));
  return { ...c, lines, laneFull: state === "delivered" ? false : c.laneFull };
}

/**
 * - us: they wrote last, since the first line we have not answered
 * - them: we wrote last, since our first line they have not answered
 * - nobody: nothing was written yet, or it is over
 */
export interface Waiting {
  readonly who: "us" | "them" | "nobody";
  readonly since: number;
}

export function waiting(c: Conversation): Waiting {
  // A supervisor only reads along; and what one writes is not the help-seeker's turn.
  const lines = c.slot === 0 ? c.lines.filter((line) => line.kind !== "relay") : [];
  const last = lines.at(-1);
  if (last === undefined || c.stage === "ended") return { who: "nobody", since: c.stageSince };
  const turn = lines.findLastIndex((line) => line.from !== last.from) + 1;
  const first = lines[turn] ?? last;
  return { who: last.from === "peer" ? "us" : "them", since: first.at * 1000 };
}

/** When the text of an ended conversation disappears by itself; null while it is not over. */
export function gone(c: Conversation): number | null {
  return c.stage === "ended" ? c.stageSince + KEEP_AFTER_END : null;
}
