// SPDX-License-Identifier: AGPL-3.0-or-later
// The folder of the vectors, which only Node can look into.

import { readdirSync, readFileSync } from "node:fs";

export const FOLDER = new URL("../vectors/", import.meta.url);

/** Name and text of every vector file, those of the browser's own making too. */
export function vectorFiles(): (readonly [name: string, text: string])[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".txt"));
  return names.sort().map((name) => [name, readFileSync(new URL(name, FOLDER), "utf8")]);
}
