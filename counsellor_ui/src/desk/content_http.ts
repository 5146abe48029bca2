// SPDX-License-Identifier: AGPL-3.0-or-later
/** The routes for managing: what the organisation says and decides, its figures, what staff did. */

import type { StaffAction } from "../state/manage/actions.ts";
import type { Choices, Kind, Limits, QuickReplies, Values } from "../state/manage/content.ts";
import type { Kept } from "../state/manage/editing.ts";
import type { Figures } from "../state/manage/figures.ts";
import { call } from "./http.ts";

/** One change of a kind: on which day ("YYYY-MM-DD"), and by whom; null when that person has left. */
export interface Version {
  readonly version: number;
  readonly at: string;
  readonly alias: string | null;
}

/** What every desk may read of the organisation's content; here only what these pages use. */
export interface Content {
  readonly limits: Limits;
  readonly choices: Choices;
  readonly own_quick_replies: Kept<QuickReplies>;
}

export const content = {
  all: () => call<Content>("GET", "content"),
  get: <K extends Kind>(kind: K) => call<Kept<Values[K]>>("GET", `manage/${kind}`),
  put: <K extends Kind>(kind: K, version: number, value: Values[K]) =>
    call<Kept<Values[K]>>("PUT", `manage/${kind}`, { version, value }),
  versions: (kind: Kind) => call<{ versions: Version[] }>("GET", `manage/${kind}/versions`),
  /** What it was; version 0 is what came with the program. */
  version: <K extends Kind>(kind: K, version: number) =>
    call<Kept<Values[K]>>("GET", `manage/${kind}/versions/${version}`),
  putOwnQuickReplies: (version: number, value: QuickReplies) =>
    call<Kept<QuickReplies>>("PUT", "my/quick-replies", { version, value }),
  /** Months as "YYYY-MM", both included. */
  figures: (first: string, last: string) => call<Figures>("GET", `figures?from=${first}-01&to=${last}-01`),
  staffActions: () => call<{ entries: StaffAction[] }>("GET", "audit"),
};
