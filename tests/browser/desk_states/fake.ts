// SPDX-License-Identifier: AGPL-3.0-or-later
/** A desk without a service: what is sent is written down, what comes in is given by hand. */

import type { Bytes } from "../../../chat/browser/sealing/api.ts";
import { fromHex, toBase64url } from "../../../chat/browser/sealing/api.ts";
import type { Line, Slot } from "../../../chat/browser/sealing/types.ts";
import type { EndHow, FromDesk, ToDesk } from "../../../chat/browser/wire.gen.ts";
import { About, DutyStatus, Risk, Urgency } from "../../../chat/browser/wire.gen.ts";
import { App } from "../../../counsellor_ui/src/app.ts";
import type { Bell, Ring } from "../../../counsellor_ui/src/desk/bell.ts";
import type { Mine } from "../../../counsellor_ui/src/desk/identity.ts";
import type { Board, Parts } from "../../../counsellor_ui/src/desk/parts.ts";
import type { DayFrame, SwitchboardPorts } from "../../../counsellor_ui/src/desk/switchboard.ts";
import type { Content } from "../../../counsellor_ui/src/state/content.ts";
import { EMPTY_DESK } from "../../../counsellor_ui/src/state/desk.ts";
import type { Me } from "../../../counsellor_ui/src/state/people.ts";

export const MINUTE = 60_000;

export const sid = (n: number): string => n.toString(16).padStart(32, "0");
export const id16 = (n: number): Bytes => fromHex(sid(n));
const id32 = (n: number): Bytes => fromHex(n.toString(16).padStart(64, "0"));

export type Sent =
  | { readonly what: "say" | "draft"; readonly sid: string; readonly text: string }
  | { readonly what: "end"; readonly sid: string; readonly how: EndHow }
  | { readonly what: "help_next" }
  | { readonly what: "take"; readonly sid: string }
  | { readonly what: "frame"; readonly frame: string };

/** Writes down what rings; the browser's own is tried by ear. */
export class SilentBell implements Bell {
  readonly rung: Ring[] = [];
  readonly notified: Ring[] = [];
  prepare = async (): Promise<void> => undefined;
  sound = (ring: Ring): void => void this.rung.push(ring);
  notify = (ring: Ring): void => void this.notified.push(ring);
  clear = (): void => undefined;
  title = (text: string): void => {
    document.title = text;
  };
  permission = (): "granted" => "granted";
}

const ME = 1;
const FRAMES: Readonly<Record<string, (frame: FromDesk) => ToDesk | null>> = {
  SetDuty: (frame) =>
    frame.frame === "SetDuty"
      ? { frame: "Duty", status: frame.status, languages: frame.languages, cap: 3, heavy: 0 }
      : null,
  AnswerAlarm: (frame) =>
    frame.frame === "AnswerAlarm"
      ? { frame: "AlarmAnswered", alarm: frame.alarm, by: id16(ME), device: id16(ME) }
      : null,
};

export class Stage {
  readonly sent: Sent[] = [];
  readonly bell = new SilentBell();
  readonly app: App;
  #ports: SwitchboardPorts | null = null;

