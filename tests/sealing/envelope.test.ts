// SPDX-License-Identifier: AGPL-3.0-or-later
// Section 9 of docs/protocol.md, 5 (envelopes), 10 (resends), 16 (sizes) and 17 (versions, one suite).

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { concat, u8, u16, u32 } from "../../chat/browser/sealing/bytes.ts";
import { ReceivingChain, SendingChain, step } from "../../chat/browser/sealing/chain.ts";
import { headerBytes, Kind, MAX_CONTENT, NO_MID, sealEnvelope } from "../../chat/browser/sealing/envelope.ts";
import { aesSeal } from "../../chat/browser/sealing/labels.ts";
import { MAX_LINE } from "../../chat/browser/sealing/seat.ts";
import type { Bytes } from "../../chat/browser/sealing/types.ts";
import { codeOfRejection, flipped, some } from "./people.ts";
import { World } from "./world.ts";

const text = (content: string, seq = 1) => ({
  kind: Kind.text,
  seq,
  ack: 0,
  mid: some(`mid ${seq}`, 16),
  content: new TextEncoder().encode(content),
});

function chains(): { readonly sending: SendingChain; readonly receiving: ReceivingChain } {
  return {
    sending: new SendingChain(0, 0, 1, some("ck", 32)),
    receiving: new ReceivingChain(0, 0, 1, 0, some("ck", 32)),
  };
}

async function sealed(count: number, chain = chains().sending): Promise<Bytes[]> {
  const envelopes: Bytes[] = [];
  for (let n = 0; n < count; n++)
    envelopes.push((await chain.seal(some(`iv ${n}`, 12), text(`line ${n}`, n + 1))).envelope);
  return envelopes;
}

async function outcomes(
  receiving: ReceivingChain,
  envelopes: readonly (Bytes | undefined)[],
): Promise<string[]> {
  const kinds: string[] = [];
  for (const envelope of envelopes) kinds.push((await receiving.receive(envelope ?? new Uint8Array(0))).kind);
  return kinds;
}

test("9.5 flipped, then genuine: a forgery changes nothing", async () => {
  const [first = new Uint8Array(0)] = await sealed(1);
  const { receiving } = chains();
  for (const at of [0, 1, 2, 6, 10, 11, 22, 23, 500, 1062]) {
    assert.notEqual((await receiving.receive(flipped(first, at))).kind, "ok", `byte ${at}`);
  }

  assert.deepEqual(await outcomes(receiving, [first]), ["ok"]);
});

test("9.5 reflected, other slot, other epoch, another chain", async () => {
  const [first] = await sealed(1);
  const ck = () => some("ck", 32);

  assert.deepEqual(await outcomes(new ReceivingChain(0, 1, 1, 0, ck()), [first]), ["ignored"]);
  assert.deepEqual(await outcomes(new ReceivingChain(1, 0, 1, 0, ck()), [first]), ["ignored"]);
  assert.deepEqual(await outcomes(new ReceivingChain(0, 0, 2, 0, ck()), [first]), ["ignored"]);
  assert.deepEqual(await outcomes(new ReceivingChain(0, 0, 1, 0, some("of another sid", 32)), [first]), [
    "ignored",
  ]);
});

test("9.5 skipped, repeated, reordered", async () => {
  const [a, b, c] = await sealed(3);

  assert.deepEqual(await outcomes(chains().receiving, [a, c, b, c]), ["ok", "gap", "ok", "ok"]);
  assert.deepEqual(await outcomes(chains().receiving, [a, a, b, a]), ["ok", "ignored", "ok", "ignored"]);
  assert.deepEqual(await outcomes(chains().receiving, [b, a]), ["gap", "ok"]);
});

test("9.5 a seat reflects, skips and repeats nothing, and repairs what was skipped", async () => {
  const { world, h, s } = await World.active();
  await h.compose("one");
  await h.compose("two");
  const [one, two] = h.outbox.filter((frame) => frame.kind === "envelope").slice(-2);
  assert.ok(one?.kind === "envelope" && two?.kind === "envelope");
  await h.run(h.seat.delivered(one.envelope));
  await s.run(s.seat.delivered(two.envelope));
  assert.deepEqual([h.shown(), s.shown()], [[], []]);
  await s.run(s.seat.delivered(one.envelope));
  await s.run(s.seat.delivered(one.envelope));
  assert.deepEqual(s.shown(), ["one"]);

  await world.settle();
  assert.deepEqual(s.shown(), ["one", "two"]);
});

async function brokenBy(plaintext: Bytes): Promise<string> {
  const { receiving } = chains();
  const { mk } = await step(some("ck", 32));
  const head = headerBytes({ slot: 0, dir: 0, epoch: 1, n: 0 });
  const iv = some("iv", 12);
  const outcome = await receiving.receive(concat(head, iv, await aesSeal(mk, iv, head, plaintext)));
  return outcome.kind === "broken" ? outcome.code : outcome.kind;
}

