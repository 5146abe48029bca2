// SPDX-License-Identifier: AGPL-3.0-or-later
/** What the counsellor's seat wants sent, as frames of the wire. */

import type { Outgoing } from "../sealing/types.ts";
import type { FromHelpSeeker } from "../wire.gen.ts";

/** Slot of the counsellor. */
export const COUNSELLOR = 0;

/** Null: only a staff browser sends this. */
export function frameOf(out: Outgoing): FromHelpSeeker | null {
  switch (out.kind) {
    case "envelope":
      return { frame: "Put", envelope: out.envelope };
    case "hello":
      return { frame: "Hello", slot: COUNSELLOR, m1: out.m1 };
    case "resume":
      return { frame: "AskResume", slot: COUNSELLOR, certId: out.certId };
    case "took":
      return { frame: "Took", slot: COUNSELLOR, epoch: out.epoch, n: out.n };
    case "offer":
    case "reply":
      return null;
  }
}
