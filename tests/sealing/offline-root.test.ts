// SPDX-License-Identifier: AGPL-3.0-or-later
// The files of the offline root; that both sides read each other's is tried in tests/browser/test_first_manager.py.
import assert from "node:assert/strict";
import { test } from "node:test";
import { managerFingerprint, readCertificateFile, SealingError } from "../../chat/browser/sealing/api.ts";

const FILE =
  "Kentering certificate 1\nalias: Maria\nroot: 29138 87518 22341 65033 72420 30135\ncertificate: AQID\n";

test("the certificate comes out of its file, whatever became of its line ends", () => {
  assert.deepEqual(readCertificateFile(FILE), Uint8Array.of(1, 2, 3));
  assert.deepEqual(readCertificateFile(`\n${FILE.replaceAll("\n", "\r\n")}\r\n`), Uint8Array.of(1, 2, 3));
});

for (const other of [
  "",
  "AQID",
  FILE.replace("certificate 1", "certificate 2"),
  FILE.replace("AQID", "AQIDA"),
  FILE.replace("AQID", "A*ID"),
  `${FILE}more: lines\n`,
])
  test(`another file is refused: ${JSON.stringify(other.slice(0, 40))}`, () => {
    assert.throws(
      () => readCertificateFile(other),
      (error) => error instanceof SealingError && error.code === "bad_text",
    );
  });

test("another id, key or name has another fingerprint", async () => {
  const [id, ed] = [new Uint8Array(16), new Uint8Array(32)];
  const first = await managerFingerprint(id, ed, "Maria");

  assert.match(first, /^\d{5}( \d{5}){5}$/);
  assert.notEqual(
    await managerFingerprint(
      id.map(() => 1),
      ed,
      "Maria",
    ),
    first,
  );
  assert.notEqual(
    await managerFingerprint(
      id,
      ed.map(() => 1),
      "Maria",
    ),
    first,
  );
  assert.notEqual(await managerFingerprint(id, ed, "Mario"), first);
});
