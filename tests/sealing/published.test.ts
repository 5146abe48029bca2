// SPDX-License-Identifier: AGPL-3.0-or-later
// Published vectors, from the Python package cryptography_vectors: RFC 5869, RFC 8032, NIST's AES-GCM, and
// X-Wing from draft-ietf-hpke-pq. KENTERING_VECTORS names its folder; else Python is asked where it is.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { XWing } from "@hpke/hybridkem-x-wing";
import { fromHex, hex } from "../../chat/browser/sealing/bytes.ts";
import { verifyEd25519, viaNoble } from "../../chat/browser/sealing/ed25519.ts";
import { makeKeyPair } from "../../chat/browser/sealing/handshake.ts";
import { aesOpen, aesSeal, hkdf } from "../../chat/browser/sealing/labels.ts";
import { packageFolder } from "./package-folder.ts";
import { codeOfRejection, flipped } from "./people.ts";

const FOLDER = process.env["KENTERING_VECTORS"] ?? packageFolder("cryptography_vectors");
const read = (...path: readonly string[]) => readFileSync(join(FOLDER, ...path), "utf8");

/** Blocks of "NAME = value" lines, each from its count on. */
function blocks(text: string): ReadonlyMap<string, string>[] {
  return text
    .replaceAll("\r", "")
    .split(/\n(?=count = )/i)
    .map((block) => {
      const lines = block.split("\n").filter((line) => !line.startsWith("#") && !line.startsWith("["));
      return new Map(
        lines.map((line) => [line.split("=")[0]?.trim() ?? "", line.split("=")[1]?.trim() ?? ""]),
      );
    });
}

function bytesOf(block: ReadonlyMap<string, string>, name: string) {
  return fromHex((block.get(name) ?? "").replace(/^0x/, "").toLowerCase());
}

test("HKDF-SHA-256: RFC 5869", async () => {
  const cases = blocks(read("KDF", "rfc-5869-HKDF-SHA256.txt")).filter((block) => block.has("OKM"));
  assert.equal(cases.length, 3);
  for (const c of cases) {
    const okm = bytesOf(c, "OKM");
    assert.equal(
      hex(await hkdf(bytesOf(c, "salt"), bytesOf(c, "IKM"), bytesOf(c, "info"), okm.length)),
      hex(okm),
    );
  }
});

test("Ed25519: RFC 8032's and the authors' vectors, by both verifiers", async () => {
  const lines = read("asymmetric", "Ed25519", "sign.input").trim().split("\n");
  assert.equal(lines.length, 1024);
  for (const line of lines.filter((_, at) => at % 16 === 0)) {
    const [, key, message, signed] = line.split(":").map((part) => fromHex(part));
    assert.ok(key && message && signed);
    const signature = signed.slice(0, 64);
    for (const verify of [verifyEd25519, viaNoble]) {
      assert.equal(await verify(key, signature, message), true);
      assert.equal(await verify(key, flipped(signature, 10), message), false);
    }
  }
});

test("AES-256-GCM: NIST, with 96-bit iv and 128-bit tag", async () => {
  const wanted = (c: ReadonlyMap<string, string>) =>
    c.get("IV")?.length === 24 && c.get("Tag")?.length === 32;
  const cases = blocks(read("ciphers", "AES", "GCM", "gcmDecrypt256.rsp")).filter(wanted);
  const outcomes = { good: 0, bad: 0 };
  for (const c of cases) {
    const [key, iv, aad, sealed] = [
      bytesOf(c, "Key"),
      bytesOf(c, "IV"),
      bytesOf(c, "AAD"),
      fromHex(`${c.get("CT")}${c.get("Tag")}`),
    ];
    if (c.has("FAIL")) {
      assert.equal(await codeOfRejection(aesOpen(key, iv, aad, sealed)), "not_opened");
      outcomes.bad += 1;
    } else {
      const plaintext = bytesOf(c, "PT");
      assert.equal(hex(await aesOpen(key, iv, aad, sealed)), hex(plaintext));
      assert.equal(hex(await aesSeal(key, iv, aad, plaintext)), hex(sealed));
      outcomes.good += 1;
    }
  }
  assert.ok(outcomes.good > 100 && outcomes.bad > 100);
});

interface HpkeVector {
  readonly kem_id: number;
  readonly skRm: string;
  readonly pkRm: string;
  readonly enc: string;
  readonly shared_secret: string;
}

test("X-Wing: key pairs from seeds, and decapsulation, of draft-ietf-hpke-pq", async () => {
  const all: readonly HpkeVector[] = JSON.parse(read("HPKE", "hpke-pq-test-vectors.json"));
  const cases = all.filter((c) => c.kem_id === 0x647a);
  assert.ok(cases.length > 0);
  for (const c of cases) {
    const { pair, publicKey } = await makeKeyPair(fromHex(c.skRm));
    assert.equal(hex(publicKey), c.pkRm);
    const secret = await new XWing().decap({ recipientKey: pair, enc: fromHex(c.enc).buffer });
    assert.equal(hex(new Uint8Array(secret)), c.shared_secret);
  }
});
