// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The work a start costs, done while the page is being read.
 *
 * How this works. The challenge comes from our own origin and says how many tries it takes; each try is one
 * PBKDF2 of WebCrypto, which runs beside the page and not in its thread. A solution is good for one start
 * and for ten minutes; older ones are made anew before they are used. Nothing of the browser goes into it.
 */

import { solveChallenge } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/web/pbkdf2";
import type { Challenge } from "altcha-lib/types";
import { utf8 } from "../sealing/bytes.ts";
import type { Bytes } from "../sealing/types.ts";

/** A solution is not used in the last minute of its challenge: a slow network takes some of it. Seconds. */
const SPARE = 60;
/** The longest we try, in milliseconds; far above what the server asks of the slowest phone. */
const LONGEST = 120_000;

export class WorkError extends Error {}

export interface WorkPorts {
  /** GET this path of our origin as JSON, null when there is nothing; rejects when that fails. */
  fetchJson(path: string): Promise<unknown>;
  /** Unix seconds. */
  now(): number;
}

/** Where a conversation gets the work its start costs. */
export interface WorkSource {
  /** A solution nobody has used; empty: starts are free here. @throws WorkError it could not be had */
  solution(): Promise<Bytes>;
  /** From now on, until this page is closed, a start costs more. */
  endedWithBoundary(): void;
}

interface Done {
  readonly payload: Bytes;
  readonly until: number;
}

const FREE: Done = { payload: new Uint8Array(0), until: Number.POSITIVE_INFINITY };

export class Work implements WorkSource {
  readonly #ports: WorkPorts;
  /** The conversation of this page ended with a boundary: its next start costs more. */
  #afterBoundary = false;
  #doing: Promise<Done> | null = null;

  constructor(ports: WorkPorts) {
    this.#ports = ports;
  }

  /** Begin, if nothing is being done. A failure is met by `solution`. */
  begin(): void {
    this.#doing ??= this.#solve();
    this.#doing.catch(() => undefined);
  }

  async solution(): Promise<Bytes> {
    this.begin();
    let done = await this.#outcome();
    if (done === null || done.until - SPARE <= this.#ports.now()) {
      this.#doing = this.#solve();
      done = await this.#outcome();
    }
    this.#doing = null; // each is spent once
    if (done === null) throw new WorkError();
    return done.payload;
  }

  endedWithBoundary(): void {
    this.#afterBoundary = true;
    this.#doing = null;
  }

  async #outcome(): Promise<Done | null> {
    return (await this.#doing?.catch(() => null)) ?? null;
  }

  async #solve(): Promise<Done> {
    const path = this.#afterBoundary ? "/work?after=boundary" : "/work";
    const challenge = (await this.#ports.fetchJson(path)) as Challenge | null;
    if (challenge === null) return FREE;
    const found = await solveChallenge({ challenge, deriveKey, timeout: LONGEST });
    const until = challenge.parameters.expiresAt;
    if (found === null || until === undefined) throw new WorkError();
    const solution = { counter: found.counter, derivedKey: found.derivedKey }; // how long it took stays here
    return { payload: utf8(btoa(JSON.stringify({ challenge, solution }))), until };
  }
}
