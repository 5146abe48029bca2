// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import * as wire from "../../chat/browser/wire.gen.ts";

const sid = new Uint8Array(16).fill(1);
const half = new Uint8Array(32).fill(2);
const start = {
  frame: "Start",
  version: wire.VERSION,
  sid,
  ticketHash: half,
  half,
  language: "nl",
  about: 0,
  urgency: 1,
} as const;
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
const refused = (act: () => unknown) =>
  assert.throws(act, (error) => error instanceof wire.WireError && error.message === "not a frame");

test("a frame comes back as it was", () => {
  assert.deepEqual(wire.decodeFromHelpSeeker(wire.encodeFromHelpSeeker(start)), start);
});

test("what was decoded does not share memory with the input", () => {
  const bytes = wire.encodeFromHelpSeeker(start);
  const frame = wire.decodeFromHelpSeeker(bytes);
  bytes.fill(0);

  assert.deepEqual(frame, start);
});

test("numbers have their shortest form", () => {
  const took = (n: number) => wire.encodeFromHelpSeeker({ frame: "Took", slot: 0, epoch: 0, n });
  const shown = (n: number) => Buffer.from(took(n)).toString("hex");

  assert.equal(shown(127), "940400007f");
  assert.equal(shown(128), "94040000cc80");
  assert.equal(shown(0xffff), "94040000cdffff");
  assert.equal(shown(0xffffffff), "94040000ceffffffff");
});

for (const [name, change] of Object.entries({
  "a short sid": { sid: new Uint8Array(15) },
  "a long half": { half: new Uint8Array(33) },
  "a version over its limit": { version: 256 },
  "a version that is no whole number": { version: 0.5 },
  "a version that is no number": { version: Number.NaN },
  "a language in capitals": { language: "NL" },
  "a language with a line break": { language: "nl\n" },
})) {
  test(`${name} is not sent`, () => refused(() => wire.encodeFromHelpSeeker({ ...start, ...change })));
}

test("an envelope has one of two sizes", () => {
  const put = (size: number) => wire.encodeFromHelpSeeker({ frame: "Put", envelope: new Uint8Array(size) });

  for (const size of wire.ENVELOPE_SIZES) {
    assert.equal(wire.decodeFromHelpSeeker(put(size)).frame, "Put");
  }
  for (const size of [0, 1062, 1064, 4134, 4136]) refused(() => put(size));
});

for (const [name, bytes] of Object.entries({
  nothing: "",
  "an empty array": "90",
  "a map": "8104",
  "an unknown tag": "9109",
  "a tag of the other direction": "9107",
  "a tag that is no number": "91a141",
  "a missing field": "9146",
  "one field too many": "9349c000",
  "a trailing byte": "914900",
  "a number where a truth value belongs": "93460001",
  "a seat that does not exist": "934602c3",
  "a negative number": "9241ff",
  "a phase that does not exist": "92477f",
  "a number of eight bytes": "9241cf0000000000000001",
  "an array that is longer than its bytes": "ddffffffff41",
  "bytes that end too early": "9244c50427",
})) {
  test(`${name} is refused`, () => refused(() => wire.decodeToHelpSeeker(hex(bytes))));
}

test("text that is no UTF-8 is refused", () => {
  const room = wire.encodeToDesk({
    frame: "Taken",
    sid,
    slot: 0,
    purpose: 1,
    mode: 1,
    language: "nl",
    epochHint: 0,
    present: true,
  });
  room[room.indexOf(0x6e)] = 0xff;

  refused(() => wire.decodeToDesk(room));
});

test("a list that is longer than its bytes is refused", () => {
  refused(() => wire.decodeToDesk(hex("9361ddffffffff")));
});

test("a frame over the limit is refused", () => {
  refused(() => wire.decodeToDesk(new Uint8Array(wire.MAX_FRAME + 1)));
  const mine = new Array<wire.MySeat>(600).fill({ sid, slot: 0 });
  refused(() => wire.encodeToDesk({ frame: "DeskWelcome", version: 1, worker: "w", era: half, mine }));
});

test("names of the closed sets are found by their value", () => {
  assert.equal(wire.errorCodeNames[wire.ErrorCode.GAP], "GAP");
  assert.equal(wire.endedByNames[wire.EndedBy.IDLE], "IDLE");
  assert.equal(wire.phaseNames[wire.Phase.OPEN], "OPEN");
});
