// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * One WebSocket that comes back by itself; shared by the help-seeker's page and the desk.
 *
 * How this works. `start` opens a socket; when it is open, `opened` sends the first frame. The state is
 * `up` only once the server's first frame has come: an open socket alone proves nothing through a
 * captive portal or a worker that is shutting down. When the socket is lost, the next attempt waits a
 * random part of a doubling bound ("full jitter"), so that a restarted server is not run over.
 *
 * A phone that slept, or changed its network, keeps a socket that looks open and is dead. Scripts
 * cannot see the server's pings, so: after `online`, or a return to the page after a long absence, the
 * `probe` frame goes out; and whoever sends something that must be answered calls `expectAnswer`.
 * No answer in time, and a new socket is opened. No timer runs while nothing is awaited.
 *
 * A worker that ends soon asks its browsers to go on elsewhere (`move`). A second socket is opened beside
 * the first, which is used until the second is open. To the owner that is `opened` once more, and the state
 * stays `up`: nothing was interrupted. So it does when the server closes with "service restart" and
 * somebody else answers soon.
 *
 * Nothing is queued here. What must arrive is kept by the conversation, which sends it again in
 * `opened` or after the welcome.
 */

import type { Bytes } from "./wire.gen.ts";

export type LinkState = "connecting" | "up" | "down" | "stopped";

/** What the owner of a connection provides. */
export interface Wiring<Frame> {
  /** Full address, `wss://host/socket`. */
  readonly url: string;
  /** Bytes to a frame; may throw, then the bytes are dropped. */
  decode(bytes: Uint8Array): Frame;
  /** The socket is open: send the first frame now. */
  opened(): void;
  /** One frame of the server. */
  received(frame: Frame): void;
  /** The state is another than before. */
  changed(state: LinkState): void;
  /** A frame that the server is sure to answer, or null: then a doubtful socket is replaced at once. */
  probe?(): Bytes | null;
}

/** The part of a WebSocket that is used, so that tests can bring their own. */
export interface SocketLike {
  binaryType: string;
  readyState: number;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  onerror: (() => void) | null;
  send(bytes: Bytes): void;
  close(): void;
}

/** Time, chance and the browser's events, as arguments. */
export interface Surroundings {
  open(url: string): SocketLike;
  /** Calls back once after so many milliseconds; the result cancels it. */
  after(milliseconds: number, call: () => void): () => void;
  /** Milliseconds, never going back. */
  now(): number;
  /** From 0 up to 1. */
  random(): number;
  /** Subscribes to: the network is back; the page is shown; the page is hidden. The result unsubscribes. */
  watch(online: () => void, shown: () => void, hidden: () => void): () => void;
}

export const FIRST_WAIT = 500;
export const LONGEST_WAIT = 15_000;
/** How long an answer may take before the socket counts as dead. */
export const ANSWER_WITHIN = 8_000;
/** How long a socket may take to open and to be welcomed. Tor builds a circuit first. */
export const OPEN_WITHIN = 30_000;
/** Up for this long, the next loss starts with the shortest wait again. */
export const STEADY_AFTER = 10_000;
/** Those who are asked to move do so within this, each at a moment of its own. */
export const MOVE_WAIT = 200;
/** Hidden for longer than this, a socket is doubted. */
export const LONG_HIDDEN = 20_000;

/** The close code of a server that goes and of which another one takes the place (RFC 6455, IANA's registry). */
const SERVICE_RESTART = 1012;
const OPEN = 1; // WebSocket.OPEN; the constant is not on SocketLike

export class Connection<Frame> {
  readonly #wiring: Wiring<Frame>;
  readonly #around: Surroundings;
  #socket: SocketLike | null = null;
  /** Opened beside the socket; takes its place once it is open. */
  #next: SocketLike | null = null;
  #moving = false;
  #state: LinkState = "stopped";
  #attempt = 0;
  #upSince: number | null = null;
  /** Dials: after a loss, or the next socket. */
  #cancelRetry: (() => void) | null = null;
  #cancelAnswer: (() => void) | null = null;
  #unwatch: (() => void) | null = null;
  #hiddenSince: number | null = null;

  constructor(wiring: Wiring<Frame>, around: Surroundings = browserSurroundings()) {
    this.#wiring = wiring;
    this.#around = around;
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Open, and stay open until `stop`. Calling it again does nothing. */
  start(): void {
    if (this.#state !== "stopped") return;
    this.#attempt = 0;
    this.#unwatch = this.#around.watch(
      () => this.#doubt(),
      () => this.#shown(),
      () => this.#hidden(),
    );
    this.#dial();
  }

  /** Close for good; `start` opens again. */
  stop(): void {
    this.#unwatch?.();
    this.#unwatch = null;
    this.#hiddenSince = null;
    this.#drop();
    this.#become("stopped");
  }

  /** Send one frame. False when there is no open socket: then nothing was sent. */
  send(bytes: Bytes): boolean {
    const socket = this.#socket;
    if (socket === null || socket.readyState !== OPEN) return false;
    socket.send(bytes);
    return true;
  }

  /** Something was sent that the server must answer; any frame counts as the answer. */
  expectAnswer(): void {
    if (this.#state !== "up" || this.#cancelAnswer !== null) return;
    this.#awaitAnswer(ANSWER_WITHIN);
  }

  /** The person asks to try now instead of waiting for the next attempt. */
  retryNow(): void {
    if (this.#state === "down") this.#dial();
  }

  /** Replace the socket by a new one at once, as after `Refused(store_lost)`. */
  reopen(): void {
    if (this.#state === "stopped") return;
    this.#lost();
  }

  /** The server asks to go on over another connection. */
  move(): void {
    if (this.#state !== "up" || this.#moving) return;
    this.#moving = true;
    this.#dialNext(MOVE_WAIT);
  }

  #dial(): void {
    this.#drop();
    this.#become("connecting");
    this.#use(this.#around.open(this.#wiring.url));
    this.#awaitAnswer(OPEN_WITHIN);
  }

  #use(socket: SocketLike): void {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#wiring.opened();
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = ({ code }) => this.#closed(code);
    socket.onerror = null; // `close` always follows, and tells no less
  }

  #dialNext(within: number): void {
    this.#cancelRetry = this.#around.after(this.#around.random() * within, () => {
      const next = this.#around.open(this.#wiring.url);
      this.#next = next;
      next.onopen = () => this.#moved();
      next.onclose = () => {
        this.#next = null;
        this.#dialNext(2 * FIRST_WAIT); // the one we have still serves
      };
    });
  }

