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
 * `away` is the counsellor's absence. One's own dropped network is `link`, beside the state: the page
 * stays where it is and says that it is trying.
 */

import type { LinkState } from "../connection.ts";
import type { Line, LineState, SealingCode } from "../sealing/types.ts";
import { EndedBy, type ErrorCode, Phase } from "../wire.gen.ts";

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
  | "counsellor"
  | "serverSaysCounsellor"
  | "away"
  | "idle"
  | "tooLong"
  | "unknown"
  | "lost"
  | "fault";

export interface Counsellor {
  readonly alias: string;
  /** Fingerprint of the root that vouches for the alias. */
  readonly fingerprint: string;
}

/** Somebody asks to come in; nothing is answered before the person did. */
export interface Question {
  readonly alias: string;
  /** 2: takes the conversation over, 3: listens in. */
  readonly purpose: 2 | 3;
  readonly announced: boolean;
}

export interface State {
  readonly at: At;
  readonly link: LinkState;
  /** People before this one; null while not known. */
  readonly ahead: number | null;
  /** The place went back since the last position: somebody in acute need was let in. */
  readonly movedBack: boolean;
  readonly counsellor: Counsellor | null;
  /** Whether the counsellor's desk is connected. */
  readonly present: boolean;
  readonly lines: readonly Line[];
  readonly typing: boolean;
  readonly question: Question | null;
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
  | { readonly kind: "offered" }
  | { readonly kind: "back" }
  /** After a reload: whom the conversation was with; nothing is open yet. */
  | { readonly kind: "counsellor"; readonly counsellor: Counsellor }
  | { readonly kind: "active"; readonly counsellor: Counsellor }
  | { readonly kind: "presence"; readonly present: boolean }
  | { readonly kind: "lines"; readonly lines: readonly Line[] }
  | { readonly kind: "line"; readonly line: Line }
  | { readonly kind: "lineState"; readonly mid: string; readonly state: LineState }
  | { readonly kind: "typing"; readonly typing: boolean }
  | { readonly kind: "question"; readonly question: Question | null }
  | { readonly kind: "trouble"; readonly trouble: ErrorCode | SealingCode | null }
  | { readonly kind: "ending" }
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
  counsellor: null,
  present: false,
  lines: [],
  typing: false,
  question: null,
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
    case "offered":
      return state.at === "waiting" ? { ...state, at: "matched", ahead: null, movedBack: false } : state;
    case "back":
      return talking(state.at)
        ? { ...state, at: "waiting", counsellor: null, present: false, typing: false }
        : state;
    case "counsellor":
      return { ...state, counsellor: event.counsellor };
    case "active":
      return {
        ...state,
        at: "open",
        counsellor: event.counsellor,
        present: true,
        ahead: null,
        trouble: null,
      };
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
    case "question":
      return { ...state, question: event.question };
    case "trouble":
      return { ...state, trouble: event.trouble };
    case "ending":
      return over(state, "you");
    case "peerEnded":
      return over(state, "counsellor");
    case "dead":
      return over(state, "fault");
    case "superseded":
      return { ...first, at: "superseded" }; // nothing of the conversation stays on this screen
  }
}

function moved(line: Line, mid: string, state: LineState): Line {
  return line.mid === mid ? { ...line, state } : line;
}

function welcome(state: State, phase: Phase, present: boolean, keeps: boolean): State {
  const common = { ...state, keeps, present, trouble: null };
  switch (phase) {
    case Phase.WAITING:
      return { ...common, at: "waiting", present: false };
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
  return { ...state, ahead, movedBack: state.ahead !== null && ahead > state.ahead };
}

function present(state: State, here: boolean): State {
  const next = { ...state, present: here, typing: here && state.typing };
  if (state.at === "open" || state.at === "away") return { ...next, at: here ? "open" : "away" };
  return next;
}

function over(state: State, ending: Ending): State {
  return { ...state, at: "ended", ending, typing: false, question: null, trouble: null };
}

const endings: Readonly<Record<EndedBy, Ending>> = {
  [EndedBy.HELP_SEEKER]: "you",
  [EndedBy.COUNSELLOR]: "serverSaysCounsellor",
  [EndedBy.AWAY]: "away",
  [EndedBy.IDLE]: "idle",
  [EndedBy.TOO_LONG]: "tooLong",
  [EndedBy.UNKNOWN]: "unknown",
  [EndedBy.LOST]: "lost",
};

/** The server's word that it is over; it never overrules what was known from inside. */
function closed(state: State, by: EndedBy): State {
  if (state.at === "ended") return { ...state, erased: true };
  if (state.at !== "connecting" && !talking(state.at)) return state;
  const ended = { ...over(state, endings[by]), erased: true };
  return by === EndedBy.LOST ? { ...ended, at: "lost" } : ended;
}
