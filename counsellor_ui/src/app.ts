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
import { fromBase64url, fromHex, hex, toBase64url } from "../../chat/browser/sealing/api.ts";
import { EndedBy, EndHow } from "../../chat/browser/wire.gen.ts";
import { Closing } from "./closing.ts";
import { Contents } from "./contents.ts";
import { Day } from "./day.ts";
import { Enrolling } from "./desk/enrol.ts";
import { ApiError, http } from "./desk/http.ts";
import { readMine } from "./desk/identity.ts";
import { Manage } from "./desk/manage.ts";
import type { Board, Parts } from "./desk/parts.ts";
import { browserParts } from "./desk/parts.ts";
import { signIn } from "./desk/passkeys.ts";
import { now } from "./desk/random.ts";
import { Store } from "./desk/store.ts";
import type { Stop } from "./desk/switchboard.ts";
import { holdTab } from "./desk/tab.ts";
import { certifyOwn } from "./desk/team.ts";
import { troubleOf } from "./desk/trouble.ts";
import { loadTrust } from "./desk/trust.ts";
import type { Joining } from "./joining.ts";
import { Locking } from "./locking.ts";
import { Members } from "./members.ts";
import type { SideTalking } from "./side_talking.ts";
import type { Desk, DeskEvent } from "./state/desk.ts";
import { EMPTY_DESK, find, isInFront, NARROW, step } from "./state/desk.ts";
import { hindrance } from "./state/duty.ts";
import { LOCK_AFTER_MINUTES } from "./state/lock.ts";
import type { Me } from "./state/people.ts";
import { talks } from "./state/people.ts";
import type { Place, Screen } from "./state/screen.ts";

function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && error.code === "not_signed_in";
}

/** The one habit that is kept. */
const TICKED = "languages";

export class App {
  readonly screen = signal<Screen>({ kind: "loading" });
  readonly place = signal<Place>("desk");
  readonly desk = signal<Desk>(EMPTY_DESK);
  readonly link = signal<LinkState>("stopped");
  readonly stopped = signal<Stop | null>(null);
  readonly contents = new Contents();
  readonly content = this.contents.value;
  readonly sheet = signal(false);
  /** The conversation whose risk and procedure are open beside it. */
  readonly judging = signal<string | null>(null);
  /** The conversation whose end is being confirmed. */
  readonly ending = signal<string | null>(null);
  /** Signing out is being confirmed: conversations are open. */
  readonly leaving = signal(false);
  /** Milliseconds; moves once a second. */
  readonly clock = signal(Date.now());
  readonly me = computed(() => (this.screen.value.kind === "signed_in" ? this.screen.value.me : null));
  /** Why "help next" can't be pressed now; null: it can. */
  readonly hindrance = computed(() =>
    hindrance(this.day.duty.value, this.desk.value, this.link.value === "up"),
  );
  readonly mine = computed(() => (this.screen.value.kind === "signed_in" ? this.screen.value.mine : null));
  readonly manage = new Manage();
  readonly demo: boolean;
  readonly day: Day;
  readonly closing: Closing;
  readonly locking = new Locking();
  readonly members: Members;
  readonly joining: Joining;
  readonly side: SideTalking;
  #store: Store | null = null;
  #trust: Trust | null = null;
  readonly #parts: Parts;
  #board: Board | null = null;
  #release: (() => void) | null = null;
  #signingOut = false;
  /** The live store's memory, as the last welcome named it: another name means that everything is lost. */
  #era: string | null = null;

