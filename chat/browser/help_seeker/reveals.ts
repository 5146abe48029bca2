// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * What in a text may show who somebody is, seen before it is sent: twin of `reveals` in chat/rules/reveals.py,
 * which has the patterns and says why they are as they are. Loaded with the cryptography.
 */

import { BLANKS, KINDS, type Kind, SIGNS, SMOOTH, type View } from "./reveals.gen.ts";

export type { Kind };

const smooth = SMOOTH.map(([pattern, by]) => [new RegExp(pattern, "gu"), by] as const);
const blanks = BLANKS.map((pattern) => new RegExp(pattern, "gu"));
const signs = SIGNS.map(([kind, view, pattern]) => [kind, view, new RegExp(pattern, "u")] as const);

/** What a tidied text may show of who wrote it; empty when nothing is seen. */
export function reveals(text: string): readonly Kind[] {
  const typed = smooth.reduce((whole, [pattern, by]) => whole.replace(pattern, by), text);
  const small = typed.toLowerCase();
  const bare = blanks.reduce((whole, pattern) => whole.replace(pattern, "$1 ~ "), small);
  const views: Readonly<Record<View, string>> = { typed, small, bare };
  const found = new Set<Kind>();
  for (const [kind, view, pattern] of signs) if (pattern.test(views[view])) found.add(kind);
  return KINDS.filter((kind) => found.has(kind));
}
