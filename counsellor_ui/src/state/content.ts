// SPDX-License-Identifier: AGPL-3.0-or-later
/** What the organisation has written and set, as its desk uses it (chat/rules/content.py has the shapes). */

import { t } from "../../../chat/browser/texts.ts";
import { Risk } from "../../../chat/browser/wire.gen.ts";
import type { QuickReply } from "./quick_replies.ts";

/** One code of a closed list, with its words in the language of the desk. */
export interface Choice {
  readonly code: string;
  readonly text: string;
}

/** The organisation's procedure: what may be passed on and to whom. */
export interface Procedure {
  readonly text: string;
  readonly checklist: readonly string[];
  /** Not the organisation's own yet. */
  readonly draft: boolean;
}

export interface Content {
  /** Languages in which conversations are held here. */
  readonly languages: readonly string[];
  readonly quickReplies: readonly QuickReply[];
  /** By the language of the conversation: what is sent before it is ended with a boundary. */
  readonly boundary: Readonly<Record<string, string>>;
  readonly procedure: Procedure | null;
  readonly matters: readonly Choice[];
  readonly risks: readonly Choice[];
  readonly outcomes: readonly Choice[];
  readonly referrals: readonly Choice[];
  /** The desk locks after so many minutes without a touch. */
  readonly lockMinutes: number;
  /** Length of the pause that is offered; 0: none is. */
  readonly pauseMinutes: number;
}

/** In the conversation's language, else in English, else in any there is; null: nothing was written. */
export function boundaryText(content: Content, language: string): string | null {
  const written = [content.boundary[language], content.boundary["en"], ...Object.values(content.boundary)];
  return written.find((text) => text !== undefined && text !== "") ?? null;
}

export const RISKS = [Risk.NONE, Risk.CONCERN, Risk.IMMINENT] as const;

export function riskText(risk: Risk): string {
  switch (risk) {
    case Risk.NONE:
      return t("No concern");
    case Risk.CONCERN:
      return t("Concern");
    case Risk.IMMINENT:
      return t("Imminent danger");
  }
}

/** What the flag is called in the organisation's list of risks, if that list knows it. */
export function riskCode(risk: Risk, risks: readonly Choice[]): string | null {
  const code = risk === Risk.NONE ? "none" : risk === Risk.CONCERN ? "concern" : "imminent";
  return risks.some((choice) => choice.code === code) ? code : null;
}
