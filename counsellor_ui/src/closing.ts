// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * How conversations end at this desk: with a boundary, with a wrap-up, and with a moment to breathe.
 *
 * How this works. As soon as a conversation in which something was said is over, it gets a wrap-up with
 * an id of its own. Its text stays until the wrap-up has reached the service, at most the 15 minutes of
 * state/conversation.ts. A try that fails is made again by itself, with the same id.
 */

import type { ReadonlySignal } from "@preact/signals";
import { signal } from "@preact/signals";
import { hex } from "../../chat/browser/sealing/api.ts";
import { random } from "./desk/random.ts";
import type { Content } from "./state/content.ts";
import { riskCode } from "./state/content.ts";
import type { Conversation, ConversationEvent } from "./state/conversation.ts";
import { wasHeavy, wasHeld } from "./state/conversation.ts";
import type { Desk } from "./state/desk.ts";
import { find } from "./state/desk.ts";
import { MINUTE } from "./state/durations.ts";
import type { Pause } from "./state/pause.ts";
import { NO_PAUSE } from "./state/pause.ts";
import type { WrapUp } from "./state/wrap_up.ts";
import { isWhole, nextTry } from "./state/wrap_up.ts";

/** How long a boundary's text may take to arrive before the conversation is ended all the same. */
export const BOUNDARY_ARRIVES = 5_000;

/** What the service is told of a conversation: codes, each counted alone. */
export interface WrapUpSent {
  readonly id: string;
  readonly matter: string;
  readonly risk: string;
  readonly outcome: string;
  readonly referred: readonly string[];
  readonly boundary: boolean;
  readonly heavy: boolean;
}

export interface ClosingPorts {
  readonly desk: ReadonlySignal<Desk>;
  readonly content: ReadonlySignal<Content | null>;
  tell(sid: string, event: ConversationEvent): void;
  /** Resolves with whether the line was kept. */
  say(sid: string, text: string): Promise<boolean>;
  endWithBoundary(sid: string): Promise<void>;
  /** Rejects when it did not arrive. */
  send(wrapUp: WrapUpSent): Promise<void>;
  /** The text goes. */
  done(sid: string): void;
  takeBreak(): void;
  backOnDuty(): void;
}

export class Closing {
  readonly pause = signal<Pause>(NO_PAUSE);
  readonly #ports: ClosingPorts;
  readonly #failed = new Map<string, number>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(ports: ClosingPorts) {
    this.#ports = ports;
    ports.desk.subscribe(() => this.#begin());
    ports.content.subscribe(() => this.#begin());
  }

  // --- ending with a boundary ---

  /** Send the fixed text, give it a moment to arrive, and end. The conversation is asked about before. */
  async boundary(sid: string, text: string): Promise<void> {
    this.#ports.tell(sid, { kind: "boundary" });
    if (await this.#ports.say(sid, text)) await this.#arrived(sid);
    await this.#ports.endWithBoundary(sid);
  }

  /** Until every line of ours is delivered, the other side left, or the time is over. */
  #arrived(sid: string): Promise<void> {
    return new Promise((resolve) => {
      const until = Date.now() + BOUNDARY_ARRIVES;
      const stop = this.#ports.desk.subscribe((desk) => {
        const c = find(desk, sid);
        const open = c?.lines.some((line) => line.from === "own" && line.state !== "delivered") ?? false;
        // The desk changes at least once a second: its clock is in it.
        if (!open || c?.present === false || Date.now() >= until) queueMicrotask(settle);
      });
      const timer = setTimeout(settle, BOUNDARY_ARRIVES);
      function settle(): void {
        clearTimeout(timer);
        stop();
        resolve();
      }
    });
  }

  // --- wrapping up ---

  /** What has ended gets its wrap-up, as soon as the lists to choose from are known. */
  #begin(): void {
    const content = this.#ports.content.value;
    if (content === null) return;
    for (const c of this.#ports.desk.value.conversations) {
      if (c.stage !== "ended" || c.wrapUp !== null || !wasHeld(c)) continue;
      const risk = riskCode(c.risk, content.risks);
      this.#ports.tell(c.sid, { kind: "wrap_up_begins", id: hex(random(16)), risk });
    }
  }

  async send(sid: string): Promise<void> {
    clearTimeout(this.#timers.get(sid));
    const before = find(this.#ports.desk.value, sid)?.wrapUp ?? null;
    if (before === null || before.state === "sending") return;
    this.#ports.tell(sid, { kind: "wrap_up", change: { kind: "sending" } });
    const c = find(this.#ports.desk.value, sid);
    const sent = c?.wrapUp?.state === "sending" ? sentOf(c, c.wrapUp) : null;
    if (c === null || sent === null) return;
    try {
      await this.#ports.send(sent);
    } catch {
      return this.#unsent(sid);
    }
    this.#failed.delete(sid);
    this.#timers.delete(sid);
    this.#ports.done(sid);
    if (wasHeavy(c)) this.#offerPause(c.boundary);
  }

  #unsent(sid: string): void {
    this.#ports.tell(sid, { kind: "wrap_up", change: { kind: "unsent" } });
    const failed = this.#failed.get(sid) ?? 0;
    this.#failed.set(sid, failed + 1);
    this.#timers.set(
      sid,
      setTimeout(() => void this.send(sid), nextTry(failed)),
    );
  }

  // --- a moment ---

  #offerPause(abusive: boolean): void {
    if ((this.#ports.content.value?.pauseMinutes ?? 0) === 0 || this.pause.value.kind === "taken") return;
    this.pause.value = { kind: "offered", abusive };
  }

  takePause(): void {
    const minutes = this.#ports.content.value?.pauseMinutes ?? 0;
    this.pause.value = { kind: "taken", until: Date.now() + minutes * MINUTE };
    this.#ports.takeBreak();
  }

  declinePause(): void {
    this.pause.value = NO_PAUSE;
  }

  endPause(): void {
    this.pause.value = NO_PAUSE;
    this.#ports.backOnDuty();
  }

  /** Signed out, or the desk is in another tab. */
  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#failed.clear();
    this.pause.value = NO_PAUSE;
  }
}

function sentOf(c: Conversation, wrapUp: WrapUp): WrapUpSent | null {
  const { id, matter, risk, outcome, referred, heavy } = wrapUp;
  if (!isWhole(wrapUp) || matter === null || risk === null || outcome === null) return null;
  return { id, matter, risk, outcome, referred: [...referred].sort(), boundary: c.boundary, heavy };
}
