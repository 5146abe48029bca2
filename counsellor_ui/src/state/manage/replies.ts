// SPDX-License-Identifier: AGPL-3.0-or-later
/** Quick replies while they are edited. Pure. */

import { hasLink } from "../../../../chat/browser/guard.ts";
import { t } from "../../../../chat/browser/texts.ts";
import type { QuickReplies, QuickReply } from "./content.ts";
import { newId } from "./content.ts";

export const LONGEST_NAME = 40;
export const LONGEST_TEXT = 1000;
export const MOST_REPLIES = 60;

/** - twice: two of one language that can't be told apart while typing "/"
 *  - link: it would be refused when it is sent */
export type ReplyProblem = "no_name" | "twice" | "no_text" | "too_long" | "link";

export function replyProblems(all: readonly QuickReply[], index: number): readonly ReplyProblem[] {
  const own = all[index];
  if (own === undefined) return [];
  const found: ReplyProblem[] = [];
  const name = folded(own.name);
  if (name === "") found.push("no_name");
  else if (all.some((other, at) => at !== index && folded(other.name) === name)) found.push("twice");
  if (own.text.trim() === "") found.push("no_text");
  if ([...own.name].length > LONGEST_NAME || [...own.text].length > LONGEST_TEXT) found.push("too_long");
  if (hasLink(own.text)) found.push("link");
  return found;
}

export function countProblems({ languages }: QuickReplies): number {
  return Object.values(languages).flatMap((all) => all.flatMap((_, index) => replyProblems(all, index)))
    .length;
}

function folded(name: string): string {
  return name.trim().toLowerCase();
}

/** One more, empty, with a name for good that no other has. */
export function added(all: readonly QuickReply[]): readonly QuickReply[] {
  const id = newId(
    "reply",
    all.map((reply) => reply.id),
  );
  return [...all, { id, name: "", text: "" }];
}

/** With one language's replies changed; a language without any is left out. */
export function withLanguage(
  replies: QuickReplies,
  language: string,
  all: readonly QuickReply[],
): QuickReplies {
  const others = Object.entries(replies.languages).filter(([name]) => name !== language);
  return { languages: Object.fromEntries(all.length === 0 ? others : [...others, [language, all]]) };
}

export function replyProblemText(problem: ReplyProblem): string {
  switch (problem) {
    case "no_name":
      return t("Give it a name to find it by.");
    case "twice":
      return t("Another one of this language has the same name.");
    case "no_text":
      return t("Write the text.");
    case "too_long":
      return t("This is too long.");
    case "link":
      return t("Links are not sent. Say where it can be found instead.");
  }
}
