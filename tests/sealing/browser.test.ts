// SPDX-License-Identifier: AGPL-3.0-or-later
// The same code in Chromium: WebCrypto's Ed25519, keys in IndexedDB, a handshake, a blob.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];
const browser = NAMES.find((name) => spawnSync(name, ["--version"]).status === 0);

async function bundle(): Promise<ReadonlyMap<string, string>> {
  const entry = fileURLToPath(new URL("in-browser.ts", import.meta.url));
  const options = {
    bundle: true,
    splitting: true,
    format: "esm",
    outdir: "/",
    write: false,
    target: "safari17",
  } as const;
  const { outputFiles } = await build({ entryPoints: [entry], ...options });
  return new Map(outputFiles.map((file) => [`/${file.path.split("/").at(-1)}`, file.text]));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

test("in Chromium: a key that is kept, a handshake, a blob", {
  skip: browser === undefined,
  timeout: 60_000,
}, async (t) => {
  const files = await bundle();
  const profile = mkdtempSync(join(tmpdir(), "kentering-"));
  const reported = Promise.withResolvers<string>();
  const server = createServer(async (request, response) => {
    const script = files.get(request.url ?? "");
    response.setHeader("content-type", script === undefined ? "text/html" : "text/javascript");
    response.end(
      script ?? '<!doctype html><title>Kentering</title><script type="module" src="/in-browser.js"></script>',
    );
    if (request.url === "/report") reported.resolve(await bodyOf(request));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const flags = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    `--user-data-dir=${profile}`,
  ];
  const child = spawn(browser ?? "", [...flags, `http://127.0.0.1:${port}/`], { stdio: "ignore" });
  t.after(async () => {
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill();
    await gone;
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });

  const said = ["The weather is mild", "Here too"];
  assert.deepEqual(JSON.parse(await reported.promise), { said: ["Anna", ...said, ...said], forgotten: true });
});
