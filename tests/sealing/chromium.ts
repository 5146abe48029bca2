// SPDX-License-Identifier: AGPL-3.0-or-later
// Runs in-browser.ts in Chromium: bundled as everything that is served is, on an origin of its own, until its
// report comes.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { text } from "node:stream/consumers";
import { build } from "esbuild";
import { options } from "../../scripts/build.mjs";
import type { Report } from "./in-browser.ts";
import { vectorFiles } from "./vector-folder.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];
const FLAGS = [
  "--headless=new",
  "--no-sandbox", // a root account in a container has no user namespaces to sandbox with
  "--disable-gpu",
  "--disable-background-networking",
  "--no-first-run",
];

async function bundle(): Promise<{ readonly page: string; readonly scripts: ReadonlyMap<string, string> }> {
  const source = relative(options.absWorkingDir, join(import.meta.dirname, "in-browser.ts"));
  const { outputFiles, metafile } = await build({ ...options, entryPoints: { page: source } });
  const [entry] = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === source) ?? [];
  if (entry === undefined) throw new Error("nothing was built");
  const page = `<!doctype html><title>Kentering</title><script type="module" src="/${basename(entry)}"></script>`;
  return { page, scripts: new Map(outputFiles.map((file) => [`/${basename(file.path)}`, file.text])) };
}

/** What came of everything in-browser.ts does; `more` are vector files beside those of the folder. */
export async function runInChromium(more: readonly (readonly [string, string])[] = []): Promise<Report> {
  const program = NAMES.find((name) => spawnSync(name, ["--version"]).status === 0);
  if (program === undefined) throw new Error("Chromium is not installed: scripts/ensure-browser.sh");
  const { page, scripts } = await bundle();
  const vectors = JSON.stringify([...vectorFiles(), ...more]);
  const reported = Promise.withResolvers<string>();
  const server = createServer((request, response) => {
    const script = scripts.get(request.url ?? "");
    response.setHeader("content-type", script === undefined ? "text/html" : "text/javascript");
    response.end(script ?? (request.url === "/vectors" ? vectors : page));
    if (request.method === "POST") text(request).then(reported.resolve, reported.reject);
  });
  const profile = await mkdtemp(join(tmpdir(), "kentering-"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const child = spawn(program, [...FLAGS, `--user-data-dir=${profile}`, `http://127.0.0.1:${port}/`], {
    stdio: "ignore",
  });
  const gone = once(child, "exit");
  gone.then(() => reported.reject(new Error("Chromium ended early")), reported.reject);
  try {
    return JSON.parse(await reported.promise);
  } finally {
    child.kill();
    await gone;
    server.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
