// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Bundle the help-seeker's script and the desk into `build/`.
 *
 * `build/assets/` holds files whose names carry a hash of their content, so that they may be cached for
 * ever; `build/manifest.json` names them:
 *
 *   entries   entry -> { script, style? }: what a page refers to, as `/assets/<name>`
 *   imports   entry -> files the script imports at once, to be preloaded
 *   files     name -> { bytes, gzip, sha256 }: what a person compares who wants to know what was served
 *   modules   entry -> source file -> bytes it left in what this entry can load, dynamic imports included
 *
 * `/assets/trust.js` is written by the service at run time and stays an import.
 *
 * Run as a program it builds; imported, it says how, for the tests that try the same code in a browser.
 */

import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = resolve(import.meta.dirname, "..");
const out = join(root, "build", "assets");

/** Scripts, and styles that a page needs without any script. */
const entryPoints = {
  help_seeker: "chat/browser/help_seeker/main.ts",
  desk: "counsellor_ui/src/main.tsx",
  without_script: "chat/web/pages/static/without-script.css",
};

/**
 * How everything that is served is built.
 *
 * @satisfies {import("esbuild").BuildOptions}
 */
export const options = {
  absWorkingDir: root,
  outdir: out,
  write: false,
  metafile: true,
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  charset: "utf8",
  jsx: "automatic",
  jsxImportSource: "preact",
  tsconfigRaw: {}, // nothing of the type checker's settings changes what is built
  external: ["/assets/trust.js"],
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  legalComments: "none", // licenses.txt has them whole
  logLevel: "warning",
};

/**
 * Each entry is built by itself: what two entries share would otherwise be one file with the needs of
 * both, and a help-seeker would load the desk's half of it.
 *
 * @param {string} name
 * @param {string} source
 */
const bundle = (name, source) =>
  build({ ...options, entryPoints: { [name]: source }, chunkNames: `${name}-part-[hash]` });

/** @typedef {{ script?: string, style?: string }} Entry */
/** @typedef {{ bytes: number, gzip: number, sha256: string }} File */

/**
 * Everything reachable from an output by imports of these kinds, itself left out.
 *
 * @param {import("esbuild").Metafile["outputs"]} outputs
 * @param {string} start
 * @param {readonly string[]} kinds
 */
function reachable(outputs, start, kinds) {
  /** @type {Set<string>} */
  const seen = new Set();
  const open = [start];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const { path: next, kind, external } of outputs[path]?.imports ?? []) {
      if (external || !kinds.includes(kind) || seen.has(next) || next === start) continue;
      seen.add(next);
      open.push(next);
    }
  }
  return [...seen].sort();
}

/**
 * The licences of the packages that left something in a bundle, as these ask for.
 *
 * @param {Record<string, Record<string, number>>} modules
 */
async function licenses(modules) {
  const packages = new Set(
    Object.values(modules)
      .flatMap(Object.keys)
      .flatMap((path) => path.match(/^node_modules\/(?:@[^/]+\/)?[^/]+/) ?? []),
  );
  const texts = [];
  for (const folder of [...packages].sort()) {
    const { name, version, license } = JSON.parse(await readFile(join(root, folder, "package.json"), "utf8"));
    const file = (await readdir(join(root, folder))).find((found) => /^licen[cs]e/i.test(found));
    const text = file ? await readFile(join(root, folder, file), "utf8") : "";
    texts.push(`${name} ${version}, ${license}\n\n${text}`);
  }
  return new TextEncoder().encode(texts.join(`\n${"-".repeat(70)}\n\n`));
}

async function main() {
  /** @type {Record<string, Entry>} */
  const entries = {};
  /** @type {Record<string, string[]>} */
  const imports = {};
  /** @type {Record<string, File>} */
  const files = {};
  /** @type {Record<string, Record<string, number>>} */
  const modules = {};

  /** @type {Map<string, Uint8Array>} */
  const written = new Map();

  for (const [name, source] of Object.entries(entryPoints)) {
    const { metafile, outputFiles } = await bundle(name, source);
    const { outputs } = metafile;
    for (const { path, contents } of outputFiles) written.set(basename(path), contents);
    const [path, made] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === source) ?? [];
    if (path === undefined || made === undefined) throw new Error(`${source} gave no script`);
    entries[name] = path.endsWith(".css")
      ? { style: basename(path) }
      : { script: basename(path), ...(made.cssBundle && { style: basename(made.cssBundle) }) };
    imports[name] = reachable(outputs, path, ["import-statement"]).map((file) => basename(file));
    const loaded = [path, ...reachable(outputs, path, ["import-statement", "dynamic-import"])];
    const left = loaded
      .flatMap((file) => Object.entries(outputs[file]?.inputs ?? {}))
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0);
    modules[name] = Object.fromEntries(left.map(([file, { bytesInOutput }]) => [file, bytesInOutput]));
  }

  written.set("licenses.txt", await licenses(modules));

  await rm(join(root, "build", "manifest.json"), { force: true });
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  for (const [name, contents] of [...written].sort()) {
    await writeFile(join(out, name), contents);
    files[name] = {
      bytes: contents.length,
      gzip: gzipSync(contents, { level: 9 }).length,
      sha256: createHash("sha256").update(contents).digest("hex"),
    };
  }
  // The manifest comes last: it is the sign that the build is whole.
  const manifest = JSON.stringify({ entries, imports, files, modules }, null, 2);
  await writeFile(join(root, "build", "manifest.json"), `${manifest}\n`);

  for (const [name, { script, style }] of Object.entries(entries)) {
    const first = [script, style, ...(imports[name] ?? [])].flatMap((file) => (file && files[file]) || []);
    const size = first.reduce((sum, { gzip }) => sum + gzip, 0);
    process.stdout.write(`${name}: ${first.length} files at once, ${(size / 1024).toFixed(1)} KiB gzip\n`);
  }
}

if (import.meta.main) await main();
