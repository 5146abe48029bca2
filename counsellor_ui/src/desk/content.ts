// SPDX-License-Identifier: AGPL-3.0-or-later
/** What the service tells of the organisation's content (chat/rules/content.py), in the language of this desk. */

import type { Choice, Content, Procedure } from "../state/content.ts";
import type { QuickReply } from "../state/quick_replies.ts";

interface ReplyTold {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

type Languages<T> = Readonly<Record<string, T>>;

interface ChoiceTold {
  readonly id: string;
  readonly labels: Languages<string>;
  readonly retired: boolean;
}

/** The part of the answer that is used. */
export interface ContentTold {
  readonly limits: {
    readonly languages: readonly string[];
    readonly idle_lock_min: number;
    readonly pause_min: number;
  };
  readonly quick_replies: { readonly languages: Languages<readonly ReplyTold[]> };
  readonly own_quick_replies: { readonly value: { readonly languages: Languages<readonly ReplyTold[]> } };
  readonly choices: Readonly<Record<"matters" | "risks" | "outcomes" | "referrals", readonly ChoiceTold[]>>;
  readonly procedure: {
    readonly languages: Languages<{ readonly text: string; readonly checklist: readonly string[] }>;
    readonly draft: boolean;
  };
  readonly texts: { readonly languages: Languages<{ readonly boundary: string }> };
}

export function contentOf(told: ContentTold, language: string): Content {
  const choices = (list: readonly ChoiceTold[]): readonly Choice[] =>
    list
      .filter(({ retired }) => !retired)
      .map(({ id, labels }) => ({ code: id, text: inLanguage(labels, language) ?? id }));
  const boundary = Object.entries(told.texts.languages).map(([tag, words]) => [tag, words.boundary]);
  return {
    languages: told.limits.languages,
    quickReplies: [
      ...replies(told.quick_replies.languages, false),
      ...replies(told.own_quick_replies.value.languages, true),
    ],
    boundary: Object.fromEntries(boundary) as Readonly<Record<string, string>>,
    procedure: procedureOf(told.procedure, language),
    matters: choices(told.choices.matters),
    risks: choices(told.choices.risks),
    outcomes: choices(told.choices.outcomes),
    referrals: choices(told.choices.referrals),
    lockMinutes: told.limits.idle_lock_min,
    pauseMinutes: told.limits.pause_min,
  };
}

function procedureOf(told: ContentTold["procedure"], language: string): Procedure | null {
  const card = inLanguage(told.languages, language);
  return card === null ? null : { text: card.text, checklist: card.checklist, draft: told.draft };
}

function replies(languages: Languages<readonly ReplyTold[]>, personal: boolean): readonly QuickReply[] {
  return Object.entries(languages).flatMap(([language, list]) =>
    list.map(({ id, name, text }) => ({
      // The same name may stand in two languages, and in one's own.
      id: `${personal ? "own" : "all"}-${language}-${id}`,
      language,
      title: name,
      text,
      personal,
    })),
  );
}

/** In this language, else in English, else in any there is. */
function inLanguage<T>(languages: Languages<T>, language: string): T | null {
  return languages[language] ?? languages["en"] ?? Object.values(languages)[0] ?? null;
}
