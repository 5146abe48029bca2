// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Bytes, hex } from "../../chat/browser/sealing/api.ts";
import { BlobWriter, readBlob, type Shelf } from "../../counsellor_ui/src/desk/blob_writer.ts";

const SID: Bytes = new Uint8Array(16).fill(1);
const HALVES = { d: new Uint8Array(32).fill(2), half: new Uint8Array(32).fill(3) };
const EXTRA = { label: { colour: "blue", number: 3 }, draft: "The weather is mild" } as const;

/** A store in memory whose writes wait until they are let through, as those of a busy disk do. */
class SlowShelf {
  readonly kept = new Map<string, unknown>();
  writes = 0;
  #gates: (() => void)[] = [];
  readonly shelf: Shelf;

  constructor() {
    const get = async (_name: string, key: string): Promise<unknown> => this.kept.get(key) ?? null;
    const put = async (_name: string, key: string, value: unknown): Promise<void> => {
      this.writes += 1;
      await new Promise<void>((open) => this.#gates.push(open));
      this.kept.set(key, value);
    };
    const remove = async (_name: string, key: string): Promise<void> => void this.kept.delete(key);
    this.shelf = { get, put, remove } as unknown as Shelf;
  }

  /** Let every write through until `work` is done. */
  async letThrough<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const finished = work.finally(() => {
      done = true;
    });
    while (!done) {
      for (const open of this.#gates.splice(0)) open();
      await new Promise((turn) => setImmediate(turn));
    }
    return finished;
  }

  blob(): Bytes {
    return this.kept.get(hex(SID)) as Bytes;
  }
}

const state = (n: number): Bytes => new Uint8Array([n, n, n]);

test("what was kept is read back with the server's half, and with no other", async () => {
  const slow = new SlowShelf();
  const writer = new BlobWriter(slow.shelf, { sid: SID, slot: 0 }, HALVES, EXTRA, null);
  await slow.letThrough(writer.keep(state(1)));

  assert.deepEqual(await readBlob(slow.blob(), HALVES.half), {
    halves: HALVES,
    state: state(1),
    extra: EXTRA,
  });
  await assert.rejects(readBlob(slow.blob(), new Uint8Array(32).fill(9)));
});

test("writes that pile up become one, and each caller waits for its own state to be kept", async () => {
  const slow = new SlowShelf();
  const writer = new BlobWriter(slow.shelf, { sid: SID, slot: 0 }, HALVES, EXTRA, null);
  const keeping = [1, 2, 3, 4, 5].map((n) => writer.keep(state(n)));
  await slow.letThrough(Promise.all(keeping));

  assert.ok(slow.writes <= 2, `${slow.writes} writes`);
  assert.deepEqual((await readBlob(slow.blob(), HALVES.half)).state, state(5));
});

test("a state that comes during a write is written after it", async () => {
  const slow = new SlowShelf();
  const writer = new BlobWriter(slow.shelf, { sid: SID, slot: 0 }, HALVES, EXTRA, null);
  const first = writer.keep(state(1));
  while (slow.writes === 0) await new Promise((turn) => setImmediate(turn));
  const second = writer.keep(state(2));
  await slow.letThrough(Promise.all([first, second]));

  assert.equal(slow.writes, 2);
  assert.deepEqual((await readBlob(slow.blob(), HALVES.half)).state, state(2));
});

test("label and draft alone make no blob: there is nothing to come back to yet", async () => {
  const slow = new SlowShelf();
  const writer = new BlobWriter(slow.shelf, { sid: SID, slot: 0 }, HALVES, EXTRA, null);
  await slow.letThrough(writer.keepExtra(EXTRA));

  assert.equal(slow.writes, 0);
});

test("after the end nothing is left, whatever was being written", async () => {
  const slow = new SlowShelf();
  const writer = new BlobWriter(slow.shelf, { sid: SID, slot: 0 }, HALVES, EXTRA, null);
  const first = writer.keep(state(1));
  while (slow.writes === 0) await new Promise((turn) => setImmediate(turn));
  const late = writer.keep(state(2));
  await slow.letThrough(Promise.all([first, late, writer.drop()]));
  await slow.letThrough(writer.keep(state(3)));

  assert.equal(slow.kept.size, 0);
});