  constructor() {
    const parts: Parts = { bell: this.bell, board: (ports) => this.#board(ports) };
    this.app = new App(false, parts);
  }

  /** Signed in as a supervisor or a counsellor, the desk open, off duty, nobody there. */
  async enter(roles: Me["person"]["roles"] = ["counsellor", "supervisor"]): Promise<void> {
    const { app } = this;
    const staff = toBase64url(id16(ME));
    const me: Me = {
      person: { id: staff, alias: "Anna", roles },
      device: { id: staff, ed: toBase64url(id32(ME)), created: "2026-11-01" },
      certificates: { manager: null, staff: null, issuer: null },
      demo: false,
      root_fingerprints: [],
      origin: location.origin,
    };
    const mine: Mine = {
      key: { ed: id32(ME), sign: async (bytes) => bytes },
      staff: { kind: "good", days: 40 },
      manager: { kind: "missing" },
      identity: { staff: id32(ME), manager: id32(ME), sign: async (bytes) => bytes },
      issuer: null,
    };
    app.screen.value = { kind: "signed_in", me, mine };
    await app.useHere();
    app.day.stop();
    app.closing.stop();
    app.joining.stop();
    app.side.stop();
    for (const open of [app.judging, app.ending]) open.value = null;
    app.desk.value = EMPTY_DESK;
    app.place.value = "desk";
    app.link.value = "up";
    app.content.value = CONTENT;
    app.locking.unlock();
    for (const open of [app.sheet, app.leaving]) open.value = false;
    this.sent.length = 0;
    this.told({ frame: "Duty", status: DutyStatus.OFF, languages: [], cap: 3, heavy: 0 });
  }

  told(frame: DayFrame): void {
    this.#ports?.told(frame);
  }

  on(heavy = 0): void {
    this.told({ frame: "Duty", status: DutyStatus.ON, languages: ["en", "nl"], cap: 3, heavy });
  }

  room(count: number, language = (i: number): string => (i % 3 === 2 ? "fr" : "nl"), present = true): void {
    const entries = Array.from({ length: Math.min(count, 50) }, (_, i) => ({
      sid: id16(1_000 + i),
      language: language(i),
      waited: 40 + ((i * 97) % 17) * 60,
      present: present && i % 5 !== 4,
      about: [About.ME, About.UNSAID, About.SOMEBODY_ELSE][i % 3] as About,
      urgency: i === 0 ? Urgency.ACUTE : i % 7 === 6 ? Urgency.CAN_WAIT : Urgency.USUAL,
      first: i === 1,
    }));
    this.#ports?.dispatch({ kind: "room", entries, total: count });
  }

  come(
    n: number,
    lines: readonly (readonly [from: "own" | "peer", text: string])[] = TALK,
    more: { readonly slot?: Slot; readonly asks?: boolean } = {},
  ): void {
    const at = Date.now() / 1000 - 60 * lines.length;
    this.#ports?.dispatch({
      kind: "came",
      from: {
        sid: more.slot === 1 ? `${sid(n)}.1` : sid(n),
        ...more,
        language: n % 2 === 0 ? "nl" : "en",
        present: true,
        lines: lines.map(([from, text], i) => lineOf(`${n}-${i}`, from, text, at + 60 * i)),
      },
    });
    if (more.asks !== true) this.inside(n, { kind: "active" }, more.slot);
  }

  /** What a colleague asks, and what staff say to each other. */
  offered(n: number, by: number): void {
    const asked = { sid: sid(100 + n), by: sid(by), language: "nl" };
    this.#ports?.dispatch({ kind: "offered", ...asked });
  }

  line(n: number, mid: string, from: "own" | "peer", text: string): void {
    this.inside(n, { kind: "line", seen: false, line: lineOf(mid, from, text, Date.now() / 1000) });
  }

  inside(
    n: number,
    event: Extract<Parameters<SwitchboardPorts["dispatch"]>[0], { kind: "conversation" }>["event"],
    slot: Slot = 0,
  ): void {
    this.#ports?.dispatch({ kind: "conversation", sid: slot === 1 ? `${sid(n)}.1` : sid(n), event });
  }

  board(people = 6, talks = 8): void {
    const names = ["Anna", "Ben", "Carla", "Dries", "Eva", "Farid", "Greet", "Hugo", "Ines", "Joris"];
    const since = Math.floor(Date.now() / 1000);
    this.told({
      frame: "Board",
      people: Array.from({ length: people }, (_, i) => ({
        staff: id16(ME + i),
        device: id16(ME + i),
        alias: `${names[i % names.length]}${i < names.length ? "" : ` ${Math.floor(i / names.length) + 1}`}`,
        supervisor: i % 5 === 0,
        status: [DutyStatus.ON, DutyStatus.ON, DutyStatus.BREAK, DutyStatus.OFF][i % 4] as DutyStatus,
        languages: i % 4 === 3 ? [] : ["nl", ...(i % 2 === 0 ? ["fr"] : [])],
        since: since - 60 * (3 + i * 11),
        conversations: (i * 2) % 4,
        heavy: i % 3,
      })),
      conversations: Array.from({ length: talks }, (_, i) => ({
        sid: id16(2_000 + i),
        staff: id16(ME + 1 + (i % Math.max(1, people - 1))),
        language: i % 3 === 0 ? "fr" : "nl",
        minutes: 2 + ((i * 13) % 75),
        risk: i === 2 ? Risk.IMMINENT : i % 4 === 1 ? Risk.CONCERN : Risk.NONE,
        supervisor: i === 2 ? id16(ME) : null,
      })),
    });
  }

  alarm(n: number, kind: 0 | 1, staff = ME + 1): void {
    const frame = {
      alarm: id32(n),
      kind,
      sid: id16(2_000),
      staff: id16(staff),
      device: id16(staff),
      since: 70,
    };
    this.told({ frame: "Alarm", ...frame });
  }

  alarmAnswered(n: number, by: number): void {
    this.told({ frame: "AlarmAnswered", alarm: id32(n), by: id16(by), device: id16(by) });
  }

  #board(ports: SwitchboardPorts): Board {
    this.#ports = ports;
    const tell = (frame: FromDesk): boolean => {
      this.sent.push({ what: "frame", frame: frame.frame });
      const answer = FRAMES[frame.frame]?.(frame) ?? null;
      if (answer !== null) queueMicrotask(() => this.told(answer as DayFrame));
      return true;
    };
    return {
      start: () => undefined,
      stop: () => undefined,
      retryNow: () => undefined,
      take: (chosen) => {
        this.sent.push({ what: "take", sid: chosen });
        ports.dispatch({ kind: "asked", sid: chosen });
      },
      helpNext: () => {
        this.sent.push({ what: "help_next" });
        ports.dispatch({ kind: "next", asked: true });
      },
      tell,
      join: (_, slot) => void this.sent.push({ what: "frame", frame: slot === 1 ? "Supervise" : "TakeOver" }),
      answerHandover: (which) => {
        this.sent.push({ what: "frame", frame: "AnswerHandover" });
        ports.dispatch({ kind: "offered", sid: which, by: null, language: "" });
      },
      seats: {
        propose: async () => undefined,
        takeBack: async () => undefined,
        summarise: async () => true,
        draft: (which, text) => void this.sent.push({ what: "draft", sid: which, text }),
        say: async (which, text) => {
          this.sent.push({ what: "say", sid: which, text });
          const mid = `said-${this.sent.length}`;
          const line = lineOf(mid, "own", text, Date.now() / 1000);
          ports.dispatch({ kind: "conversation", sid: which, event: { kind: "line", seen: true, line } });
          return true;
        },
        end: async (which, how) => {
          this.sent.push({ what: "end", sid: which, how });
          ports.dispatch({
            kind: "conversation",
            sid: which,
            event: { kind: "ended", ending: "we_ended" },
          });
        },
        done: () => undefined,
      },
    };
  }
}