  /** What comes over the old socket from here on is void; the new one brings it again. */
  #moved(): void {
    const next = this.#next;
    if (next === null) return;
    this.#rested();
    this.#next = null;
    this.#drop();
    this.#use(next);
    this.#awaitAnswer(ANSWER_WITHIN);
    this.#wiring.opened();
  }

  #closed(code: number): void {
    const lasted = this.#rested();
    if (this.#state !== "up" || !(this.#moving || (lasted && code === SERVICE_RESTART))) {
      this.#lost();
      return;
    }
    const next = this.#next;
    this.#next = null;
    this.#drop();
    this.#awaitAnswer(ANSWER_WITHIN); // nobody calls that an interruption, unless it takes longer
    if (next !== null) this.#use(next);
    else {
      const dial = () => this.#use(this.#around.open(this.#wiring.url));
      this.#cancelRetry = this.#around.after(this.#around.random() * MOVE_WAIT, dial);
    }
  }

  /**
   * Only a connection that lasted starts the waits anew: one that is welcomed and dropped, again and
   * again, must not become a storm.
   */
  #rested(): boolean {
    const lasted = this.#upSince !== null && this.#around.now() - this.#upSince >= STEADY_AFTER;
    if (lasted) this.#attempt = 0;
    return lasted;
  }

  #receive(data: unknown): void {
    if (!(data instanceof ArrayBuffer)) return;
    let frame: Frame;
    try {
      frame = this.#wiring.decode(new Uint8Array(data));
    } catch {
      return; // unknown is an error and changes nothing
    }
    this.#cancelAnswer?.();
    this.#cancelAnswer = null;
    this.#upSince ??= this.#around.now();
    this.#become("up");
    this.#wiring.received(frame);
  }

  #lost(): void {
    this.#rested();
    this.#drop();
    const bound = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#attempt);
    this.#attempt = Math.min(this.#attempt + 1, 16);
    this.#cancelRetry = this.#around.after(this.#around.random() * bound, () => this.#dial());
    this.#become("down");
  }

  /** Let go of socket and timers without a word to the owner. */
  #drop(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    this.#cancelAnswer?.();
    this.#cancelAnswer = null;
    this.#upSince = null;
    this.#moving = false;
    for (const socket of [this.#socket, this.#next]) {
      if (socket === null) continue;
      socket.onopen = null;
      socket.onmessage = null;
      socket.onclose = null; // a late close of an old socket must not touch the new one
      socket.close();
    }
    this.#socket = null;
    this.#next = null;
  }

  #awaitAnswer(within: number): void {
    this.#cancelAnswer = this.#around.after(within, () => {
      this.#cancelAnswer = null;
      this.#lost();
    });
  }

  #doubt(): void {
    if (this.#state === "down") {
      this.#dial();
      return;
    }
    if (this.#state !== "up") return;
    const probe = this.#wiring.probe?.() ?? null;
    if (probe !== null && this.send(probe)) this.expectAnswer();
    else this.#dial();
  }

  #hidden(): void {
    this.#hiddenSince = this.#around.now();
  }

  #shown(): void {
    const since = this.#hiddenSince;
    this.#hiddenSince = null;
    const long = since !== null && this.#around.now() - since >= LONG_HIDDEN;
    if (long || this.#state === "down") this.#doubt();
  }

  #become(state: LinkState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#wiring.changed(state);
  }
}

/** The address of the socket on the page's own origin. */
export function socketAddress(place: { protocol: string; host: string } = location): string {
  return `${place.protocol === "https:" ? "wss:" : "ws:"}//${place.host}/socket`;
}

/** The real browser. */
export function browserSurroundings(): Surroundings {
  return {
    // The DOM's handler types want more than SocketLike asks for; the object is the same.
    open: (url) => new WebSocket(url) as unknown as SocketLike,
    after: (milliseconds, call) => {
      const timer = setTimeout(call, milliseconds);
      return () => clearTimeout(timer);
    },
    now: () => Date.now(), // not performance.now(): that one stands still while a phone sleeps
    random: () => Math.random(),
    watch: (online, shown, hidden) => {
      const seen = (): void => (document.visibilityState === "visible" ? shown() : hidden());
      const restored = (event: PageTransitionEvent): void => {
        if (event.persisted) online(); // back from the page cache: every socket was closed
      };
      addEventListener("online", online);
      addEventListener("pageshow", restored);
      document.addEventListener("visibilitychange", seen);
      return () => {
        removeEventListener("online", online);
        removeEventListener("pageshow", restored);
        document.removeEventListener("visibilitychange", seen);
      };
    },
  };
}
