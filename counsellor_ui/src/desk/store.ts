// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * What the desk keeps in this browser (IndexedDB), and nothing else is kept:
 *
 * - `seats`: sid -> the sealed blob of an open conversation (docs/protocol.md, "Blob for reload").
 *   It opens only with the half-key that the server forgets at the end.
 * - `invitations`: id -> the two halves of an invitation's link, until it is certified.
 * - `keys`: public key -> the name under which the sealing keeps the private one.
 * - `enrolment`: how far this browser came with its own link.
 * - `habits`: the languages that were ticked last when going on duty.
 */

import type { Bytes } from "../../../chat/browser/sealing/api.ts";

/** How far this browser came with an invitation. */
export interface KeptEnrolment {
  readonly invId: Bytes;
  readonly invite: Bytes;
  readonly keyName: string | null;
  readonly passkey: boolean;
  readonly alias: string;
}

export interface KeptInvitation {
  readonly invId: Bytes;
  readonly invite: Bytes;
}

interface Shapes {
  seats: Bytes;
  invitations: KeptInvitation;
  keys: string;
  enrolment: KeptEnrolment;
  habits: readonly string[];
}

const NAMES: readonly (keyof Shapes)[] = ["seats", "invitations", "keys", "enrolment", "habits"];
const DATABASE = "kentering-desk-work"; // "kentering-desk" is the sealing's key store

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export class Store {
  readonly #database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.#database = database;
  }

  /** Opens the store, making it the first time. Rejects where the browser keeps nothing. */
  static async open(): Promise<Store> {
    const request = indexedDB.open(DATABASE, 2);
    request.onupgradeneeded = () => {
      const there = request.result.objectStoreNames;
      for (const name of NAMES) if (!there.contains(name)) request.result.createObjectStore(name);
    };
    const database = await done(request);
    // A newer desk in another tab needs another form of the store: this one must not stand in its way.
    database.onversionchange = () => database.close();
    return new Store(database);
  }

  async get<K extends keyof Shapes>(name: K, key: string): Promise<Shapes[K] | null> {
    const found: unknown = await done(this.#database.transaction(name).objectStore(name).get(key));
    return (found as Shapes[K] | undefined) ?? null;
  }

  async keys(name: keyof Shapes): Promise<string[]> {
    const found = await done(this.#database.transaction(name).objectStore(name).getAllKeys());
    return found.map(String);
  }

  put<K extends keyof Shapes>(name: K, key: string, value: Shapes[K]): Promise<void> {
    return this.#change(name, (store) => store.put(value, key));
  }

  remove(name: keyof Shapes, key: string): Promise<void> {
    return this.#change(name, (store) => store.delete(key));
  }

  /** Resolves when the transaction is on the disk, as far as a browser can tell. */
  #change(name: keyof Shapes, work: (store: IDBObjectStore) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction(name, "readwrite", { durability: "strict" });
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
      work(transaction.objectStore(name));
    });
  }
}
