// SPDX-License-Identifier: AGPL-3.0-or-later
/** What somebody who waits has said by taps, and what is told of the wait. */

import { About, Urgency } from "../wire.gen.ts";

export interface Said {
  readonly about: About;
  readonly urgency: Urgency;
}

/** Minutes from now on; `most` null: more than `least`, and nobody can say how much. */
export interface Expected {
  readonly least: number;
  readonly most: number | null;
}

export const nothingSaid: Said = { about: About.UNSAID, urgency: Urgency.USUAL };

export function sameSaid(one: Said, other: Said): boolean {
  return one.about === other.about && one.urgency === other.urgency;
}
