// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * One conversation of this tab: joins the connection, the seats that seal, and the blob for a reload.
 *
 * How this works. Frames are taken in one after the other, because opening the blob and unsealing take
 * time. What a seat wants sent goes out at once or is dropped; after each welcome the seats send again
 * what the server may lack, so nothing is queued here. The blob is sealed and written before a seat
 * goes on (its `persist` waits for it), one write at a time.
 *
 * A live tab that lost its network attaches with take_over: it was the holder. Once superseded it
 * wipes, and only the person can bring it back ("continue here").
 */

import type { Connection, LinkState } from "../connection.ts";
import type { Bytes } from "../sealing/types.ts";
import {
  decodeToHelpSeeker,
  EndedBy,
  ErrorCode,
  encodeFromHelpSeeker,
  type FromHelpSeeker,
  Phase,
  type ToHelpSeeker,
  VERSION,
  type Welcome,
} from "../wire.gen.ts";
import type { Around } from "./around.ts";
import { Members } from "./members.ts";
import { ASKS_AFTER, MOST_UNPAID, PASSING, TICK } from "./patience.ts";
import { Reload } from "./reload.ts";
import { nothingSaid } from "./said.ts";
import { TypingHint } from "./typing_hint.ts";
import { WaitingRoom } from "./waiting_room.ts";

export class Conversation {
  readonly #around: Around;
  readonly #reload: Reload;
  readonly #link: Connection<ToHelpSeeker>;
  readonly room: WaitingRoom;
  #members: Members | null = null;
  #queue: Promise<void> = Promise.resolve();
  readonly #fresh: boolean; // made here, not found after a reload
  #started: boolean; // Start was sent on some connection; whether it arrived only the answer tells
  #welcomed = false; // on some connection
  #attached = false; // on this connection
  #opened = 0; // how many connections there have been
  #unpaid = 0;
  #leaving = false; // Leave is wanted: sent after every welcome until the server says Closed
  #over = false;
  #talked = false; // a counsellor was here
  #lastPut: Bytes | null = null;
  #cancelAgain: (() => void) | null = null;
  #cancelTick: (() => void) | null = null;
  readonly #typingHint: TypingHint;

