// SPDX-License-Identifier: AGPL-3.0-or-later
// Section 9 of docs/protocol.md, 13: the blob for a reload.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  joinStates,
  openBlob,
  readBlobHead,
  sealBlob,
  splitStates,
  ticketOf,
} from "../../chat/browser/sealing/blob.ts";
import { concat, equal, fromBase64url, toBase64url } from "../../chat/browser/sealing/bytes.ts";
import { codeOfRejection, flipped, some } from "./people.ts";

const [sid, d, half] = [some("sid", 16), some("d", 32), some("half", 32)];
const state = some("state", 500);
const blob = await sealBlob(sid, d, half, state);

test("9.13 it opens with d and half, and with neither alone", async () => {
  assert.ok(equal(await openBlob(blob, half), state));
  assert.deepEqual(readBlobHead(blob), { sid, d });

  assert.equal(await codeOfRejection(openBlob(blob, d)), "not_opened");
  assert.equal(await codeOfRejection(openBlob(blob, new Uint8Array(32))), "not_opened");
  const other = concat(blob.slice(0, 17), some("other d", 32), blob.slice(49));
  assert.equal(await codeOfRejection(openBlob(other, half)), "not_opened");
});

test("9.13 the ticket gives neither d nor the key", async () => {
  const ticket = await ticketOf(d);

  assert.ok(!equal(ticket, d));
  assert.equal(await codeOfRejection(openBlob(blob, ticket)), "not_opened");
});

test("every part of it is authenticated", async () => {
  for (const at of [0, 1, 16, 17, 48, 49, 60, 61, 1000, blob.length - 1]) {
    assert.notEqual(await codeOfRejection(openBlob(flipped(blob, at), half)), "ok", `byte ${at}`);
  }
  assert.equal(await codeOfRejection(openBlob(blob.slice(0, 49), half)), "bad_length");
  assert.equal(await codeOfRejection(openBlob(concat(blob, Uint8Array.of(0)), half)), "bad_length");
});

test("its size tells 16 KiB steps and no more; two of one state are not alike", async () => {
  const sizes = await Promise.all(
    [0, 1, 16_380, 16_381].map(async (length) => (await sealBlob(sid, d, half, some("s", length))).length),
  );

  assert.deepEqual(
    sizes,
    [16_384, 16_384, 16_384, 32_768].map((size) => size + 49 + 12 + 16),
  );
  assert.ok(!equal(blob, await sealBlob(sid, d, half, state)));
});

test("several states in one, and base64url there and back", () => {
  const states = [some("a", 5), new Uint8Array(0), some("b", 70_000)];
  assert.deepEqual(splitStates(joinStates(states)), states);
  assert.throws(() => splitStates(some("a", 7)), { code: "bad_length" });

  for (const bytes of states) assert.ok(equal(fromBase64url(toBase64url(bytes)), bytes));
  assert.throws(() => fromBase64url("a+b="), { code: "bad_length" });
});
