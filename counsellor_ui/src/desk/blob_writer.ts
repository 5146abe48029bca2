// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Writing one seat's blob (docs/protocol.md, "Blob for reload").
 *
 * The seat's state, the label and the draft become one blob, sealed under d (kept in front of it) and
 * half (kept by the server and in memory alone). Writes follow each other; those that pile up become
 * one, with the newest of everything; after `drop` nothing is written.
 */

import type { Bytes } from "../../../chat/browser/sealing/api.ts";
import {
  joinStates,
  openBlob,
  readBlobHead,
  SealingError,
  sealBlob,
  splitStates,
} from "../../../chat/browser/sealing/api.ts";
import type { Label } from "../state/labels.ts";
import { isLabel } from "../state/labels.ts";
import type { Place } from "../state/places.ts";
import { keyOf } from "../state/places.ts";
import type { Store } from "./store.ts";

/** The part of the store that blobs need. */
export type Shelf = Pick<Store, "get" | "put" | "remove">;

/** What the desk adds to the seat's own state. */
export interface Extra {
  readonly label: Label | null;
  readonly draft: string;
}

/** The halves of the key of a blob. */
export interface Halves {
  readonly d: Bytes;
  readonly half: Bytes;
}

/** Writes one seat's blob: in order, the newest state only, nothing any more once it is dropped. */
export class BlobWriter {
  readonly #store: Shelf;
  readonly #sid: Bytes;
  /** Under which it lies. */
  readonly #key: string;
  readonly #halves: Halves;
  #state: Bytes | null = null;
  #extra: Extra;
  #running: Promise<void> = Promise.resolve();
  #queued: Promise<void> | null = null;
  #dropped = false;

  constructor(store: Shelf, { sid, slot }: Place, halves: Halves, extra: Extra, state: Bytes | null) {
    this.#store = store;
    this.#sid = sid;
    this.#key = keyOf(sid, slot);
    this.#halves = halves;
    this.#extra = extra;
    this.#state = state;
  }

  keep(state: Bytes): Promise<void> {
    this.#state = state;
    return this.#write();
  }

  keepExtra(extra: Extra): Promise<void> {
    this.#extra = extra;
    return this.#write();
  }

  async drop(): Promise<void> {
    this.#dropped = true;
    await this.#running.catch(() => undefined);
    await this.#store.remove("seats", this.#key);
  }

  #write(): Promise<void> {
    if (this.#queued !== null) return this.#queued; // not begun yet: it will take the newest state
    const before = this.#running.catch(() => undefined);
    this.#queued = before.then(() => {
      this.#queued = null;
      return this.#writeNow();
    });
    this.#running = this.#queued;
    return this.#queued;
  }

  async #writeNow(): Promise<void> {
    if (this.#state === null || this.#dropped) return;
    const extra = new TextEncoder().encode(JSON.stringify(this.#extra));
    const joined = joinStates([this.#state, extra]);
    const blob = await sealBlob(this.#sid, this.#halves.d, this.#halves.half, joined);
    if (!this.#dropped) await this.#store.put("seats", this.#key, blob);
  }
}

/** What a blob held, opened with the server's half. @throws SealingError, SyntaxError */
export async function readBlob(
  blob: Bytes,
  half: Bytes,
): Promise<{ halves: Halves; state: Bytes; extra: Extra }> {
  const { d } = readBlobHead(blob);
  const [state, more] = splitStates(await openBlob(blob, half));
  if (state === undefined || more === undefined) throw new SealingError("bad_state");
  return { halves: { d, half }, state, extra: readExtra(more) };
}

function readExtra(bytes: Bytes): Extra {
  const found = JSON.parse(new TextDecoder().decode(bytes)) as { label?: unknown; draft?: unknown };
  const draft = typeof found.draft === "string" ? found.draft : "";
  return { label: isLabel(found.label) ? found.label : null, draft };
}