  constructor(demo: boolean, parts: Parts = browserParts()) {
    this.demo = demo;
    this.#parts = parts;
    this.day = new Day({
      desk: this.desk,
      bell: parts.bell,
      send: (frame) => this.#board?.tell(frame) ?? false,
      dispatch: (event) => this.dispatch(event),
      // A browser that can't keep it has them ticked anew.
      keepTicks: (languages) => void this.store.put("habits", TICKED, languages).catch(() => undefined),
      me: () => this.staff,
      looking: () => this.looking(),
    });
    this.closing = new Closing({
      desk: this.desk,
      content: this.content,
      tell: (sid, event) => this.dispatch({ kind: "conversation", sid, event }),
      say: async (sid, text) => (await this.#board?.seats.say(sid, text)) ?? false,
      endWithBoundary: async (sid) => this.#board?.seats.end(sid, EndHow.BOUNDARY),
      send: ({ id, ...said }) => http.wrapUp({ once: toBase64url(fromHex(id)), ...said }),
      done: (sid) => this.done(sid),
      takeBreak: () => this.day.takeBreak(),
      backOnDuty: () => void this.day.goOn(this.day.duty.value.languages),
    });
    this.members = new Members(this, () => this.#board);
    this.joining = this.members.joining;
    this.side = this.members.side;
  }

  /** Who sits here, 32 hexadecimal digits. */
  get staff(): string | null {
    const me = this.me.value;
    return me === null ? null : hex(fromBase64url(me.person.id));
  }

  /** Whether somebody with one of the signed-in person's roles may supervise. */
  get supervises(): boolean {
    return this.me.value?.person.roles.includes("supervisor") ?? false;
  }

  /** Find out which screen is due. */
  async start(): Promise<void> {
    setInterval(() => this.#tick(), 1_000);
    this.locking.listen();
    // Another link was opened in this tab: only its fragment differs, and so the page is not loaded anew.
    addEventListener("hashchange", () => location.reload());
    try {
      this.#store = await Store.open();
    } catch {
      this.screen.value = { kind: "no_store" };
      return;
    }
    try {
      this.day.remember((await this.store.get("habits", TICKED)) ?? []);
      this.#trust = await loadTrust();
      const fragment = location.hash;
      // The link's secret must not stay in the address bar or in the history.
      if (fragment !== "") history.replaceState(null, "", location.pathname);
      const enrolling = await Enrolling.open(this.#store, fragment);
      const asked = location.pathname === "/enrol" && enrolling !== null;
      if (asked) this.screen.value = { kind: "enrol", enrolling };
      else await this.#begin(enrolling);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Signed in from before, half-way through a link, or neither. */
  async #begin(enrolling: Enrolling | null): Promise<void> {
    try {
      await this.#entered(await http.me());
    } catch (error) {
      if (enrolling === null || !isSignedOut(error)) throw error;
      this.screen.value = { kind: "enrol", enrolling };
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
    const me = await signIn();
    this.locking.unlock();
    await this.#entered(me);
  }

  /** The passkey once more. Somebody else's opens their own desk, and nothing of this one is left. */
  async unlock(): Promise<void> {
    const me = await signIn();
    if (me.device.id !== this.me.value?.device.id) {
      this.#letGo();
      this.desk.value = EMPTY_DESK;
      await this.#entered(me);
    }
    this.locking.unlock();
  }

  /** The link this browser was half-way through is no longer good. */
  async forgetLink(): Promise<void> {
    await Enrolling.forget(this.store);
    this.screen.value = { kind: "signed_out", unasked: false };
  }

  async signOut(): Promise<void> {
    this.#signingOut = true; // the socket hears of it too, and may be first
    try {
      await http.signOut();
    } finally {
      this.#signingOut = false;
    }
    this.#letGo();
    this.locking.unlock();
    this.manage.forget();
    this.desk.value = EMPTY_DESK; // also the texts of ended conversations: somebody else may sit down here
    this.screen.value = { kind: "signed_out", unasked: false };
  }

  /** After a renewal, or when a certificate was given to this device. */
  async refresh(): Promise<void> {
    await this.#entered(await http.me());
  }

  /** "Use this tab": take the desk over from another one. */
  async useHere(): Promise<void> {
    await this.#openDesk(true);
  }

  /** Without a connection nobody can say how they stand. */
  chooseDuty(): void {
    this.day.choosing.value = this.link.value === "up";
  }

  retryNow(): void {
    this.#board?.retryNow();
  }

  // --- conversations ---

  select(sid: string): void {
    this.dispatch({ kind: "select", sid });
  }

  /** Somebody chosen from the list: a supervisor's. A value, so that a row that gets it stays the same. */
  readonly takeByHand = (sid: string): void => {
    this.#board?.take(sid);
  };

  /** The server picks; what is in the way is known here before. */
  helpNext(): void {
    const why = this.hindrance.value;
    if (why === null) this.#board?.helpNext();
    else this.dispatch({ kind: "notice", notice: why });
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
    await this.#board?.seats.end(sid, EndHow.USUAL);
  }

  done(sid: string): void {
    this.#board?.seats.done(sid);
    this.dispatch({ kind: "done", sid });
  }

  /** Whether the person looks at this conversation now. */
  seen(sid: string): boolean {
    if (this.place.value !== "desk" || !this.looking()) return false;
    return isInFront(this.desk.value, sid, matchMedia(NARROW).matches);
  }

  /** Whether the person looks at this tab, and it shows anything. */
  looking(): boolean {
    return document.hasFocus() && !this.locking.locked.value;
  }

  dispatch(event: DeskEvent): void {
    this.desk.value = step(this.desk.value, event, Date.now());
  }

  // --- inside ---

  #tick(): void {
    this.clock.value = Date.now();
    this.dispatch({ kind: "clock" });
    this.day.tick();
    this.side.tick();
    if (this.mine.value === null) return;
    this.locking.tick(this.content.value?.lockMinutes ?? LOCK_AFTER_MINUTES);
    this.contents.tick(this.clock.value);
  }

  #failed(error: unknown): void {
    this.screen.value = isSignedOut(error)
      ? { kind: "signed_out", unasked: false }
      : { kind: "failed", trouble: troubleOf(error) };
  }

  /** Signed in: read what this device may do, and open the desk if it may sit there. */
  async #entered(known: Me): Promise<void> {
    let me = known;
    let mine = await readMine(me, this.store, this.trust, now());
    if (mine.issuer !== null && (await certifyOwn(mine.issuer, me)) !== null) {
      me = await http.me();
      mine = await readMine(me, this.store, this.trust, now());
    }
    if (mine.identity !== null || mine.issuer !== null) await Enrolling.forget(this.store);
    if (location.pathname !== "/") history.replaceState(null, "", "/");
    if (mine.identity === null && mine.issuer !== null) this.place.value = "team";
    else if (!talks(me.person.roles) && me.person.roles.includes("operator")) this.place.value = "manage";
    this.screen.value = { kind: "signed_in", me, mine };
    void this.contents.load();
    if (mine.identity !== null && this.#board === null && this.stopped.value === null)
      await this.#openDesk(false);
  }

  async #openDesk(steal: boolean): Promise<void> {
    const identity = this.mine.value?.identity ?? null;
    if (identity === null) return;
    this.#release?.(); // our own lock is no other tab's
    const release = await holdTab(steal, () => this.#stop("superseded"));
    if (release === null) return this.#stop("held_elsewhere");
    this.#release = release;
    this.stopped.value = null;
    this.#board = this.#parts.board({
      store: this.store,
      identity,
      dispatch: (event) => {
        this.dispatch(event);
        if (event.kind === "room") this.day.listed();
      },
      link: (state) => this.#linked(state),
      stopped: (why) => this.#stop(why),
      seen: (sid) => this.seen(sid),
      labelOf: (sid) => find(this.desk.value, sid)?.label ?? null,
      era: this.#era,
      welcomed: (era) => {
        this.#era = era;
        this.dispatch({ kind: "welcomed" });
        this.day.welcomed();
        this.members.welcomed();
      },
      ...this.members.ports(),
    });
    this.side.start(identity, this.trust);
    // We hold this browser's lock, and the key is in no other browser: whoever is connected is a dead socket.
    this.#board.start();
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
      if (isSignedOut(error)) this.#stop("signed_out");
    }
  }

  #stop(why: Stop): void {
    const lost = this.desk.value.conversations.some(({ ending }) => ending === EndedBy.LOST);
    this.#letGo();
    if (why === "signed_out") this.screen.value = { kind: "signed_out", unasked: !this.#signingOut, lost };
    else this.stopped.value = why;
  }

  /** Close the connection, and let go of every open conversation; ended ones keep their 15 minutes. */
  #letGo(): void {
    this.#board?.stop();
    this.#board = null;
    this.#release?.();
    this.#release = null;
    this.day.stop();
    this.closing.stop();
    this.members.stop();
    this.stopped.value = null;
    this.judging.value = null;
    this.ending.value = null;
    this.leaving.value = false;
    const ended = this.desk.value.conversations.filter((c) => c.stage === "ended");
    const { highest } = this.desk.value;
    this.desk.value = { ...EMPTY_DESK, conversations: ended, selected: ended[0]?.sid ?? null, highest };
  }
}