function padded(inner: Bytes, length = inner.length): Bytes {
  const plaintext = new Uint8Array(1024);
  plaintext.set(concat(u16(length), inner));
  return plaintext;
}

test("9.5 a good tag around nonsense ends the seat", async () => {
  const line = (kind: number, seq: number, content: Bytes) =>
    concat(u8(kind), u32(seq), u32(0), seq > 0 ? NO_MID : u8(0).slice(1), content);
  const nothing = new Uint8Array(0);

  assert.equal(await brokenBy(padded(line(1, 1, nothing))), "ok");
  assert.equal(
    await brokenBy(padded(line(1, 1, nothing)).map((byte, at) => (at === 1023 ? 1 : byte))),
    "bad_padding",
  );
  assert.equal(await brokenBy(padded(line(1, 1, Uint8Array.of(0xff)))), "bad_text");
  assert.equal(await brokenBy(padded(line(1, 1, nothing), 5000)), "bad_length");
  assert.equal(await brokenBy(padded(line(10, 1, nothing))), "bad_padding");
  assert.equal(await brokenBy(padded(line(1, 0, nothing))), "bad_padding");
  assert.equal(await brokenBy(padded(line(3, 1, nothing))), "bad_padding");
  assert.equal(await brokenBy(padded(line(4, 1, some("cert", 32)))), "bad_padding");
});

test("9.10 a resend is the same bytes", async () => {
  const { world, h } = await World.active();
  const sentBy = () => h.outbox.flatMap((frame) => (frame.kind === "envelope" ? [frame.envelope] : []));
  await h.compose("The weather is mild");
  const [before] = sentBy().slice(-1);
  h.outbox.length = 0;
  await h.run(h.h.connected());
  await h.run(h.h.connected());

  assert.ok(before);
  assert.deepEqual(sentBy(), [before, before]);
  await world.settle();
});

test("9.16 every length of text gives one of two sizes; ready, ack and typing the small one", async () => {
  const iv = some("iv", 12);
  const key = some("key", 32);
  const header = { slot: 0, dir: 0, epoch: 1, n: 0 } as const;
  const sizeOf = async (kind: Kind, length: number) => {
    const numbered = kind === Kind.text || kind === Kind.end;
    const inner = {
      kind,
      seq: numbered ? 1 : 0,
      ack: 0,
      mid: numbered ? NO_MID : null,
      content: new Uint8Array(length),
    };
    return (await sealEnvelope(key, header, iv, inner)).length;
  };
  const step = process.env["KENTERING_LONG"] === "1" ? 1 : 37;
  for (let length = 0; length <= MAX_CONTENT; length += step)
    assert.equal(await sizeOf(Kind.text, length), length <= 997 ? 1063 : 4135);
  assert.deepEqual(
    await Promise.all([sizeOf(Kind.text, 997), sizeOf(Kind.text, 998), sizeOf(Kind.text, 4069)]),
    [1063, 4135, 4135],
  );
  assert.deepEqual(
    await Promise.all([
      sizeOf(Kind.ready, 16),
      sizeOf(Kind.ack, 0),
      sizeOf(Kind.typing, 0),
      sizeOf(Kind.end, 0),
    ]),
    [1063, 1063, 1063, 1063],
  );

  assert.equal(await codeOfRejection(sizeOf(Kind.text, 4070)), "too_long");
});

test("9.16 the composer refuses what does not fit, before anything is numbered", async () => {
  const { world, h, s } = await World.active();
  assert.equal(await codeOfRejection(h.seat.compose("x".repeat(MAX_LINE + 1))), "too_long");
  await h.compose("é".repeat(MAX_LINE / 2));

  await world.settle();
  assert.deepEqual(
    s.shown().map((line) => line.length),
    [MAX_LINE / 2],
  );
});

test("9.17 an unknown first byte is refused", async () => {
  const [first = new Uint8Array(0)] = await sealed(1);
  const second = first.slice();
  second[0] = 2;

  assert.deepEqual(await outcomes(chains().receiving, [second, first]), ["ignored", "ok"]);
});

test("9.17 the sources name one suite", () => {
  const folder = new URL("../../chat/browser/sealing/", import.meta.url);
  const sources = readdirSync(folder)
    .map((name) => readFileSync(new URL(name, folder), "utf8"))
    .join("\n");

  assert.deepEqual([...sources.matchAll(/from "(@hpke[^"]*)"/g)].map(([, name]) => name).sort(), [
    "@hpke/core",
    "@hpke/hybridkem-x-wing",
  ]);
  assert.deepEqual(
    [...sources.matchAll(/new (\w*(?:Gcm|Poly1305|Hkdf|DhKem|Dhkem|Kem|XWing)\w*)\(/g)]
      .map(([, name]) => name)
      .sort(),
    ["Aes256Gcm", "HkdfSha256", "XWing"],
  );
  assert.ok(
    !/AES-(?:CBC|CTR|KW)|SHA-(?:1|384|512)|deriveKeyPair\(/.test(sources.replace(/\/\/.*|\/\*\*.*/g, "")),
  );
});
