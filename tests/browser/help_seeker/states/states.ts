// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Every state of the help-seeker's page, by name. The names are made from the page's own closed sets: a new
 * place, ending, question, note or state of a line that has none here does not compile, and one here that
 * the test knows nothing of fails it.
 */

import type { Flaw } from "../../../../chat/browser/guard.ts";
import type { Kind } from "../../../../chat/browser/help_seeker/reveals.ts";
import type { Note, Question, State } from "../../../../chat/browser/help_seeker/state.ts";
import { type At, type Ending, first } from "../../../../chat/browser/help_seeker/state.ts";
import { panel, standing, trouble } from "../../../../chat/browser/help_seeker/words.ts";
import type { Line, LineState, SealingCode } from "../../../../chat/browser/sealing/types.ts";
import { About, ErrorCode, Left, Urgency } from "../../../../chat/browser/wire.gen.ts";

/** What is on the screen: a state, and then perhaps a press or a text in the field. */
export interface Shown {
  readonly state: State;
  /** Which button in the bar, where one is asked before it ends, or is erased. */
  readonly press?: "end" | "erase";
  readonly types?: string;
  /** What was on the screen before it, where the page says that something has changed. */
  readonly before?: State;
  /** So many minutes it has been on the screen. */
  readonly minutes?: number;
  /** Everything that is folded away while waiting is opened. */
  readonly unfolds?: true;
}

const ANNA = { alias: "Anna", fingerprint: "13579 24680 11223 34455 66778 89900" };
const SARA = { ...ANNA, alias: "Sara" };

let count = 0;
export function line(from: Line["from"], text: string, state: LineState = "delivered"): Line {
  count += 1;
  return {
    mid: String(count).padStart(32, "0"),
    from,
    kind: "text",
    text,
    state,
    seq: count,
    at: 0,
    alias: "Anna",
  };
}

const TALK = [
  line("own", "The weather is mild"),
  line("peer", "Good evening. It rains here."),
  line("own", "Is it still raining?\nIt was dry this morning."),
];

const waiting: State = { ...first, at: "waiting", link: "up", ahead: 3 };
const open: State = {
  ...first,
  at: "open",
  link: "up",
  counsellor: ANNA,
  present: true,
  lines: TALK,
};

const AT: Record<At, State> = {
  first,
  continue: { ...first, at: "continue" },
  connecting: { ...first, at: "connecting", link: "connecting" },
  waiting,
  matched: { ...waiting, at: "matched", ahead: null },
  open,
  away: { ...open, at: "away", present: false },
  ended: { ...open, at: "ended", ending: "you", erased: true },
  lost: { ...open, at: "lost", ending: "lost", erased: true },
  superseded: { ...first, at: "superseded" },
  refused: { ...first, at: "refused", refusal: "load" },
};

const ENDINGS: Record<Exclude<Ending, "lost">, Partial<State>> = {
  you: {},
  erased: { lines: [] },
  counsellor: {},
  serverSaysCounsellor: {},
  away: {},
  idle: {},
  tooLong: {},
  unknown: {},
  fault: {},
};

const joining = { key: "1", alias: "Ben", announced: true, same: false };
const QUESTIONS: Record<Question["kind"], readonly Question[]> = {
  handover: [
    { kind: "handover", ...joining },
    { kind: "handover", ...joining, announced: false },
    { kind: "handover", ...joining, same: true },
  ],
  supervise: [
    { kind: "supervise", ...joining, alias: "Sara" },
    { kind: "supervise", ...joining, alias: "Sara", announced: false },
  ],
  back: [{ kind: "back", key: "1" }],
  summary: [{ kind: "summary", key: "1", mid: "1", text: "We spoke about the weather.", alias: "Ben" }],
};

const NOTES: Record<Note["what"], Omit<Note, "what">> = {
  lost: { name: "Anna", other: null, after: 2 },
  gaveBack: { name: "Anna", other: null, after: 2 },
  left: { name: "Sara", other: "Anna", after: 2 },
  came: { name: "Anna", other: null, after: 2 },
  moved: { name: "Anna", other: "Ben", after: 2 },
  joined: { name: "Sara", other: null, after: 2 },
  notComing: { name: "Sara", other: null, after: 2 },
};

const LINES: Record<LineState, State> = {
  waiting: { ...waiting, lines: [line("own", "The weather is mild", "waiting")] },
  kept: { ...waiting, lines: [line("own", "The weather is mild", "kept")] },
  sent: { ...open, lines: [...TALK, line("own", "And now?", "sent")] },
  delivered: open,
  undelivered: { ...open, share: true, lines: [line("own", "Before Anna came", "undelivered"), ...TALK] },
};

const NOTICED: Record<Kind, string> = {
  phone: "My number is 06 12 34 56 78",
  email: "Write to anna@example.com",
  name: "My name is Willem",
  address: "I live in Dorpsstraat 12",
  handle: "Find me as @weather_2026",
};

const FLAWS: Record<Exclude<Flaw, "empty">, string> = {
  link: "look at www.example.org",
  tooLong: "ü".repeat(3000),
};

