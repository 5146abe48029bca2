// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * What the help-seeker's page shows, as one value and one function; nothing here touches the page,
 * the network or a key.
 *
 * ```
 * first ----start---> connecting --welcome--> waiting --offered--> matched --active--> open <-> away
 * continue -start--->      ^                     ^---- back ----------+
 *                          |
 *                 superseded, refused    from connecting on, at any time: superseded, refused,
 *                                        ended (ending, peerEnded, closed, dead), lost (closed: lost)
 * ```
 * From open and away `back` leads to waiting as well: the counsellor was lost, or gave it back.
 * `away` is the counsellor's absence. One's own dropped network is `link`, beside the state: the page
 * stays where it is and says that it is trying.
 */

import type { LinkState } from "../connection.ts";
import type { Line, LineState, SealingCode } from "../sealing/types.ts";
import { EndedBy, type ErrorCode, Left, Phase } from "../wire.gen.ts";
import type { Back, Note, Person, Question } from "./happenings.ts";
import { type Expected, nothingSaid, type Said, sameSaid } from "./said.ts";

export type At =
  | "first"
  | "continue"
  | "connecting"
  | "waiting"
  | "matched"
  | "open"
  | "away"
  | "ended"
  | "lost"
  | "superseded"
  | "refused";

/** Why it is over. Only `counsellor` is the counsellor's own, sealed word; the rest is the server's or ours. */
export type Ending =
  | "you"
  | "erased"
  | "counsellor"
  | "serverSaysCounsellor"
  | "away"
  | "idle"
  | "tooLong"
  | "unknown"
  | "lost"
  | "fault";

export type { Back, Joining, Note, Person, Question } from "./happenings.ts";

export interface State {
  readonly at: At;
  readonly link: LinkState;
  /** People before this one; null while not known. */
  readonly ahead: number | null;
  /** The place went back since the last position: somebody in acute need was let in. */
  readonly movedBack: boolean;
  /** How long it is likely to take from now on; null: nobody can say. */
  readonly expected: Expected | null;
  /** What the person said of the matter by taps. */
  readonly said: Said;
  /** Whether the server has answered with the same: only then does it count. */
  readonly heard: boolean;
  /** The person said something else just now: a place that goes back is not somebody else's doing. */
  readonly saying: boolean;
  readonly counsellor: Person | null;
  /** Who reads along and can write, besides the counsellor. */
  readonly supervisor: Person | null;
  readonly back: Back | null;
  /** False: while waiting, nobody is on duty at present. */
  readonly attended: boolean;
  /** Whether the counsellor's desk is connected. */
  readonly present: boolean;
  readonly lines: readonly Line[];
  readonly typing: boolean;
  readonly notes: readonly Note[];
  /** In the order in which they were asked; the first is on the screen. */
  readonly questions: readonly Question[];
  /** Whoever is here now has not seen what stands on the screen, and may be given it. */
  readonly share: boolean;
  /** False: this browser keeps nothing, a reload loses the conversation. */
  readonly keeps: boolean;
  readonly ending: Ending | null;
  /** The server confirmed that what it held is gone. */
  readonly erased: boolean;
  /** The refusal that led to `refused`; "load": a part of the page did not arrive. */
  readonly refusal: ErrorCode | "load" | null;
  /** A passing trouble, told beside the conversation. */
  readonly trouble: ErrorCode | SealingCode | null;
}

export type Event =
  | { readonly kind: "found" }
  | { readonly kind: "start" }
  | { readonly kind: "link"; readonly link: LinkState }
  | { readonly kind: "welcome"; readonly phase: Phase; readonly present: boolean; readonly keeps: boolean }
  | { readonly kind: "position"; readonly ahead: number }
  | { readonly kind: "expected"; readonly expected: Expected | null }
  | { readonly kind: "described"; readonly said: Said; readonly heard: boolean }
  | { readonly kind: "offered" }
  | { readonly kind: "attended"; readonly anybody: boolean }
  | { readonly kind: "back"; readonly why: Left | null; readonly name: string | null }
  /** After a reload: whom the conversation was with; nothing is open yet. */
  | { readonly kind: "counsellor"; readonly counsellor: Person; readonly share: boolean }
  | { readonly kind: "active"; readonly counsellor: Person; readonly share: boolean }
  /** Who is in the supervisor's seat now; null: nobody any more, and why. */
  | { readonly kind: "supervisor"; readonly supervisor: Person | null; readonly why: Left | null }
  | { readonly kind: "notComing"; readonly name: string; readonly why: Left }
  | { readonly kind: "presence"; readonly present: boolean }
  | { readonly kind: "lines"; readonly lines: readonly Line[] }
  | { readonly kind: "line"; readonly line: Line }
  | { readonly kind: "lineState"; readonly mid: string; readonly state: LineState }
  | { readonly kind: "typing"; readonly typing: boolean }
  | { readonly kind: "asked"; readonly question: Question }
  | { readonly kind: "settled"; readonly key: string }
  /** What stands on the screen was given, or is not to be. */
  | { readonly kind: "shared" }
  | { readonly kind: "trouble"; readonly trouble: ErrorCode | SealingCode | null }
  | { readonly kind: "ending" }
  | { readonly kind: "erasing" }
  | { readonly kind: "peerEnded" }
  | { readonly kind: "dead" }
  | { readonly kind: "closed"; readonly by: EndedBy }
  | { readonly kind: "superseded" }
  | { readonly kind: "refused"; readonly refusal: ErrorCode | "load" }
  | { readonly kind: "again" };

