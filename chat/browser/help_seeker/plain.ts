// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The way without script, offered by itself where this browser can't seal.
 *
 * WebCrypto is for secure contexts only (W3C, Web Cryptography API, section 4). An onion address over plain
 * http is one in Tor Browser and is none in Chromium: there `crypto.subtle` is not there at all.
 */

/** Whether what somebody writes can be sealed here. */
export function canSeal(): boolean {
  return (crypto as { subtle?: SubtleCrypto }).subtle !== undefined;
}

/** The other way's button and words in the place of ours; they stand in the page already, out of sight. */
export function offerPlain(page: Document): void {
  page.getElementById("start")?.remove();
  for (const part of page.querySelectorAll<HTMLElement>("[data-plain]")) part.hidden = false;
}