/** Of many codes that are told in the same words, the first. */
function distinct<Code extends string | number>(
  codes: readonly (readonly [string, Code])[],
  says: (code: Code) => string,
): (readonly [string, Code])[] {
  const told = new Set<string>();
  return codes.filter(([, code]) => !told.has(says(code)) && told.add(says(code)));
}

const named = <Code extends number>(set: Readonly<Record<string, Code>>) =>
  Object.entries(set) as readonly (readonly [string, Code])[];
const REFUSALS = distinct<ErrorCode | "load">([...named(ErrorCode), ["load", "load"]], (refusal) =>
  JSON.stringify(panel({ ...first, at: "refused", refusal })),
);
const SEALING: readonly SealingCode[] = ["clock_ahead", "bad_signature"];
const TROUBLES = distinct<ErrorCode | SealingCode>(
  [
    ...named<ErrorCode>({
      STORE_LOST: ErrorCode.STORE_LOST,
      LANE_FULL: ErrorCode.LANE_FULL,
      TOO_FAST: ErrorCode.TOO_FAST,
    }),
    ...SEALING.map((code) => [code, code] as const),
  ],
  (code) => trouble(code, ""),
);
const LEFT = distinct<Left>(named(Left), (why) => standing({ ...waiting, back: { why, name: "Anna" } }));

function* all(): Generator<readonly [string, Shown]> {
  for (const [at, state] of Object.entries(AT)) yield [`at: ${at}`, { state }];
  for (const [ending, more] of Object.entries(ENDINGS) as [Ending, Partial<State>][]) {
    yield [`ending: ${ending}`, { state: { ...AT.ended, ending, ...more } }];
  }
  for (const [kind, questions] of Object.entries(QUESTIONS)) {
    for (const [n, question] of questions.entries()) {
      yield [`question: ${kind} ${n + 1}`, { state: { ...open, questions: [question] } }];
    }
  }
  for (const [what, note] of Object.entries(NOTES)) {
    yield [`note: ${what}`, { state: { ...open, notes: [{ what, ...note } as Note] } }];
  }
  for (const [how, state] of Object.entries(LINES)) yield [`line: ${how}`, { state }];
  for (const [flaw, types] of Object.entries(FLAWS)) yield [`flaw: ${flaw}`, { state: open, types }];
  for (const [kind, types] of Object.entries(NOTICED)) yield [`noticed: ${kind}`, { state: open, types }];
  for (const [name, refusal] of REFUSALS) {
    yield [`refused: ${name}`, { state: { ...first, at: "refused", refusal } }];
  }
  for (const [name, code] of TROUBLES) yield [`trouble: ${name}`, { state: { ...open, trouble: code } }];
  for (const [name, why] of LEFT) {
    yield [`back: ${name}`, { state: { ...waiting, back: { why, name: "Anna" }, lines: TALK } }];
  }
  yield ["next in line", { state: { ...waiting, ahead: 0 } }];
  yield ["place not known", { state: { ...waiting, ahead: null } }];
  yield ["moved back", { state: { ...waiting, movedBack: true } }];
  yield ["short wait", { state: { ...waiting, expected: { least: 0, most: 3 } } }];
  yield ["long wait", { state: { ...waiting, expected: { least: 10, most: 45 } } }];
  yield ["long wait, no end known", { state: { ...waiting, expected: { least: 20, most: null } } }];
  const acute = { about: About.ME, urgency: Urgency.ACUTE };
  yield ["two taps", { state: { ...waiting, said: acute }, unfolds: true }];
  yield ["reading while waiting", { state: { ...waiting, expected: { least: 0, most: 3 } }, unfolds: true }];
  yield ["left the waiting room", { state: { ...AT.ended, counsellor: null, lines: [] } }];
  yield ["two taps, not heard yet", { state: { ...waiting, said: acute, heard: false }, unfolds: true }];
  yield ["nobody on duty", { state: { ...waiting, attended: false } }];
  yield ["nobody on duty any more", { state: { ...waiting, attended: false }, before: waiting }];
  yield ["waiting for long", { state: waiting, minutes: 16 }];
  yield ["waiting, no network", { state: { ...waiting, link: "down" } }];
  yield ["talking, no network", { state: { ...open, link: "down" } }];
  yield ["nothing is kept", { state: { ...open, keeps: false } }];
  yield ["typing", { state: { ...open, typing: true } }];
  yield ["supervisor here", { state: { ...open, supervisor: SARA } }];
  yield ["only the supervisor here", { state: { ...waiting, supervisor: SARA } }];
  yield ["share", { state: { ...open, share: true } }];
  yield ["stop waiting?", { state: waiting, press: "end" }];
  yield ["end it?", { state: open, press: "end" }];
  yield ["erase it?", { state: open, press: "erase" }];
  yield ["ended, not confirmed", { state: { ...AT.ended, erased: false } }];
  yield [
    "ended, not delivered",
    { state: { ...AT.ended, lines: [...TALK, line("own", "One more thing", "sent")] } },
  ];
  yield [
    "ended, last words",
    { state: { ...AT.ended, ending: "counsellor", lines: [...TALK, line("peer", "All the best.")] } },
  ];
}

export const STATES: ReadonlyMap<string, Shown> = new Map(all());