export const first: State = {
  at: "first",
  link: "stopped",
  ahead: null,
  movedBack: false,
  expected: null,
  said: nothingSaid,
  heard: true,
  saying: false,
  counsellor: null,
  supervisor: null,
  back: null,
  attended: true,
  present: false,
  lines: [],
  typing: false,
  notes: [],
  questions: [],
  share: false,
  keeps: true,
  ending: null,
  erased: false,
  refusal: null,
  trouble: null,
};

/** The person can write here. */
export function talking(at: At): boolean {
  return at === "waiting" || at === "matched" || at === "open" || at === "away";
}

/** Lines of one's own that never arrived. */
export function notDelivered(state: State): readonly Line[] {
  return state.lines.filter(
    (line) => line.from === "own" && line.kind === "text" && line.state !== "delivered",
  );
}

/** What the counsellor wrote last before ending it: nobody could read it if it went with the conversation. */
export function lastWords(state: State): readonly Line[] {
  if (state.ending !== "counsellor" && state.ending !== "serverSaysCounsellor") return [];
  const from = state.lines.findLastIndex((line) => line.from === "own") + 1;
  return state.lines.slice(from).filter((line) => line.kind === "text");
}

/** Whether a line can be sent again: it did not arrive, and somebody else is here now. */
export function canGoAgain(state: State, line: Line): boolean {
  const open = (state.at === "open" || state.at === "away") && state.counsellor !== null;
  return open && line.from === "own" && line.kind === "text" && line.state === "undelivered";
}

/** The next state; an event that does not fit changes nothing. */
export function step(state: State, event: Event): State {
  switch (event.kind) {
    case "found":
      return state.at === "first" ? { ...first, at: "continue" } : state;
    case "start":
      return startable(state.at) ? { ...first, at: "connecting" } : state;
    case "again":
      return talking(state.at) ? state : first;
    case "link":
      return { ...state, link: event.link };
    case "refused":
      if (state.at !== "connecting" && !talking(state.at)) return state;
      return { ...first, at: "refused", refusal: event.refusal };
    case "closed":
      return closed(state, event.by);
    default:
      return state.at === "connecting" || talking(state.at) ? inConversation(state, event) : state;
  }
}

function startable(at: At): boolean {
  return at === "first" || at === "continue" || at === "superseded" || at === "refused";
}

type Talk = Exclude<Event, { kind: "found" | "start" | "again" | "link" | "refused" | "closed" }>;

function inConversation(state: State, event: Talk): State {
  switch (event.kind) {
    case "welcome":
      return welcome(state, event.phase, event.present, event.keeps);
    case "position":
      return position(state, event.ahead);
    case "expected":
      return { ...state, expected: event.expected };
    case "described":
      return described(state, event.said, event.heard);
    case "offered":
      return state.at === "waiting" ? { ...state, at: "matched", ahead: null, movedBack: false } : state;
    case "attended":
      return { ...state, attended: event.anybody };
    case "back":
      return talking(state.at) ? back(state, event.why, event.name) : state;
    case "counsellor":
      return { ...state, counsellor: event.counsellor, share: event.share };
    case "active":
      return active(state, event.counsellor, event.share);
    case "supervisor":
      return supervisor(state, event.supervisor, event.why);
    case "notComing":
      return noted(state, "notComing", event.name, null);
    case "presence":
      return present(state, event.present);
    case "lines":
      return { ...state, lines: event.lines };
    case "line":
      return {
        ...state,
        lines: [...state.lines, event.line],
        typing: event.line.from === "peer" ? false : state.typing,
      };
    case "lineState":
      return { ...state, lines: state.lines.map((line) => moved(line, event.mid, event.state)) };
    case "typing":
      return { ...state, typing: event.typing && state.at === "open" };
    case "asked":
      return { ...state, questions: [...others(state, event.question.key), event.question] };
    case "settled":
      return { ...state, questions: others(state, event.key) };
    case "shared":
      return { ...state, share: false };
    case "trouble":
      return { ...state, trouble: event.trouble };
    case "ending":
      return over(state, "you");
    case "erasing": // nothing of what was said stays on the screen
      return over({ ...first, counsellor: state.counsellor, link: state.link }, "erased");
    case "peerEnded":
      return over(state, "counsellor");
    case "dead":
      return over(state, "fault");
    case "superseded":
      return { ...first, at: "superseded" }; // nothing of the conversation stays on this screen
  }
}

