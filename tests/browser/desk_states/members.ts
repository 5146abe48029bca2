// SPDX-License-Identifier: AGPL-3.0-or-later
/** States of the desk with more than two in a conversation, and with something said among staff. */

import type { Line } from "../../../chat/browser/sealing/types.ts";
import type { Passing } from "../../../counsellor_ui/src/state/passing.ts";
import type { SideEvent, SideStage } from "../../../counsellor_ui/src/state/side_talk.ts";
import { NO_TALKS, step } from "../../../counsellor_ui/src/state/side_talk.ts";
import type { Stage } from "./fake.ts";
import { lineOf, sid, TALK } from "./fake.ts";

type Show = (stage: Stage) => void;

const talks =
  (show: Show): Show =>
  (stage) => {
    stage.on();
    stage.board();
    stage.come(1);
    stage.come(2, TALK.slice(0, 3));
    show(stage);
  };

const passes = (stage_: Passing["stage"], name: string | null = "Ben"): Show =>
  talks((stage) => stage.inside(1, { kind: "passing", passing: { name, stage: stage_ } }));

export const PASSINGS: Record<Passing["stage"], Show> = {
  colleague: passes("colleague"),
  person: passes("person"),
  agreed: passes("agreed"),
  not_now: passes("not_now"),
  nobody_there: passes("nobody_there"),
  declined: passes("declined"),
  lapsed: passes("lapsed"),
};

function relay(mid: string, origin: 0 | 1 | "h", text: string): Line {
  return { ...lineOf(mid, "peer", text, Date.now() / 1000), kind: "relay", origin };
}

const supervises =
  (counsellor: boolean): Show =>
  (stage) => {
    stage.on();
    stage.board();
    stage.come(3, [], { slot: 1 });
    const show = (line: Line): void => stage.inside(3, { kind: "line", seen: true, line }, 1);
    show(relay("r1", "h", "It has rained since this morning."));
    show(relay("r2", 0, "Rain all day. What did you do indoors?"));
    show(lineOf("r3", "own", "Good evening, I am here too.", Date.now() / 1000));
    stage.inside(3, { kind: "room", room: { counsellor, supervisor: true } }, 1);
  };

export const MEMBERS = {
  "giving back": passes("person", null),
  "given back": passes("agreed", null),
  "handover dialog": talks((stage) => {
    stage.app.joining.handing.value = sid(1);
  }),
  "a colleague asks": talks((stage) => stage.offered(1, 2)),
  newcomer: talks((stage) => stage.come(3, [], { asks: true })),
  joining: talks((stage) => stage.come(3, [], { slot: 1, asks: true })),
  supervising: supervises(true),
  "supervising alone": supervises(false),
  supervised: talks((stage) => {
    stage.inside(1, { kind: "room", room: { counsellor: true, supervisor: true } });
    const line = relay("s1", 1, "Good evening, I am here too.");
    stage.inside(1, { kind: "line", seen: true, line });
  }),
  summaries: talks((stage) => {
    const given = { ...lineOf("g1", "peer", "We spoke about the weather.", 0), kind: "summary" } as const;
    stage.inside(1, { kind: "line", seen: true, line: given });
    const own = { ...lineOf("g2", "own", "It rained, and they read.", 1), kind: "summary" } as const;
    stage.inside(2, { kind: "line", seen: true, line: own });
  }),
} as const satisfies Record<string, Show>;

const BEN = sid(2);

const among =
  (...events: readonly SideEvent[]): Show =>
  (stage) => {
    talks(() => undefined)(stage);
    const open: SideEvent = { kind: "open", device: BEN, name: "Ben" };
    const said = (mid: string, from: Line["from"], text: string): SideEvent => ({
      kind: "line",
      device: BEN,
      line: lineOf(mid, from, text, Date.now() / 1000),
    });
    const before = [open, said("1", "own", "Can you look at the blue one?"), said("2", "peer", "Yes, now.")];
    stage.app.side.talks.value = [...before, ...events].reduce(step, NO_TALKS);
  };

export const AMONG_STAFF: Record<SideStage | "unread", Show> = {
  opening: (stage) => {
    talks(() => undefined)(stage);
    const events: SideEvent[] = [
      { kind: "opening", device: BEN },
      { kind: "show", device: BEN },
    ];
    stage.app.side.talks.value = events.reduce(step, NO_TALKS);
  },
  open: among({ kind: "show", device: BEN }),
  away: among({ kind: "show", device: BEN }, { kind: "away", device: BEN }),
  over: among({ kind: "show", device: BEN }, { kind: "over", device: BEN, end: "lost_there" }),
  unread: among(),
};
