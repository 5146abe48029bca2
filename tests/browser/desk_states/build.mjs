// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Bundle a page of states as everything that is served is bundled, into the folder named: the desk's, or another.
 *
 *     node build.mjs FOLDER [SOURCE]
 */

import { mkdir, writeFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { build } from "esbuild";
import { options } from "../../../scripts/build.mjs";

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: node build.mjs FOLDER [SOURCE]");
const source = relative(options.absWorkingDir, process.argv[3] ?? join(import.meta.dirname, "page.tsx"));
const { outputFiles } = await build({
  ...options,
  entryPoints: { page: source },
  entryNames: "[name]",
  splitting: false,
});
await mkdir(folder, { recursive: true });
for (const { path, contents } of outputFiles) await writeFile(join(folder, basename(path)), contents);
