// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Every state of the open desk, by name. The names are made from the desk's own closed sets: a new
 * hindrance, stage, ending or place that has no state here does not compile, and a state here that the
 * test knows nothing of fails it.
 */

import { DutyStatus, EndedBy, Risk } from "../../../chat/browser/wire.gen.ts";
import type { Stop } from "../../../counsellor_ui/src/desk/switchboard.ts";
import { riskText } from "../../../counsellor_ui/src/state/content.ts";
import type { Ending, Stage as TalkStage } from "../../../counsellor_ui/src/state/conversation.ts";
import type { Hindrance } from "../../../counsellor_ui/src/state/duty.ts";
import type { Notice } from "../../../counsellor_ui/src/state/notices.ts";
import type { Pause } from "../../../counsellor_ui/src/state/pause.ts";
import type { Place } from "../../../counsellor_ui/src/state/screen.ts";
import type { WrapUp } from "../../../counsellor_ui/src/state/wrap_up.ts";
import type { Stage } from "./fake.ts";
import { MINUTE, sid, TALK } from "./fake.ts";
import { AMONG_STAFF, MEMBERS, PASSINGS } from "./members.ts";

type Show = (stage: Stage) => void;

const waits =
  (show: Show): Show =>
  (stage) => {
    stage.on();
    stage.room(4);
    show(stage);
  };

const talks =
  (show: Show): Show =>
  (stage) => {
    stage.on();
    stage.room(2);
    stage.come(1);
    stage.come(2, TALK.slice(0, 3));
    show(stage);
  };

const ends =
  (ending: Ending): Show =>
  (stage) => {
    stage.on();
    stage.come(1);
    stage.inside(1, { kind: "ended", ending });
  };

const wrapsUp =
  (state: WrapUp["state"]): Show =>
  (stage) => {
    ends("they_ended")(stage);
    for (const kind of ["matter", "outcome"] as const) {
      const code = kind === "matter" ? "own_thoughts" : "talked_it_through";
      stage.inside(1, { kind: "wrap_up", change: { kind, code } });
    }
    if (state !== "open") stage.inside(1, { kind: "wrap_up", change: { kind: state } });
  };

const HINDRANCES: Record<Hindrance, Show> = {
  not_connected: waits((stage) => {
    stage.app.link.value = "down";
  }),
  off_duty: (stage) => stage.room(4),
  on_break: (stage) => {
    stage.told({ frame: "Duty", status: DutyStatus.BREAK, languages: ["nl"], cap: 3, heavy: 1 });
    stage.room(4);
  },
  cap: waits((stage) => {
    for (const n of [1, 2, 3]) stage.come(n);
  }),
  asked: waits((stage) => stage.app.helpNext()),
  nobody_waits: (stage) => stage.on(),
  other_languages: (stage) => {
    stage.on();
    stage.room(3, () => "fr");
  },
  all_away: (stage) => {
    stage.on();
    stage.room(2, () => "nl", false);
  },
};

const STAGES: Record<TalkStage, Show> = {
  taking: (stage) => {
    stage.on();
    stage.come(1, []);
    const { app } = stage;
    const [c] = app.desk.value.conversations;
    if (c !== undefined) app.desk.value = { ...app.desk.value, conversations: [{ ...c, stage: "taking" }] };
  },
  open: talks((stage) => stage.line(2, "new", "peer", "The sun is out again.")),
  resuming: talks((stage) => stage.inside(1, { kind: "resuming" })),
  ended: ends("they_ended"),
};

const ENDINGS: Record<Ending, Show> = {
  they_ended: ends("they_ended"),
  we_ended: ends("we_ended"),
  damaged: ends("damaged"),
  handed_over: ends("handed_over"),
  given_back: ends("given_back"),
  lost_seat: ends("lost_seat"),
  declined: ends("declined"),
  lapsed: ends("lapsed"),
  removed: ends("removed"),
  left: ends("left"),
  [EndedBy.HELP_SEEKER]: ends(EndedBy.HELP_SEEKER),
  [EndedBy.COUNSELLOR]: ends(EndedBy.COUNSELLOR),
  [EndedBy.BOUNDARY]: ends(EndedBy.BOUNDARY),
  [EndedBy.AWAY]: ends(EndedBy.AWAY),
  [EndedBy.IDLE]: ends(EndedBy.IDLE),
  [EndedBy.TOO_LONG]: ends(EndedBy.TOO_LONG),
  [EndedBy.UNKNOWN]: ends(EndedBy.UNKNOWN),
  [EndedBy.LOST]: ends(EndedBy.LOST),
};

const RISKS: Record<Risk, Show> = {
  [Risk.NONE]: judged(Risk.NONE),
  [Risk.CONCERN]: judged(Risk.CONCERN),
  [Risk.IMMINENT]: judged(Risk.IMMINENT),
};

function judged(risk: Risk): Show {
  return talks((stage) => {
    stage.inside(1, { kind: "risk", risk });
    stage.app.judging.value = sid(1);
  });
}

const WRAP_UPS: Record<WrapUp["state"], Show> = {
  open: wrapsUp("open"),
  sending: wrapsUp("sending"),
  unsent: wrapsUp("unsent"),
};