export function lineOf(mid: string, from: "own" | "peer", text: string, at: number): Line {
  return { mid, from, kind: "text", text, state: "delivered", seq: 1, at };
}

export const TALK: readonly (readonly [from: "own" | "peer", text: string])[] = [
  ["peer", "Good evening. Is somebody there?"],
  ["own", "Good evening. Yes, I am here. How is the weather where you are?"],
  ["peer", "It has rained since this morning, and I did not go out."],
  ["own", "Rain all day. What did you do indoors?"],
  ["peer", "I read a little, and then I thought that I would write to you."],
];

export const CONTENT: Content = {
  languages: ["nl", "fr", "de", "en"],
  quickReplies: [
    ["greeting", "en", "Greeting", "Good evening. I am here. Where would you like to begin?", false],
    ["limits", "en", "Limits of confidentiality", "Before we go on: this is what stays between us.", false],
    ["ending", "en", "Ending", "We have some minutes left. What do you take with you?", false],
    ["groet", "nl", "Begroeting", "Goedenavond. Ik ben er. Waar wil je beginnen?", false],
    ["weather", "en", "Weather", "The weather is mild.", true],
  ].map(([id, language, title, text, personal]) => ({
    id,
    language,
    title,
    text,
    personal,
  })) as Content["quickReplies"],
  boundary: {
    en: "I end this conversation here. If you want to talk about what worries you, you are welcome.",
    nl: "Ik stop dit gesprek hier. Als je wilt praten over wat je bezighoudt, ben je welkom.",
  },
  procedure: {
    text: "Stay with the person. Ask what is happening now.\nNothing is passed on unless you and a supervisor decide it.",
    checklist: ["Asked who is in danger now", "A supervisor knows", "Said what we may have to pass on"],
    draft: true,
  },
  matters: choices("Own thoughts", "Own behaviour", "Somebody else", "Something else"),
  risks: [
    { code: "none", text: "No concern" },
    { code: "concern", text: "Concern" },
    { code: "imminent", text: "Imminent danger" },
  ],
  outcomes: choices("Talked it through", "Wants to come back", "Broke off", "No help-seeker"),
  referrals: choices("Self-help", "A therapist", "A crisis line", "The police"),
  lockMinutes: 10,
  pauseMinutes: 10,
};

function choices(...texts: readonly string[]): Content["matters"] {
  return texts.map((text) => ({ code: text.toLowerCase().replaceAll(" ", "_"), text }));
}
