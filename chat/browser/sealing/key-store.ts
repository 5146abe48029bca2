// SPDX-License-Identifier: AGPL-3.0-or-later
// The staff key in this browser: Ed25519 from WebCrypto, not extractable, in IndexedDB. Needs Chrome 137,
// Safari 17, Firefox 136 (129 to 135 cannot store such a key), hence the self-test on making one.

import { utf8 } from "./bytes.ts";
import type { SigningKey } from "./certificate.ts";
import { SealingError } from "./errors.ts";
import type { Bytes } from "./types.ts";

const STORE = "keys";

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new SealingError("not_kept"));
  });
}

async function withStore<T>(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const opening = indexedDB.open("kentering-desk", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await settled(opening);
  try {
    return await settled(work(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

async function signingKey({ publicKey, privateKey }: CryptoKeyPair): Promise<SigningKey> {
  const ed = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
  return {
    ed,
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign("Ed25519", privateKey, bytes)),
  };
}

async function generate(): Promise<CryptoKeyPair> {
  try {
    return (await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"])) as CryptoKeyPair;
  } catch {
    throw new SealingError("no_ed25519");
  }
}

/**
 * Makes a key and stores it under this name, then loads it again, signs and verifies: a certificate is
 * asked for only after that.
 *
 * @throws SealingError no_ed25519 (browser too old), not_kept (it cannot store the key)
 */
export async function createStaffKey(name: string): Promise<SigningKey> {
  const made = await generate();
  try {
    await navigator.storage?.persist?.();
    await withStore("readwrite", (store) => store.put(made, name));
    const loaded = await loadStaffKey(name);
    if (loaded === null) throw new SealingError("not_kept");
    const probe: Bytes = utf8("kentering");
    if (!(await crypto.subtle.verify("Ed25519", made.publicKey, await loaded.sign(probe), probe)))
      throw new SealingError("not_kept");
    return loaded;
  } catch {
    throw new SealingError("not_kept");
  }
}

/** Null when there is none under this name. @throws SealingError not_kept */
export async function loadStaffKey(name: string): Promise<SigningKey | null> {
  const pair: CryptoKeyPair | undefined = await withStore("readonly", (store) => store.get(name));
  return pair === undefined ? null : signingKey(pair);
}

/** @throws SealingError not_kept */
export async function forgetStaffKey(name: string): Promise<void> {
  await withStore("readwrite", (store) => store.delete(name));
}
