// SPDX-License-Identifier: AGPL-3.0-or-later
/** What the counsellor's seat wants sent, as frames, and what it tells, as events of the page. */

import type { Outgoing, SeatChange } from "../sealing/types.ts";
import type { FromHelpSeeker } from "../wire.gen.ts";
import type { Event } from "./state.ts";

/** Slot of the counsellor. */
export const COUNSELLOR = 0;

/**
 * Offers that are refused in the ordinary course of things: the mailbox delivers an old one again, or the
 * person said no to it. They tell nothing about who made them.
 */
const QUIET: ReadonlySet<string> = new Set(["old_epoch", "out_of_state", "declined"]);

/** Null: only a staff browser sends this. */
export function frameOf(out: Outgoing): FromHelpSeeker | null {
  switch (out.kind) {
    case "envelope":
      return { frame: "Put", envelope: out.envelope };
    case "hello":
      return { frame: "Hello", slot: COUNSELLOR, purpose: out.purpose, m1: out.m1 };
    case "resume":
      return { frame: "AskResume", slot: COUNSELLOR, certId: out.certId };
    case "took":
      return { frame: "Took", slot: COUNSELLOR, epoch: out.epoch, n: out.n };
    case "offer":
    case "reply":
      return null;
  }
}

/** Null: the conversation itself acts on it, or a help-seeker's page has nothing to show for it. */
export function eventOf(change: SeatChange): Event | null {
  switch (change.kind) {
    case "line":
      return { kind: "line", line: change.line };
    case "state":
      return { kind: "lineState", mid: change.mid, state: change.state };
    case "needsConsent": {
      const { alias, purpose, announced } = change;
      return { kind: "question", question: { alias, purpose, announced } };
    }
    case "refusedOffer":
      return QUIET.has(change.code) ? null : { kind: "trouble", trouble: change.code };
    default:
      return null;
  }
}
