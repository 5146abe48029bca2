// SPDX-License-Identifier: AGPL-3.0-or-later
/** Quick replies: where a "/" asks for one, which ones fit, and how one goes into the draft. Pure. */

export interface QuickReply {
  readonly id: string;
  readonly language: string;
  readonly title: string;
  readonly text: string;
  /** Only this person's; else everybody's. */
  readonly personal: boolean;
}

/** The "/" and what was typed behind it, up to the cursor. */
export interface Slash {
  readonly start: number;
  readonly query: string;
}

/** How many are shown at once; whoever looks for another types one more letter. */
export const MOST_SHOWN = 8;

/** A "/" at the start of a word with the cursor in that word, else null ("and/or" asks for nothing). */
export function slashAt(text: string, cursor: number): Slash | null {
  const start = text.lastIndexOf("/", cursor - 1);
  if (start < 0 || cursor === 0) return null;
  const before = text[start - 1];
  if (before !== undefined && !/\s/.test(before)) return null;
  const query = text.slice(start + 1, cursor);
  return /\s/.test(query) ? null : { start, query };
}

/** Those that fit: the conversation's language first, one's own before everybody's, then by how well. */
export function matching(
  replies: readonly QuickReply[],
  query: string,
  language: string,
): readonly QuickReply[] {
  const wanted = folded(query);
  const fit = (reply: QuickReply): number => {
    const title = folded(reply.title);
    if (title.startsWith(wanted)) return 0;
    if (title.includes(` ${wanted}`)) return 1;
    if (title.includes(wanted)) return 2;
    return folded(reply.text).includes(wanted) ? 3 : 4;
  };
  const rated = replies.map((reply) => ({ reply, fit: fit(reply) })).filter((found) => found.fit < 4);
  const foreign = (reply: QuickReply): number => (reply.language === language ? 0 : 1);
  rated.sort(
    (a, b) =>
      foreign(a.reply) - foreign(b.reply) ||
      a.fit - b.fit ||
      Number(b.reply.personal) - Number(a.reply.personal) ||
      a.reply.title.localeCompare(b.reply.title),
  );
  return rated.slice(0, MOST_SHOWN).map(({ reply }) => reply);
}

/** Without accents and capitals: nobody types "é" to find something. */
function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

export interface Inserted {
  readonly text: string;
  /** Behind what was put in. */
  readonly cursor: number;
}

/** The reply in the place of the "/"; several of them go into one message, one after the other. */
export function insert(text: string, slash: Slash, cursor: number, reply: string): Inserted {
  const before = text.slice(0, slash.start);
  const after = text.slice(cursor);
  const gap = after === "" || /^\s/.test(after) ? "" : " ";
  const put = `${before}${reply}${gap}`;
  return { text: put + after, cursor: put.length };
}

/** Where a "/" must be put to ask for one at the cursor: apart from the word before it. */
export function opened(text: string, cursor: number): Inserted {
  const before = text.slice(0, cursor);
  const sign = before === "" || /\s$/.test(before) ? "/" : " /";
  return { text: before + sign + text.slice(cursor), cursor: cursor + sign.length };
}
