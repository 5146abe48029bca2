// SPDX-License-Identifier: AGPL-3.0-or-later
// Watches what envelopes are sealed with.

import assert from "node:assert/strict";

/** Keys and ivs used for envelopes since the watch began; a message key must never come twice. */
export class KeyWatch {
  readonly #raw = new WeakMap<CryptoKey, string>();
  readonly #used = new Set<string>();
  sealed = 0;

  /** Watches WebCrypto in this process until `stop`. */
  start(): () => void {
    const subtle = crypto.subtle;
    const { importKey, encrypt } = subtle;
    const raw = this.#raw;
    const note = (key: CryptoKey, aad: ArrayBuffer | undefined) => this.#note(key, aad);
    const watched = async (...args: Parameters<SubtleCrypto["importKey"]>) => {
      const key = await importKey.apply(subtle, args);
      const [format, material] = args;
      if (format === "raw") raw.set(key, Buffer.from(material as Uint8Array).toString("hex"));
      return key;
    };
    subtle.importKey = watched as SubtleCrypto["importKey"];
    subtle.encrypt = async (algorithm, key, data) => {
      note(key, (algorithm as { additionalData?: ArrayBuffer }).additionalData);
      return encrypt.call(subtle, algorithm, key, data);
    };
    return () => Object.assign(subtle, { importKey, encrypt });
  }

  #note(key: CryptoKey, aad: ArrayBuffer | undefined): void {
    if (aad?.byteLength !== 11) return; // not an envelope
    const material = this.#raw.get(key);
    assert.ok(material);
    assert.ok(!this.#used.has(material), "a message key was used twice");
    this.#used.add(material);
    this.sealed += 1;
  }
}