  private constructor(around: Around, reload: Reload, fresh: boolean) {
    this.#around = around;
    this.#typingHint = new TypingHint(around);
    this.#reload = reload;
    this.#fresh = fresh;
    this.#started = !fresh;
    this.room = new WaitingRoom(
      (frame) => this.#send(frame),
      (event) => around.tell(event),
    );
    this.#link = around.connect({
      url: around.url,
      decode: decodeToHelpSeeker,
      opened: () => this.#open(),
      received: (frame) => this.#receive(frame),
      changed: (state) => this.#linked(state),
      probe: () =>
        this.#lastPut === null ? null : encodeFromHelpSeeker({ frame: "Put", envelope: this.#lastPut }),
    });
  }

  /** A new conversation: enters the waiting room. */
  static async begin(around: Around): Promise<Conversation> {
    const reload = await Reload.fresh(around);
    const conversation = new Conversation(around, reload, true);
    conversation.#members = conversation.#seats([]);
    conversation.#link.start();
    return conversation;
  }

  /** The conversation this tab's blob is about. Null: there is none, or it can't be read. */
  static async resume(around: Around): Promise<Conversation | null> {
    const reload = await Reload.found(around);
    if (reload === null) return null;
    const conversation = new Conversation(around, reload, false);
    conversation.#link.start();
    return conversation;
  }

  /** End the blob's conversation without opening it. */
  static async abandon(around: Around): Promise<void> {
    const conversation = await Conversation.resume(around);
    if (conversation === null) return;
    conversation.#leaving = true;
    conversation.#over = true;
    conversation.#reload.forget();
  }

  /** What the person had typed and not sent, after a reload. */
  get draft(): string {
    return this.#reload.draft;
  }

  /** Keep what is typed and not yet sent, for a reload. */
  keepDraft(text: string): void {
    if (!this.#over && this.#welcomed) this.#enqueue(() => this.#reload.keepDraft(text));
  }

  /** Send a line, or keep it until the counsellor is there. False: it was not taken, and stays where it was. */
  async say(text: string): Promise<boolean> {
    if (this.#members === null || this.#over) return false;
    try {
      await this.#members.say(text);
      return true;
    } catch {
      return false;
    }
  }

  typing(): void {
    if (this.#members?.talks === true && !this.#over) this.#guarded(this.#members.typing());
  }

  /** The person's answer to a question. It belongs to what was on the screen: a newer offer does not inherit it. */
  answer(key: string, yes: boolean): void {
    if (this.#members !== null && !this.#over) this.#guarded(this.#members.answer(key, yes));
  }

  /** Give whoever is here now what stands on the screen (true), or leave it at that. */
  share(yes: boolean, you: string, somebody: string): void {
    if (!yes) this.#around.tell({ kind: "shared" });
    else if (this.#members !== null && !this.#over) this.#guarded(this.#members.share(you, somebody));
  }

  /** Send a line that did not arrive to whoever is here now. */
  again(mid: string): void {
    if (this.#members !== null && !this.#over) this.#guarded(this.#members.again(mid));
  }

  /** End it, on every side; stays connected until the server has heard it. `erase`: at once, without a last word. */
  async end(erase = false): Promise<void> {
    if (this.#over) return;
    this.#leaving = true;
    this.#finish();
    this.#around.tell({ kind: erase ? "erasing" : "ending" });
    this.#talked &&= !erase;
    if (!erase) await this.#members?.end(); // ended is ended, whether or not it could be said inside
    this.#send({ frame: "Leave" });
  }

  /** How heavy it feels, from 0 to 4: one count, for nobody to see. False: it is too late. */
  feel(after: boolean, weight: number): boolean {
    return this.#send({ frame: "Felt", after, weight });
  }

  /**
   * Leaving fast: what leads back is gone from this browser. The server is told if we are connected; else it learns
   * nothing, and has the person for away until the time for that is over. Nothing is waited for or tried again.
   */
  vanish(): void {
    this.#finish();
    if (!this.#send({ frame: "Leave" })) this.#link.stop();
  }

  // --- the connection ---

  #open(): void {
    if (this.#over && !this.#leaving) return this.#link.stop(); // of what is over, nothing is known elsewhere
    this.#attached = false;
    this.#opened += 1;
    const { sid, half, ticket, era } = this.#reload;
    if (!this.#started && half !== null) return void this.#start(half);
    this.#send({ frame: "Attach", version: VERSION, sid, ticket, era, takeOver: true });
  }

  async #start(half: Bytes): Promise<void> {
    const opened = this.#opened;
    const solution = await this.#around.work.solution().catch(() => null);
    if (opened !== this.#opened || this.#over) return;
    if (solution === null) return this.#refused(ErrorCode.STORE_LOST); // not to be had now: again in a moment
    const { sid, ticketHash } = this.#reload;
    if (solution.length > 0) this.#send({ frame: "Work", solution });
    const start = { version: VERSION, sid, ticketHash, half, ...nothingSaid };
    this.#started = this.#send({ frame: "Start", ...start, language: this.#around.language });
  }

  #linked(link: LinkState): void {
    if (link === "down" && this.#over && !this.#leaving) return this.#link.stop(); // nothing to come back for
    this.#around.tell({ kind: "link", link });
  }

  /** Before the welcome of this connection only Start or Attach may go out; the rest is sent again after it. */
  #send(frame: FromHelpSeeker): boolean {
    const entering = frame.frame === "Start" || frame.frame === "Attach" || frame.frame === "Work";
    return (entering || this.#attached) && this.#link.send(encodeFromHelpSeeker(frame));
  }

  #enqueue(work: () => Promise<void> | void): void {
    this.#queue = this.#queue.then(work).catch(() => this.#dead());
  }

  #guarded(work: Promise<unknown>): void {
    work.catch(() => this.#dead());
  }

  /** What an earlier connection still had to say is void (it comes again), except that it is over. */
  #receive(frame: ToHelpSeeker): void {
    if (frame.frame === "Moving") return this.#over ? undefined : this.#link.move();
    const opened = this.#opened;
    this.#enqueue(() => {
      if (frame.frame === "Closed") return this.#closed(frame.by);
      return opened === this.#opened ? this.#take(frame) : undefined;
    });
  }

  async #take(frame: Exclude<ToHelpSeeker, { frame: "Closed" | "Moving" }>): Promise<void> {
    if (frame.frame === "Welcome") this.#attached = true;
    if (this.#leaving) {
      if (frame.frame === "Welcome") this.#send({ frame: "Leave" });
      return;
    }
    if (this.#over) return;
    switch (frame.frame) {
      case "Welcome":
        return this.#welcome(frame);
      case "Position":
      case "Attended":
      case "Expected":
      case "Described":
        return this.room.take(frame);
      case "Offered":
        if (frame.slot === 0) this.room.offered();
        this.#ticking();
        return this.#members?.offered(frame.slot, frame.offer, frame.staff, frame.manager);
      case "Replied":
        return this.#members?.replied(frame.slot, frame.m2);
      case "Delivery":
        return this.#members?.delivered(frame.envelope);
      case "Stored":
        return this.#members?.stored(frame.slot, frame.epoch, frame.n);
      case "Presence":
        this.#members?.present(frame.slot, frame.present);
        return frame.slot === 0 ? this.#around.tell({ kind: "presence", present: frame.present }) : undefined;
      case "BackToWaiting":
        await this.#members?.back(frame.why);
        return this.room.again();
      case "NotComing":
        return this.#members?.notComing(frame.slot, frame.why);
      case "Refused":
        return this.#refused(frame.code);
    }
  }

  async #welcome(frame: Welcome): Promise<void> {
    const first = !this.#welcomed;
    this.#welcomed = true;
    if (first) await this.#firstWelcome(frame);
    this.#around.tell({
      kind: "welcome",
      phase: frame.phase,
      present: frame.present,
      keeps: this.#reload.keeps,
    });
    this.room.welcomed(frame.phase);
    await this.#members?.welcomed(frame);
    if (frame.phase !== Phase.WAITING) this.#ticking();
  }

  async #firstWelcome(frame: Welcome): Promise<void> {
    this.#members ??= this.#seats(await this.#reload.open(frame.half));
    await this.#reload.keepEra(frame.era);
    this.#members.begin();
  }

  async #closed(by: EndedBy): Promise<void> {
    if (this.#fresh && !this.#welcomed && !this.#over && by === EndedBy.UNKNOWN) {
      this.#started = false; // our Start never arrived: the connection broke before it
      this.#link.reopen();
      return;
    }
    this.#leaving = false;
    const news = !this.#over;
    this.#finish();
    if (by === EndedBy.BOUNDARY) this.#around.work.endedWithBoundary();
    this.#around.tell({ kind: "closed", by });
    // Whoever talked may still say how it feels; everybody else needs the connection no more.
    if (this.#talked) this.#around.after(ASKS_AFTER, () => this.#link.stop());
    else this.#link.stop();
    if (news) await this.#members?.closed();
  }

  #refused(code: ErrorCode): void {
    if (code === ErrorCode.SUPERSEDED || code === ErrorCode.HELD_ELSEWHERE) return this.#superseded();
    if (code === ErrorCode.WORK_NEEDED && !this.#attached && this.#unpaid++ < MOST_UNPAID) {
      this.#started = false; // too old, or the store lost its memory: another one
      return this.#open();
    }
    const passing =
      code === ErrorCode.TOO_FAST || code === ErrorCode.STORE_LOST || code === ErrorCode.LANE_FULL;
    if (!passing && code !== ErrorCode.GAP) {
      if (this.#attached) return; // a frame of ours did not fit; the seat repairs what is missing
      this.#over = true;
      this.#still();
      this.#link.stop();
      // An outdated page goes on after a reload; every other refusal to let us in is final.
      if (code !== ErrorCode.VERSION) this.#reload.forget();
      return this.#around.tell({ kind: "refused", refusal: code });
    }
    if (passing) this.#around.tell({ kind: "trouble", trouble: code });
    this.#cancelAgain ??= this.#around.after(PASSING, () => {
      this.#cancelAgain = null;
      if (!this.#attached) {
        if (!this.#welcomed) this.#started = !this.#fresh;
        this.#open();
      } else if (!this.#over && this.#members !== null) {
        this.#around.tell({ kind: "trouble", trouble: null });
        this.room.again();
        this.#guarded(this.#members.connected());
      }
    });
  }

  /** Another tab goes on. The sealed blob stays, so that the person can come back here. */
  #superseded(): void {
    this.#over = true;
    this.#still();
    this.#members = null;
    this.#link.stop();
    this.#around.tell({ kind: "superseded" });
  }

  // --- the seats ---

  #seats(states: readonly (Bytes | null)[]): Members {
    const { sealing, trust, tell, now, random } = this.#around;
    return new Members(this.#reload.sid, states, {
      sealing,
      trust,
      persist: (slot, state) => this.#reload.keepSeat(slot, state),
      send: (frame) => {
        if (frame.frame === "Put") this.#lastPut = frame.envelope;
        if (this.#send(frame) && frame.frame === "Put") this.#link.expectAnswer();
      },
      tell: (event) => {
        this.#talked ||= event.kind === "active";
        tell(event);
      },
      typing: () => this.#typingHint.come(),
      over: (why) => (why === "dead" ? this.#dead() : this.#peerEnded()),
      now: () => now(),
      random: (length) => random(length),
    });
  }

  #peerEnded(): void {
    this.#leaving = true;
    this.#finish();
    this.#around.tell({ kind: "peerEnded" });
    this.#send({ frame: "Leave" });
    if (this.#members !== null) this.#guarded(this.#members.closed());
  }

  /** The counsellor's seat can't go on: end it everywhere rather than pretend. */
  #dead(): void {
    if (this.#over) return;
    this.#leaving = true;
    this.#finish();
    this.#around.tell({ kind: "dead" });
    this.#send({ frame: "Leave" });
  }

  #ticking(): void {
    if (this.#over || this.#members === null) return;
    this.#cancelTick ??= this.#around.after(TICK, () => {
      this.#cancelTick = null;
      if (this.#link.state === "up" && this.#members !== null) this.#guarded(this.#members.tick());
      this.#ticking();
    });
  }

  #finish(): void {
    this.#over = true;
    this.#reload.forget();
    this.#still();
  }

  #still(): void {
    this.#cancelAgain?.();
    this.#cancelTick?.();
    this.#typingHint.stop();
    this.#cancelAgain = this.#cancelTick = null;
  }
}
