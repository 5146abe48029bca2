// SPDX-License-Identifier: AGPL-3.0-or-later
/** The world of a conversation, as arguments: time, chance, network, storage, keys and the screen. */

import type { Connection, Wiring } from "../connection.ts";
import type { Bytes, Trust } from "../sealing/types.ts";
import type { ToHelpSeeker } from "../wire.gen.ts";
import type { Keep } from "./keep.ts";
import type * as Seal from "./seal.ts";
import type { Event } from "./state.ts";
import type { WorkSource } from "./work.ts";

export interface Around {
  readonly url: string;
  readonly language: string;
  readonly keep: Keep;
  readonly sealing: typeof Seal;
  readonly trust: Trust;
  readonly work: WorkSource;
  connect(wiring: Wiring<ToHelpSeeker>): Connection<ToHelpSeeker>;
  /** Unix seconds. */
  now(): number;
  random(length: number): Bytes;
  after(milliseconds: number, call: () => void): () => void;
  tell(event: Event): void;
}
