// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * What the views see and call: the state as signals, and every act of the person as a method.
 *
 * How this works. `screen` says which of few screens is shown; `desk` is the state of state/desk.ts,
 * changed by `step` alone. Going to another place (team, devices) keeps the desk's connection: the
 * conversations go on. A tab that was superseded or signed out lets go of seats and open texts at once.
 */

import { computed, signal } from "@preact/signals";
import type { LinkState } from "../../chat/browser/connection.ts";
import type { Trust } from "../../chat/browser/sealing/api.ts";
import { Enrolling } from "./desk/enrol.ts";
import { ApiError, http } from "./desk/http.ts";
import type { Mine } from "./desk/identity.ts";
import { readMine } from "./desk/identity.ts";
import { signIn } from "./desk/passkeys.ts";
import { now } from "./desk/random.ts";
import { Store } from "./desk/store.ts";
import type { Stop } from "./desk/switchboard.ts";
import { Switchboard } from "./desk/switchboard.ts";
import { holdTab } from "./desk/tab.ts";
import { certifyOwn } from "./desk/team.ts";
import { troubleOf } from "./desk/trouble.ts";
import { loadTrust } from "./desk/trust.ts";
import type { Desk, DeskEvent } from "./state/desk.ts";
import { EMPTY_DESK, find, step } from "./state/desk.ts";
import type { Me } from "./state/people.ts";
import type { Trouble } from "./state/refusals.ts";
import { nextOf } from "./state/waiting_room.ts";

export type Screen =
  | { readonly kind: "loading" }
  | { readonly kind: "failed"; readonly trouble: Trouble }
  | { readonly kind: "no_store" }
  | { readonly kind: "signed_out" }
  | { readonly kind: "enrol"; readonly enrolling: Enrolling }
  | { readonly kind: "signed_in"; readonly me: Me; readonly mine: Mine };

export type Place = "desk" | "team" | "devices";

export class App {
  readonly screen = signal<Screen>({ kind: "loading" });
  readonly place = signal<Place>("desk");
  readonly desk = signal<Desk>(EMPTY_DESK);
  readonly link = signal<LinkState>("stopped");
  readonly stopped = signal<Stop | null>(null);
  readonly sheet = signal(false);
  /** The conversation whose end is being confirmed. */
  readonly ending = signal<string | null>(null);
  /** Milliseconds; moves once a second. */
  readonly clock = signal(Date.now());
  readonly me = computed(() => (this.screen.value.kind === "signed_in" ? this.screen.value.me : null));
  readonly mine = computed(() => (this.screen.value.kind === "signed_in" ? this.screen.value.mine : null));
  readonly demo: boolean;
  #store: Store | null = null;
  #trust: Trust | null = null;
  #board: Switchboard | null = null;

  constructor(demo: boolean) {
    this.demo = demo;
  }

