// SPDX-License-Identifier: AGPL-3.0-or-later
/** What the app has from outside, so that its screens can be tried without a service. */

import type { Bell } from "./bell.ts";
import { BrowserBell } from "./bell.ts";
import type { SwitchboardPorts } from "./switchboard.ts";
import { Switchboard } from "./switchboard.ts";

/** What the app asks of a switchboard. */
export type Board = Pick<
  Switchboard,
  "start" | "stop" | "retryNow" | "take" | "helpNext" | "tell" | "join" | "answerHandover"
> & {
  readonly seats: Pick<
    Switchboard["seats"],
    "draft" | "say" | "end" | "done" | "propose" | "summarise" | "takeBack"
  >;
};

export interface Parts {
  readonly bell: Bell;
  board(ports: SwitchboardPorts): Board;
}

export function browserParts(): Parts {
  return { bell: new BrowserBell(), board: (ports) => new Switchboard(ports) };
}