const PAUSES: Record<Pause["kind"], Show> = {
  none: talks(() => undefined),
  offered: talks((stage) => {
    stage.app.closing.pause.value = { kind: "offered", abusive: true };
  }),
  taken: (stage) => {
    stage.told({ frame: "Duty", status: DutyStatus.BREAK, languages: ["nl"], cap: 3, heavy: 2 });
    stage.app.closing.pause.value = { kind: "taken", until: Date.now() + 7 * MINUTE };
    stage.come(1);
  },
};

const STOPS: Record<Exclude<Stop, "signed_out">, Show> = {
  superseded: stops("superseded"),
  held_elsewhere: stops("held_elsewhere"),
  out_of_date: stops("out_of_date"),
  no_certificate: stops("no_certificate"),
};

function stops(why: Stop): Show {
  return ({ app }) => {
    app.stopped.value = why;
  };
}

/** Notices of their own; the others are told beside "help next". */
const NOTICES: Record<Exclude<Notice, Hindrance>, Show> = {
  taken_by_another: notices("taken_by_another"),
  not_available: notices("not_available"),
  nobody_for_you: notices("nobody_for_you"),
  closed_intake: notices("closed_intake"),
  not_allowed: notices("not_allowed"),
  store_lost: notices("store_lost"),
  too_fast: notices("too_fast"),
  not_kept: notices("not_kept"),
  ended_while_away: notices("ended_while_away"),
  lost: notices("lost"),
  supervisor_declined: notices("supervisor_declined"),
  went_wrong: notices("went_wrong"),
};

function notices(notice: Notice): Show {
  return (stage) => stage.app.dispatch({ kind: "notice", notice });
}

/** The other places have tests with a service. */
const PLACES: Record<Exclude<Place, "team" | "manage" | "replies" | "devices">, Show> = {
  desk: talks(() => undefined),
  board: (stage) => {
    stage.on();
    stage.room(7);
    stage.board();
    stage.app.place.value = "board";
  },
};

const OTHERS = {
  "duty dialog, off": (stage) => stage.app.chooseDuty(),
  "duty dialog, on": talks((stage) => stage.app.chooseDuty()),
  "heavy contacts": (stage) => {
    stage.on(2);
    stage.room(1);
  },
  "a full room": (stage) => {
    stage.on();
    stage.room(63);
  },
  "three conversations": talks((stage) => {
    stage.come(3, [...TALK, ...TALK]);
    stage.line(2, "new", "peer", "The sun is out again.");
    stage.inside(3, { kind: "risk", risk: Risk.CONCERN });
    stage.app.select(sid(1));
  }),
  "left and back": talks((stage) => {
    stage.inside(1, { kind: "presence", present: false });
    stage.line(1, "meanwhile", "own", "Take your time.");
    stage.inside(1, { kind: "presence", present: true });
    stage.inside(2, { kind: "presence", present: false });
  }),
  "a line not delivered": (stage) => {
    ends("they_ended")(stage);
    stage.inside(1, { kind: "state", mid: "1-3", state: "undelivered" });
  },
  "the lane is full": talks((stage) => stage.inside(1, { kind: "lane_full" })),
  alarms: (stage) => {
    stage.on();
    stage.board();
    stage.alarm(1, 1);
    stage.alarm(2, 0, 3);
    stage.alarm(3, 0, 4);
    stage.alarmAnswered(3, 5);
    stage.come(1);
  },
  "own call": talks((stage) => {
    stage.board();
    stage.app.day.askHelp(sid(1));
  }),
  "own call, answered": talks((stage) => {
    stage.board();
    stage.app.day.askHelp(sid(1));
    stage.alarmAnswered(9, 3);
  }),
  "end dialog": talks((stage) => {
    stage.app.ending.value = sid(1);
  }),
  "sign-out dialog": talks((stage) => {
    stage.app.leaving.value = true;
  }),
  shortcuts: talks((stage) => {
    stage.app.sheet.value = true;
  }),
  locked: talks((stage) => {
    stage.line(2, "new", "peer", "The sun is out again.");
    stage.app.locking.lock();
  }),
} as const satisfies Record<string, Show>;

function named<K extends PropertyKey>(kind: string, shows: Record<K, Show>): [string, Show][] {
  return Object.entries<Show>(shows).map(([name, show]) => [`${kind}: ${name}`, show]);
}

export const STATES: ReadonlyMap<string, Show> = new Map([
  ...named("help next", HINDRANCES),
  ...named("stage", STAGES),
  ...named("ending", ENDINGS),
  ...Object.entries(RISKS).map(([risk, show]): [string, Show] => [
    `risk: ${riskText(Number(risk) as Risk)}`,
    show,
  ]),
  ...named("wrap-up", WRAP_UPS),
  ...named("pause", PAUSES),
  ...named("stopped", STOPS),
  ...named("notice", NOTICES),
  ...named("place", PLACES),
  ...named("passing", PASSINGS),
  ...named("members", MEMBERS),
  ...named("among staff", AMONG_STAFF),
  ...Object.entries<Show>(OTHERS),
]);
