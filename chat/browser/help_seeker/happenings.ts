// SPDX-License-Identifier: AGPL-3.0-or-later
/** What happens around a conversation: who is there, what is asked, what is told between the lines. */

import type { Left } from "../wire.gen.ts";

/** Somebody of the staff, as their certificate says. */
export interface Person {
  readonly alias: string;
  /** Fingerprint of the root that vouches for the alias. */
  readonly fingerprint: string;
}

/** Somebody is to talk with the person from now on (handover), or to come in besides (supervise). */
export interface Joining<K extends "handover" | "supervise"> {
  readonly kind: K;
  readonly key: string;
  readonly alias: string;
  /** The counsellor said so inside the channel. */
  readonly announced: boolean;
  /** The one from before, who has lost what was written. */
  readonly same: boolean;
}

/** Something waits for the person's yes or no; nothing happens before. `key` names it for the answer. */
export type Question =
  | Joining<"handover">
  | Joining<"supervise">
  /** The counsellor proposes that the conversation goes to whoever is next. */
  | { readonly kind: "back"; readonly key: string }
  /** A summary for whoever comes next; they get it after a yes only. */
  | {
      readonly kind: "summary";
      readonly key: string;
      readonly mid: string;
      readonly text: string;
      readonly alias: string | null;
    };

/** Something that happened, told between the lines. */
export interface Note {
  readonly what: "lost" | "gaveBack" | "left" | "came" | "moved" | "joined" | "notComing";
  readonly name: string;
  /** moved: whom the newcomer came after. left: who is still here. */
  readonly other: string | null;
  /** How many lines stood before it. */
  readonly after: number;
}

/** Why somebody who had a counsellor waits again. `why` null: it happened while this page was away. */
export interface Back {
  readonly why: Left | null;
  /** Who was here. */
  readonly name: string | null;
}
