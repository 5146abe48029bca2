// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Whether this desk looks at the board. The server sends it to those who look, so that what a change costs does
 * not grow with the desks that are open.
 *
 * A supervisor on duty looks always; a counsellor while a colleague's name or place is needed: somebody is to be
 * handed to, asks, is written to, or was called.
 */

import { effect } from "@preact/signals";
import { DutyStatus } from "../../chat/browser/wire.gen.ts";
import type { App } from "./app.ts";

type Seen = Pick<App, "day" | "desk" | "place" | "supervises">;

export function looks(app: Seen, { joining, side }: Pick<App, "joining" | "side">): boolean {
  if (app.supervises && app.day.duty.value.status !== DutyStatus.OFF) return true;
  return (
    app.place.value === "board" ||
    joining.handing.value !== null ||
    side.looking.value ||
    side.talks.value.talks.length > 0 ||
    app.day.alarms.value.own !== null ||
    app.desk.value.offers.length > 0
  );
}

/** Tells the server, after every welcome and whenever it changes. */
export function watchBoard(
  app: Seen,
  members: Pick<App, "joining" | "side">,
  tell: (frame: { readonly frame: "WatchBoard"; readonly watch: boolean }) => void,
): void {
  let told = -1;
  let last = false;
  effect(() => {
    const welcomes = app.day.welcomes.value;
    const watch = looks(app, members);
    if (welcomes === 0 || (welcomes === told && watch === last)) return;
    told = welcomes;
    last = watch;
    tell({ frame: "WatchBoard", watch });
  });
}
