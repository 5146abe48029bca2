// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Editing one thing: fetch it, keep the draft while other places are open, save it when the person says so.
 *
 * A draft lives in this tab's memory only, until it is saved, undone, or the person signs out.
 */

import { computed, signal } from "@preact/signals";
import type { Editing, Kept } from "../state/manage/editing.ts";
import { edited, found, keptOurs, saved, tookTheirs, undone, unsaved } from "../state/manage/editing.ts";
import type { Trouble } from "../state/refusals.ts";
import { ApiError } from "./http.ts";
import { troubleOf } from "./trouble.ts";

/** Where a value is kept, and how it becomes a draft and back. */
export interface Source<V, D> {
  get(): Promise<Kept<V>>;
  put(version: number, value: V): Promise<Kept<V>>;
  draftOf(value: V): D;
  valueOf(draft: D): V;
}

export class Editor<V, D> {
  readonly state = signal<Editing<D> | null>(null);
  readonly trouble = signal<Trouble | null>(null);
  readonly busy = signal(false);
  readonly unsaved = computed(() => this.state.value !== null && unsaved(this.state.value));
  readonly #source: Source<V, D>;

  constructor(source: Source<V, D>) {
    this.#source = source;
  }

  /** What the service holds now; a draft is kept, and a newer version is shown beside it. */
  async load(): Promise<void> {
    await this.#work(() => this.#look());
  }

  edit(draft: D): void {
    if (this.state.value !== null) this.state.value = edited(this.state.value, draft);
  }

  /** Save the draft, unless somebody else has saved since it was begun: then theirs is shown beside it. */
  async save(): Promise<void> {
    const before = this.state.value;
    if (before === null || before.theirs !== null) return;
    await this.#work(async () => {
      try {
        const { draft, kept } = before;
        const now = this.#drafted(await this.#source.put(kept.version, this.#source.valueOf(draft)));
        if (this.state.value !== null) this.state.value = saved(this.state.value, draft, now, Date.now());
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== "stale") throw error;
        await this.#look();
      }
    });
  }

  undo(): void {
    if (this.state.value !== null) this.state.value = undone(this.state.value);
  }

  keepOurs(): void {
    if (this.state.value !== null) this.state.value = keptOurs(this.state.value);
  }

  takeTheirs(): void {
    if (this.state.value !== null) this.state.value = tookTheirs(this.state.value);
  }

  draftOf(value: V): D {
    return this.#source.draftOf(value);
  }

  /** Somebody else may sit down here. */
  forget(): void {
    this.state.value = null;
    this.trouble.value = null;
  }

  async #look(): Promise<void> {
    const now = this.#drafted(await this.#source.get());
    this.state.value = found(this.state.value, now); // read after the wait: somebody may have typed meanwhile
  }

  #drafted(kept: Kept<V>): Kept<D> {
    return { version: kept.version, value: this.#source.draftOf(kept.value) };
  }

  async #work(work: () => Promise<void>): Promise<void> {
    if (this.busy.value) return;
    this.busy.value = true;
    this.trouble.value = null;
    try {
      await work();
    } catch (error) {
      this.trouble.value = troubleOf(error);
    } finally {
      this.busy.value = false;
    }
  }
}
