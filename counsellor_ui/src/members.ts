// SPDX-License-Identifier: AGPL-3.0-or-later
/** Other people in conversations, and what staff say among themselves: both joined to the desk they belong to. */

import type { App } from "./app.ts";
import { vouched } from "./desk/colleagues.ts";
import { http } from "./desk/http.ts";
import type { Board } from "./desk/parts.ts";
import { now } from "./desk/random.ts";
import type { DayFrame, SwitchboardPorts } from "./desk/switchboard.ts";
import { Joining } from "./joining.ts";
import { SideTalking } from "./side_talking.ts";
import { watchBoard } from "./watching.ts";

type Desk = Pick<App, "desk" | "place" | "day" | "staff" | "supervises" | "trust" | "dispatch">;

export class Members {
  readonly joining: Joining;
  readonly side: SideTalking;
  readonly #app: Desk;

  constructor(app: Desk, board: () => Board | null) {
    this.#app = app;
    this.joining = new Joining({
      desk: app.desk,
      board: app.day.board,
      me: () => app.staff,
      colleagues: async () => vouched((await http.colleagues()).colleagues, app.trust, now()),
      switchboard: board,
      send: (frame) => board()?.tell(frame) ?? false,
      tell: (sid, event) => app.dispatch({ kind: "conversation", sid, event }),
      notice: (notice) => app.dispatch({ kind: "notice", notice }),
    });
    this.side = new SideTalking({
      send: (to, body) => board()?.tell({ frame: "PeerSend", to, body }) ?? false,
      wrote: () => app.day.asked(),
    });
    watchBoard(app, this, (frame) => void board()?.tell(frame));
  }

  /** What the switchboard tells of it. */
  ports(): Pick<SwitchboardPorts, "told" | "names" | "askedOver" | "peer" | "personSaid"> {
    return {
      told: (frame) => this.#told(frame),
      names: () => this.#app.desk.value.conversations.map((c) => c.sid),
      askedOver: () => this.#app.day.asked(),
      peer: (frame) => this.side.received(frame),
      personSaid: (sid, purpose, certId, yes) => this.joining.personSaid(sid, purpose, certId, yes),
    };
  }

  /** As a supervisor: the person is asked. A value, so that a row that gets it stays the same. */
  readonly join = (sid: string): void => {
    this.joining.supervise(sid);
    this.#app.place.value = "desk";
  };

  welcomed(): void {
    this.joining.welcomed();
    this.side.welcomed();
  }

  stop(): void {
    this.joining.stop();
    this.side.stop();
  }

  /** A supervisor who is on a call of ours is announced to the person it is about. */
  #told(frame: DayFrame): void {
    const { day } = this.#app;
    const before = day.alarms.value.own;
    day.told(frame);
    const { own } = day.alarms.value;
    if (own === null || own.sid === null || own.answeredBy === null || before?.answeredBy != null) return;
    void this.joining.announce(own.sid, own.answeredBy);
  }
}
