// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The help-seeker's page comes alive: the start button works as soon as this small script ran; the
 * cryptography is fetched meanwhile, while the page is being read.
 */

import "../../web/pages/static/help-seeker.css";

import { Connection, socketAddress } from "../connection.ts";
import { catalogues } from "../locale/index.gen.ts";
import { t, useCatalogue } from "../texts.ts";
import type { Around } from "./around.ts";
import { Conversation } from "./conversation.ts";
import { sessionKeep } from "./keep.ts";
import { armLeaving } from "./leave.ts";
import { loadSealing, type Sealed } from "./load.ts";
import { showOpening } from "./opens.ts";
import { Page } from "./page.ts";
import { canSeal, offerPlain } from "./plain.ts";
import { type Event, first, type State, step } from "./state.ts";
import type { Work, WorkSource } from "./work.ts";

/** Elements the first page always has; without them this is not our page. */
function part<Kind extends HTMLElement>(id: string, kind: abstract new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new TypeError("this script belongs to the first page");
  return found;
}

const keep = sessionKeep();
const leaving = part("leave", HTMLAnchorElement);
// Fetched at once, awaited when needed. A failure is met there, so it must not count as unhandled here.
let sealing = canSeal() ? loadSealing() : Promise.reject<Sealed>(new TypeError("nothing can be sealed here"));
sealing.then(startWork).catch(() => undefined);
let work: Work | null = null;
let state: State = first;
let conversation: Conversation | null = null;
let current = 0;

const page = new Page(part("first", HTMLElement), part("talk", HTMLElement), {
  say: async (text) => (await conversation?.say(text)) ?? false,
  typing: () => conversation?.typing(),
  keepDraft: (text) => conversation?.keepDraft(text),
  end: (erase) => void conversation?.end(erase),
  feel: (after, weight) => conversation?.feel(after, weight) ?? false,
  answer: (key, yes) => conversation?.answer(key, yes),
  share: (yes) => conversation?.share(yes, t("Help-seeker"), t("Counsellor")),
  again: (mid) => conversation?.again(mid),
  describe: (said) => conversation?.room.describe(said),
  resume: () => void begin((around) => Conversation.resume(around)),
  abandon: () => void abandon(),
  reload: () => location.reload(),
  leave: () => leaving.click(),
});

function tell(event: Event): void {
  const next = step(state, event);
  if (next === state) return;
  state = next;
  page.show(state);
  if (event.kind === "welcome" && conversation !== null) page.restoreDraft(conversation.draft);
}

/** The work of a start is done while the page is being read. */
function startWork({ sealing: { Work } }: Sealed): WorkSource {
  work ??= new Work({ fetchJson, now: () => Date.now() / 1000 });
  work.begin();
  return work;
}

async function fetchJson(path: string): Promise<unknown> {
  const answer = await fetch(path, { cache: "no-store", credentials: "omit" });
  if (!answer.ok) throw new TypeError("not to be had now");
  return answer.status === 204 ? null : answer.json();
}

async function surroundings(hear: (event: Event) => void): Promise<Around> {
  const loaded = await sealing.catch(() => {
    sealing = loadSealing(); // once more: the first try may have met a bad moment of the network
    return sealing;
  });
  page.use(loaded.sealing);
  return {
    ...loaded,
    url: socketAddress(),
    language: document.documentElement.lang,
    keep,
    work: startWork(loaded),
    connect: (wiring) => new Connection(wiring),
    now: () => Date.now() / 1000,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    after: (milliseconds, call) => {
      const timer = setTimeout(call, milliseconds);
      return () => clearTimeout(timer);
    },
    tell: hear,
  };
}

async function begin(open: (around: Around) => Promise<Conversation | null>): Promise<void> {
  const before = state;
  tell({ kind: "start" });
  if (state === before) return; // pressed twice
  const mine = ++current; // what an earlier conversation of this page still says is not listened to
  try {
    conversation = await open(await surroundings((event) => (mine === current ? tell(event) : undefined)));
    if (conversation === null) tell({ kind: "again" });
  } catch {
    tell({ kind: "refused", refusal: "load" });
  }
}

async function abandon(): Promise<void> {
  tell({ kind: "again" });
  try {
    await Conversation.abandon(await surroundings(() => undefined));
  } catch {
    keep.clear();
  }
}

async function main(): Promise<void> {
  showOpening();
  armLeaving(leaving, () => {
    conversation?.vanish();
    keep.clear();
  });
  const load = catalogues[document.documentElement.lang];
  // Without its catalogue the page goes on in English: a button that never works would be worse.
  if (load !== undefined) useCatalogue(await load().catch(() => null));
  const start = document.getElementById("start");
  if (!canSeal()) return offerPlain(document);
  if (start instanceof HTMLButtonElement) {
    start.addEventListener("click", () => void begin((around) => Conversation.begin(around)));
    start.disabled = false;
  }
  if (keep.read() !== null) tell({ kind: "found" });
}

void main();
