// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * What may be sent from either side: text that fits in one envelope and holds no web link.
 *
 * The link rule looks for what a person would have to paste or type to lead somebody elsewhere. It is
 * deliberately blind to a full stop without a space ("home.It was"): a refusal there would hurt
 * somebody who writes fast. It is no defence against a hostile browser; the other side renders plain
 * text whatever it gets.
 */

/** Longest line in bytes of UTF-8; the sealing's own limit, which is in the chunk that comes later. */
export const MOST_BYTES = 4068;

export type Flaw = "empty" | "tooLong" | "link";

// Country codes that are also words of a supported language (be, de, it, la, me, no, so ...) are left out.
const SCHEME = /\b[a-z][a-z0-9+.-]{1,15}:\/\/\S/i;
const WWW = /(^|[^\p{L}\p{N}])www\.\S/iu;
const ENDINGS = "com|net|org|info|biz|xyz|onion|i2p|eu|nl|fr|uk|ch|ru|pl|cz|dk|ua|cn|jp|br";
// Small letters only: after a forgotten space a sentence goes on with a capital ("thuis.Net toen ...").
const NAME = new RegExp(String.raw`[\p{L}\p{N}]\.(?:${ENDINGS})(?![\p{L}\p{N}-])`, "u");
const PATH = /[\p{L}\p{N}]\.[a-z]{2,10}(?::\d{2,5})?\/[\p{L}\p{N}?#%_~-]/u;
// An e-mail address leads nowhere by itself. Whether it may be sent is asked elsewhere (help_seeker/reveals.ts).
const MAIL = /[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,24}/g;

/** Whether the text holds something that looks like a web link. */
export function hasLink(text: string): boolean {
  return SCHEME.test(text) || WWW.test(text) || PATH.test(text) || NAME.test(text.replace(MAIL, " "));
}

/** Length as it counts: bytes of UTF-8. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** What is sent of what was typed: without blank ends, and the same for every keyboard. */
export function tidy(text: string): string {
  return text.normalize("NFC").replace(/\r\n?/g, "\n").trim();
}

/** Why a (tidied) text can't be sent, or null. */
export function flaw(text: string): Flaw | null {
  if (text === "") return "empty";
  if (bytesOf(text) > MOST_BYTES) return "tooLong";
  return hasLink(text) ? "link" : null;
}
