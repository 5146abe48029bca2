// SPDX-License-Identifier: AGPL-3.0-or-later
// The tests of the sealing, tested: each fault of mutations.ts turns the file that has to find it red. The faults are
// planted while a module is loaded (plant.ts). KENTERING_LONG=1 runs them; otherwise it is looked whether they fit.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { MUTATIONS } from "./mutations.ts";

const HERE = import.meta.dirname;
const SOURCES = join(HERE, "../../chat/browser/sealing");

/** The first test of a file that turns red; null when all stay green. */
async function firstFailure(by: string, planted?: string): Promise<string | null> {
  const plant = planted === undefined ? [] : ["--import", join(HERE, "plant.ts")];
  const child = spawn(
    process.execPath,
    [...plant, "--test-reporter=tap", join(HERE, `${by}.test.ts`)],
    // Without the runner's own context: this is a run of its own, and a short one.
    { env: { PATH: process.env["PATH"], KENTERING_PLANTED: planted }, stdio: ["ignore", "pipe", "inherit"] },
  );
  const gone = once(child, "exit");
  let printed = "";
  for await (const text of child.stdout.setEncoding("utf8")) {
    printed += text;
    const red = /^ *not ok \d+ - (.*)$/m.exec(printed);
    if (red === null) continue;
    child.kill();
    await gone;
    return red[1] ?? "";
  }
  const [code] = await gone;
  assert.equal(code, 0, `${by}: neither red nor green`);
  return null;
}

test("every fault still fits the code", () => {
  assert.equal(new Set(MUTATIONS.map(({ name }) => name)).size, MUTATIONS.length);
  for (const { name, changes } of MUTATIONS)
    for (const { file, old } of changes)
      assert.equal(readFileSync(join(SOURCES, file), "utf8").split(old).length, 2, `${name}: ${file}`);
});

if (process.env["KENTERING_LONG"] === "1") {
  for (const by of new Set(MUTATIONS.map((mutation) => mutation.by)))
    test(`without a fault ${by}.test.ts is green`, async () => assert.equal(await firstFailure(by), null));
  for (const { name, by } of MUTATIONS)
    test(`found by ${by}.test.ts: ${name}`, async () => assert.notEqual(await firstFailure(by, name), null));
}