function described(state: State, said: Said, heard: boolean): State {
  if (sameSaid(state.said, said)) return state.heard === heard ? state : { ...state, heard };
  return { ...state, said, heard, saying: true, movedBack: false };
}

function noted(state: State, what: Note["what"], name: string, other: string | null): State {
  return { ...state, notes: [...state.notes, { what, name, other, after: state.lines.length }] };
}

function others(state: State, key: string): readonly Question[] {
  return state.questions.filter((question) => question.key !== key);
}

function back(state: State, why: Left | null, name: string | null): State {
  const before = name ?? state.back?.name ?? null;
  // Whoever takes back a question that stands has not been here: nobody agreed to anything.
  const reason = why === Left.GIVEN_BACK && name === null ? Left.LAPSED : why;
  const waiting: State = {
    ...state,
    at: "waiting",
    expected: null,
    counsellor: null,
    present: false,
    typing: false,
    share: false,
    back: why === null && state.back !== null ? state.back : { why: reason, name: before },
  };
  // Told already, or whoever was to come had not been here.
  if (name === null || (why === null && state.back !== null)) return waiting;
  return noted(waiting, why === Left.GIVEN_BACK ? "gaveBack" : "lost", name, null);
}

function active(state: State, counsellor: Person, share: boolean): State {
  const open: State = {
    ...state,
    at: "open",
    counsellor,
    present: true,
    ahead: null,
    trouble: null,
    back: null,
    share: share || state.share,
  };
  const before = state.counsellor?.alias ?? null;
  if (before === null) return state.back === null ? open : noted(open, "came", counsellor.alias, null);
  return before === counsellor.alias ? open : noted(open, "moved", counsellor.alias, before);
}

function supervisor(state: State, person: Person | null, why: Left | null): State {
  const next = { ...state, supervisor: person };
  if (person !== null) {
    // From before a reload, or the channel was set up anew: nobody has joined just now.
    const known = state.at === "connecting" || state.supervisor?.alias === person.alias;
    return known ? next : noted(next, "joined", person.alias, null);
  }
  if (state.supervisor === null || why === Left.HANDED_OVER) return next;
  return noted(next, "left", state.supervisor.alias, state.counsellor?.alias ?? null);
}

function moved(line: Line, mid: string, state: LineState): Line {
  return line.mid === mid ? { ...line, state } : line;
}

function welcome(state: State, phase: Phase, present: boolean, keeps: boolean): State {
  // A new connection is told that nobody is on duty, never that somebody is.
  const common = { ...state, keeps, present, attended: true, trouble: null };
  switch (phase) {
    case Phase.WAITING:
      return { ...common, at: "waiting", present: false, expected: null };
    case Phase.MATCHED:
      return { ...common, at: "matched" };
    case Phase.OPEN:
      // Open for the server, and not yet here: the seat's first `ready` is still on its way.
      if (state.counsellor === null) return { ...common, at: "matched" };
      return { ...common, at: present ? "open" : "away" };
    case Phase.CLOSED:
      return state;
  }
}

function position(state: State, ahead: number): State {
  if (state.at !== "waiting") return state;
  const movedBack = !state.saying && state.ahead !== null && ahead > state.ahead;
  return { ...state, ahead, movedBack, saying: false };
}

function present(state: State, here: boolean): State {
  const next = { ...state, present: here, typing: here && state.typing };
  if (state.at === "open" || state.at === "away") return { ...next, at: here ? "open" : "away" };
  return next;
}

function over(state: State, ending: Ending): State {
  return { ...state, at: "ended", ending, typing: false, questions: [], share: false, trouble: null };
}

const endings: Readonly<Record<EndedBy, Ending>> = {
  [EndedBy.HELP_SEEKER]: "you",
  [EndedBy.COUNSELLOR]: "serverSaysCounsellor",
  [EndedBy.AWAY]: "away",
  [EndedBy.IDLE]: "idle",
  [EndedBy.TOO_LONG]: "tooLong",
  [EndedBy.UNKNOWN]: "unknown",
  [EndedBy.LOST]: "lost",
  // Not told to a help-seeker; should it come, it is the counsellor's end.
  [EndedBy.BOUNDARY]: "serverSaysCounsellor",
};

/** The server's word that it is over; it never overrules what was known from inside. */
function closed(state: State, by: EndedBy): State {
  if (state.at === "ended") return { ...state, erased: true };
  if (state.at !== "connecting" && !talking(state.at)) return state;
  const ended = { ...over(state, endings[by]), erased: true };
  return by === EndedBy.LOST ? { ...ended, at: "lost" } : ended;
}
