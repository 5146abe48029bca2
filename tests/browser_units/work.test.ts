// SPDX-License-Identifier: AGPL-3.0-or-later

import assert from "node:assert/strict";
import { test } from "node:test";
import { createChallenge, verifySolution } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/web/pbkdf2";
import { Work, WorkError } from "../../chat/browser/help_seeker/work.ts";
import { fromUtf8 } from "../../chat/browser/sealing/bytes.ts";
import type { Bytes } from "../../chat/browser/sealing/types.ts";

const SECRETS = { hmacSignatureSecret: "one", hmacKeySignatureSecret: "two" };

class Server {
  readonly asked: string[] = [];
  time = 1_000_000_000;
  life = 600;
  fails = 0;

  readonly fetchJson = async (path: string): Promise<unknown> => {
    this.asked.push(path);
    if (this.fails > 0) {
      this.fails -= 1;
      throw new TypeError("no network");
    }
    // Far in the future of the real clock, which the library's own check uses.
    const expiresAt = this.time + this.life;
    const made = { algorithm: "PBKDF2/SHA-256", cost: 10, counter: 7, deriveKey, expiresAt, ...SECRETS };
    return createChallenge(made);
  };

  readonly now = (): number => this.time;

  async accepts(payload: Bytes): Promise<boolean> {
    const { challenge, solution } = JSON.parse(atob(fromUtf8(payload)));
    const { verified } = await verifySolution({ challenge, solution, deriveKey, ...SECRETS });
    return verified;
  }
}

function working(): { server: Server; work: Work } {
  const server = new Server();
  server.time = Math.floor(Date.now() / 1000);
  return { server, work: new Work(server) };
}

test("what was solved while the page was read is used at once, and once", async () => {
  const { server, work } = working();
  work.begin();
  work.begin();

  const first = await work.solution();
  const second = await work.solution();

  assert.deepEqual(server.asked, ["/work", "/work"]);
  assert.equal(await server.accepts(first), true);
  assert.notDeepEqual(first, second);
});

test("a solution that would soon be too old is made anew", async () => {
  const { server, work } = working();
  work.begin();
  await work.solution();
  work.begin();
  await new Promise((done) => setTimeout(done, 0));
  server.time += 545;

  const payload = await work.solution();

  const { challenge } = JSON.parse(atob(fromUtf8(payload)));
  assert.equal(challenge.parameters.expiresAt, server.time + 600);
});

test("a failure while reading is tried once more at the start, and then said", async () => {
  const { server, work } = working();
  server.fails = 1;
  work.begin();
  assert.equal(await server.accepts(await work.solution()), true);

  server.fails = 2;
  await assert.rejects(work.solution(), WorkError);
  assert.equal(await server.accepts(await work.solution()), true);
});

test("after an end with a boundary this page asks for the dearer challenge", async () => {
  const { server, work } = working();
  work.begin();
  work.endedWithBoundary();

  await work.solution();

  assert.equal(server.asked.at(-1), "/work?after=boundary");
});

test("how long it took is not told", async () => {
  const { work } = working();

  const { solution } = JSON.parse(atob(fromUtf8(await work.solution())));

  assert.deepEqual(Object.keys(solution).sort(), ["counter", "derivedKey"]);
});