  /** Find out which screen is due. */
  async start(): Promise<void> {
    setInterval(() => this.#tick(), 1_000);
    try {
      this.#store = await Store.open();
    } catch {
      this.screen.value = { kind: "no_store" };
      return;
    }
    try {
      this.#trust = await loadTrust();
      const fragment = location.hash;
      // The link's secret must not stay in the address bar or in the history.
      if (fragment !== "") history.replaceState(null, "", location.pathname);
      const enrolling = location.pathname === "/enrol" ? await Enrolling.open(this.#store, fragment) : null;
      if (enrolling !== null) this.screen.value = { kind: "enrol", enrolling };
      else await this.#entered(await http.me());
    } catch (error) {
      this.#failed(error);
    }
  }

  get store(): Store {
    if (this.#store === null) throw new Error("the desk has not started");
    return this.#store;
  }

  get trust(): Trust {
    if (this.#trust === null) throw new Error("the desk has not started");
    return this.#trust;
  }

  async signIn(): Promise<void> {
    await this.#entered(await signIn());
  }

  async signOut(): Promise<void> {
    await http.signOut();
    this.#letGo();
    this.screen.value = { kind: "signed_out" };
  }

  /** After a renewal, or when a certificate was given to this device. */
  async refresh(): Promise<void> {
    await this.#entered(await http.me());
  }

  /** "Use this tab": take the desk over from another one. */
  async useHere(): Promise<void> {
    await this.#openDesk(true);
  }

  retryNow(): void {
    this.#board?.retryNow();
  }

  // --- conversations ---

  select(sid: string): void {
    this.dispatch({ kind: "select", sid });
  }

  turn(by: 1 | -1): void {
    this.dispatch({ kind: "turn", by });
  }

  take(sid: string): void {
    this.#board?.take(sid);
  }

  helpNext(): void {
    const next = nextOf(this.desk.value.room);
    if (next === null) this.dispatch({ kind: "notice", notice: "nobody_present" });
    else this.take(next.sid);
  }

  draft(sid: string, text: string): void {
    this.dispatch({ kind: "conversation", sid, event: { kind: "draft", text } });
    this.#board?.seats.draft(sid, text);
  }

  /** The text leaves the composer at once, and comes back to it if it could not be kept. */
  async say(sid: string, text: string): Promise<void> {
    this.draft(sid, "");
    const kept = (await this.#board?.seats.say(sid, text)) ?? false;
    if (kept) return;
    if (find(this.desk.value, sid)?.draft === "") this.draft(sid, text);
    this.dispatch({ kind: "notice", notice: "went_wrong" });
  }

  async end(sid: string): Promise<void> {
    await this.#board?.seats.end(sid);
  }

  done(sid: string): void {
    this.#board?.seats.done(sid);
    this.dispatch({ kind: "done", sid });
  }

  /** Whether the person looks at this conversation now. */
  seen(sid: string): boolean {
    return this.place.value === "desk" && this.desk.value.selected === sid && document.hasFocus();
  }

  dispatch(event: DeskEvent): void {
    this.desk.value = step(this.desk.value, event, Date.now());
  }

  // --- inside ---

  #tick(): void {
    this.clock.value = Date.now();
    this.dispatch({ kind: "clock" });
  }

  #failed(error: unknown): void {
    const signedOut = error instanceof ApiError && error.code === "not_signed_in";
    this.screen.value = signedOut ? { kind: "signed_out" } : { kind: "failed", trouble: troubleOf(error) };
  }

  /** Signed in: read what this device may do, and open the desk if it may sit there. */
  async #entered(known: Me): Promise<void> {
    let me = known;
    let mine = await readMine(me, this.store, this.trust, now());
    if (mine.issuer !== null && (await certifyOwn(mine.issuer, me)) !== null) {
      me = await http.me();
      mine = await readMine(me, this.store, this.trust, now());
    }
    if (location.pathname !== "/") history.replaceState(null, "", "/");
    if (mine.identity === null && mine.issuer !== null) this.place.value = "team";
    this.screen.value = { kind: "signed_in", me, mine };
    if (mine.identity !== null && this.#board === null && this.stopped.value === null)
      await this.#openDesk(false);
  }

  async #openDesk(steal: boolean): Promise<void> {
    const identity = this.mine.value?.identity ?? null;
    if (identity === null) return;
    if (!(await holdTab(steal, () => this.#stop("superseded")))) return this.#stop("held_elsewhere");
    this.stopped.value = null;
    this.#board = new Switchboard({
      store: this.store,
      identity,
      dispatch: (event) => this.dispatch(event),
      link: (state) => this.#linked(state),
      stopped: (why) => this.#stop(why),
      seen: (sid) => this.seen(sid),
      labelOf: (sid) => find(this.desk.value, sid)?.label ?? null,
    });
    // We hold this browser's lock, and the key is in no other browser: whoever is connected is a dead socket.
    this.#board.start(true);
  }

  #linked(state: LinkState): void {
    this.link.value = state;
    if (state === "down") void this.#stillSignedIn();
  }

  /** A socket that is refused tells no reason; the API does. */
  async #stillSignedIn(): Promise<void> {
    try {
      await http.me();
    } catch (error) {
      if (error instanceof ApiError && error.code === "not_signed_in") this.#stop("signed_out");
    }
  }

  #stop(why: Stop): void {
    this.#letGo();
    if (why === "signed_out") this.screen.value = { kind: "signed_out" };
    else this.stopped.value = why;
  }

  /** Close the connection, and let go of every open conversation; ended ones keep their 15 minutes. */
  #letGo(): void {
    this.#board?.stop();
    this.#board = null;
    this.stopped.value = null;
    this.ending.value = null;
    const ended = this.desk.value.conversations.filter((c) => c.stage === "ended");
    this.desk.value = { ...EMPTY_DESK, conversations: ended, highest: this.desk.value.highest };
  }
}
