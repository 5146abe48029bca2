// SPDX-License-Identifier: AGPL-3.0-or-later
/** What a seat wants sent, as frames of a help-seeker's browser. */

import type { Outgoing, SealingCode, Slot } from "../sealing/types.ts";
import type { FromHelpSeeker } from "../wire.gen.ts";

/**
 * Offers that are refused in the ordinary course of things: the mailbox delivers an old one again, or the
 * person said no to it. They tell nothing about who made them.
 */
const QUIET: ReadonlySet<SealingCode> = new Set(["old_epoch", "out_of_state", "declined"]);

export function isQuiet(code: SealingCode): boolean {
  return QUIET.has(code);
}

/** Null: only a staff browser sends this. */
export function frameOf(slot: Slot, out: Outgoing): FromHelpSeeker | null {
  switch (out.kind) {
    case "envelope":
      return { frame: "Put", envelope: out.envelope };
    case "hello":
      return { frame: "Hello", slot, purpose: out.purpose, m1: out.m1 };
    case "resume":
      return { frame: "AskResume", slot, certId: out.certId };
    case "took":
      return { frame: "Took", slot, epoch: out.epoch, n: out.n };
    case "offer":
    case "reply":
      return null;
  }
}
