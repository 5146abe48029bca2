// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Who is in the conversation: the counsellor's seat (0), the supervisor's (1), and this browser between them.
 *
 * How this works. Staff browsers share no keys: what one of them writes reaches the other only because
 * this browser passes it on, and it tells each who is there (docs/protocol.md, A.5). Whoever is to come
 * is a question on the screen first, and nothing is answered before the person did. All that a reload
 * needs lies in the seats' own states: what was proposed and not answered is asked again, what was not
 * passed on is passed on then.
 *
 * The server's word can empty a seat and never fill one.
 */

import type { HelpSeekerSeat } from "../sealing/help-seeker-seat.ts";
import type { Bytes, Line, Outgoing, SeatChange, SeatPorts, Slot, Trust } from "../sealing/types.ts";
import { type FromHelpSeeker, Left, Phase, type Welcome } from "../wire.gen.ts";
import type * as Seal from "./seal.ts";
import { frameOf, isQuiet } from "./seat_side.ts";
import type { Event, Person, Question } from "./state.ts";

const COUNSELLOR = 0;
const SUPERVISOR = 1;
/** Proposed instead of a certificate: back to whoever is next. */
const WHOEVER: Bytes = new Uint8Array(32);

export interface MembersPorts {
  readonly sealing: typeof Seal;
  readonly trust: Trust;
  /** The state of a seat; resolves when it is written. */
  persist(slot: Slot, state: Bytes): Promise<void>;
  send(frame: FromHelpSeeker): void;
  tell(event: Event): void;
  typing(): void;
  /** The counsellor ended it inside the channel, or the counsellor's seat can't go on. */
  over(why: "peerEnded" | "dead"): void;
  now(): number;
  random(length: number): Bytes;
}

export class Members {
  readonly #ports: MembersPorts;
  readonly #sid: Bytes;
  readonly #seats: [HelpSeekerSeat, HelpSeekerSeat];
  /** What is asked now, by its key, with the certificate that is on the screen. */
  readonly #asked = new Map<string, { readonly question: Question; readonly certId: Bytes }>();

  /** From the states of both seats; null: it had none yet. @throws SealingError when a state is damaged */
  constructor(sid: Bytes, states: readonly (Bytes | null)[], ports: MembersPorts) {
    this.#ports = ports;
    this.#sid = sid;
    this.#seats = [this.#seat(COUNSELLOR, states[0]), this.#seat(SUPERVISOR, states[1])];
  }

  /** Once, after the first welcome: what is known from before a reload. */
  begin(): void {
    const lines = this.lines();
    if (lines.length > 0) this.#ports.tell({ kind: "lines", lines });
    const [counsellor, supervisor] = this.#seats;
    const [person, listener] = [this.#person(COUNSELLOR), this.#person(SUPERVISOR)];
    if (person !== null && counsellor.held())
      this.#ports.tell({ kind: "counsellor", counsellor: person, share: this.#mayShare() });
    if (listener !== null && supervisor.held())
      this.#ports.tell({ kind: "supervisor", supervisor: listener, why: null });
    for (const { purpose, certId } of counsellor.proposals()) this.#proposed(purpose, certId);
    for (const line of counsellor.summaries()) this.#askSummary(line);
    this.#star();
  }

  /** After every welcome. */
  async welcomed({ phase, present }: Pick<Welcome, "phase" | "present">): Promise<void> {
    const [counsellor, supervisor] = this.#seats;
    // Whoever was here is so no longer, and this browser was away when it happened.
    if (phase !== Phase.OPEN && counsellor.bonds() > 0) await this.back(null);
    counsellor.setPeerPresent(present);
    if (supervisor.held()) supervisor.setPeerPresent(true); // until the server says otherwise
    await this.connected();
  }

  /** Send again what the server may lack. */
  async connected(): Promise<void> {
    const [counsellor, supervisor] = this.#seats;
    await counsellor.connected();
    if (supervisor.phase() !== "none") await supervisor.connected();
  }

  // --- what the person does ---

  async say(text: string): Promise<void> {
    await this.#seats[COUNSELLOR].compose(text);
  }

  async typing(): Promise<void> {
    await Promise.all(this.#seats.filter((seat) => seat.phase() === "active").map((seat) => seat.typing()));
  }

  /** The person's word on a question, by the key of the one that was on the screen. */
  async answer(key: string, yes: boolean): Promise<void> {
    const asked = this.#asked.get(key);
    if (asked === undefined) return;
    this.#settle(key);
    const { question, certId } = asked;
    const [counsellor] = this.#seats;
    switch (question.kind) {
      case "back":
        return counsellor.answer(2, WHOEVER, yes);
      case "summary":
        return counsellor.may(question.mid, yes);
      default: {
        const slot = question.kind === "handover" ? COUNSELLOR : SUPERVISOR;
        const purpose = slot === COUNSELLOR ? 2 : 3;
        // Said inside the channel first, while it is still the channel to who proposed it.
        if (counsellor.held() && counsellor.isOpen(purpose, certId))
          await counsellor.answer(purpose, certId, yes);
        if (!yes) this.#ports.send({ frame: "Decline", slot });
        return this.#seats[slot].consent(yes, certId);
      }
    }
  }

  /** Give the newcomer what stands on the screen, because the person pressed the button that says so. */
  async share(you: string, somebody: string): Promise<void> {
    this.#ports.tell({ kind: "shared" });
    const lines = this.lines().filter((line) => line.kind === "text" && line.bond !== this.#bond());
    for (const piece of this.#ports.sealing.pieces(lines, you, somebody))
      await this.#seats[COUNSELLOR].compose(piece, "summary");
  }

  /** Send a line that did not arrive to whoever is here now. */
  async again(mid: string): Promise<void> {
    await this.#seats[COUNSELLOR].again(mid);
    this.#ports.tell({ kind: "lines", lines: this.lines() });
  }

  /** Say inside both channels that it is over, as far as there are any. */
  async end(): Promise<void> {
    await Promise.all(this.#seats.map((seat) => seat.end().catch(() => undefined)));
  }

  async closed(): Promise<void> {
    await Promise.all(this.#seats.map((seat) => seat.closed()));
  }

  // --- what the server says ---

  async offered(slot: number, offer: Bytes, staff: Bytes, manager: Bytes): Promise<void> {
    await this.#at(slot)?.offered(offer, staff, manager);
  }

  async replied(slot: number, m2: Bytes): Promise<void> {
    await this.#at(slot)?.replied(m2);
  }

  async delivered(envelope: Bytes): Promise<void> {
    await this.#at(envelope[1] ?? -1)?.delivered(envelope);
  }

  async stored(slot: number, epoch: number, n: number): Promise<void> {
    await this.#at(slot)?.stored(epoch, n);
  }

  present(slot: number, present: boolean): void {
    this.#at(slot)?.setPeerPresent(present);
  }

  /** The counsellor's seat is empty again, and this browser waits. */
  async back(why: Left | null): Promise<void> {
    this.#settleJoining(COUNSELLOR);
    this.#settle("back");
    const here = this.#seats[COUNSELLOR].held() || why === null;
    const name = here ? (this.#person(COUNSELLOR)?.alias ?? null) : null;
    await this.#seats[COUNSELLOR].left();
    this.#ports.tell({ kind: "back", why, name });
    this.#tellRoom();
  }

  /** Whoever was to take this seat comes no more, or the supervisor has left. */
  async notComing(slot: number, why: Left): Promise<void> {
    const seat = this.#at(slot);
    if (seat === null) return;
    const alias = this.#settleJoining(slot === SUPERVISOR ? SUPERVISOR : COUNSELLOR);
    await seat.withdrawn();
    if (slot === SUPERVISOR && seat.held()) return this.#dismiss(why);
    if (alias !== null) this.#ports.tell({ kind: "notComing", name: alias, why });
  }

  tick(): Promise<unknown> {
    return Promise.all(this.#seats.map((seat) => seat.tick()));
  }

  /** Both seats' lines, in the order in which they came. */
  lines(): readonly Line[] {
    const [own, supervisor] = this.#seats.map((seat) => seat.lines()) as [readonly Line[], readonly Line[]];
    return supervisor.length === 0 ? own : [...own, ...supervisor].sort((a, b) => a.at - b.at);
  }

  get talks(): boolean {
    return this.#seats[COUNSELLOR].phase() === "active";
  }

  // --- the seats ---

  #seat(slot: Slot, state: Bytes | null | undefined): HelpSeekerSeat {
    const { trust, persist, now, random, sealing } = this.#ports;
    const ports: SeatPorts = {
      send: (out) => this.#send(slot, out),
      persist: (kept) => persist(slot, kept),
      changed: (change) => this.#changed(slot, change),
      now,
      random,
    };
    return state === null || state === undefined
      ? sealing.HelpSeekerSeat.fresh(this.#sid, slot, trust, ports)
      : sealing.HelpSeekerSeat.restore(state, trust, ports);
  }

  #at(slot: number): HelpSeekerSeat | null {
    return slot === COUNSELLOR || slot === SUPERVISOR ? this.#seats[slot] : null;
  }

  #person(slot: Slot): Person | null {
    const peer = this.#seats[slot].peer();
    return peer === null ? null : { alias: peer.alias, fingerprint: peer.fingerprintOfRoot };
  }

  #send(slot: Slot, out: Outgoing): void {
    const frame = frameOf(slot, out);
    if (frame !== null) this.#ports.send(frame);
  }

  #changed(slot: Slot, change: SeatChange): void {
    const { tell } = this.#ports;
    switch (change.kind) {
      case "active":
        return this.#active(slot, change.fresh);
      case "line":
        return this.#line(slot, change.line);
      case "state":
        return tell({ kind: "lineState", mid: change.mid, state: change.state });
      case "typing":
        return slot === COUNSELLOR ? this.#ports.typing() : undefined;
      case "proposed":
        return slot === COUNSELLOR ? this.#proposed(change.purpose, change.certId) : undefined;
      case "takenBack":
        return slot === COUNSELLOR ? this.#takenBack(change.purpose, change.certId) : undefined;
      case "needsConsent": {
        const { alias, announced, same, certId } = change;
        const kind = slot === COUNSELLOR ? "handover" : "supervise";
        return this.#ask({ kind, key: `${kind} ${certId.join()}`, alias, announced, same }, certId);
      }
      case "refusedOffer":
        // The server did not hear the no, or asks once more.
        if (change.code === "declined") return this.#ports.send({ frame: "Decline", slot });
        return isQuiet(change.code) ? undefined : tell({ kind: "trouble", trouble: change.code });
      case "peerEnded":
        return slot === COUNSELLOR
          ? this.#ports.over("peerEnded")
          : this.#later(this.#dismiss(Left.BY_ITSELF));
      case "dead":
        return slot === COUNSELLOR || change.code === "not_kept" ? this.#ports.over("dead") : this.#broken();
      default:
        return;
    }
  }

  #active(slot: Slot, fresh: boolean): void {
    const person = this.#person(slot);
    if (person === null) return;
    if (fresh) this.#settleJoining(slot);
    if (slot === SUPERVISOR) {
      this.#ports.tell({ kind: "supervisor", supervisor: person, why: null });
    } else {
      this.#ports.tell({ kind: "active", counsellor: person, share: fresh && this.#mayShare() });
      // The supervisor took over: one person, one seat.
      if (fresh && this.#isSamePerson()) this.#later(this.#dismiss(Left.HANDED_OVER));
    }
    this.#tellRoom();
  }

  #line(slot: Slot, line: Line): void {
    this.#ports.tell({ kind: "line", line });
    if (line.kind === "text") this.#passOn(slot, line);
    if (slot === COUNSELLOR && line.from === "peer" && line.kind === "summary") this.#askSummary(line);
  }

  // --- the star ---

  #passOn(slot: Slot, line: Line): void {
    const other = this.#seats[slot === COUNSELLOR ? SUPERVISOR : COUNSELLOR];
    this.#later(other.relay(line.from === "own" ? "h" : slot, line));
  }

  /** After a reload: pass on what its end cut off, and tell both who is there. */
  #star(): void {
    const [counsellor, supervisor] = this.#seats;
    if (!supervisor.held()) return this.#tellRoom();
    const texts = (seat: HelpSeekerSeat) => seat.lines().filter((line) => line.kind === "text");
    for (const line of supervisor.missing(texts(counsellor))) this.#passOn(COUNSELLOR, line);
    for (const line of counsellor.missing(texts(supervisor))) this.#passOn(SUPERVISOR, line);
    this.#tellRoom();
  }

  #tellRoom(): void {
    const [counsellor, supervisor] = this.#seats;
    const both = supervisor.held();
    if (both) this.#later(supervisor.room(counsellor.held(), true));
    // A counsellor who has always been alone needs not be told.
    if (both || supervisor.peer() !== null) this.#later(counsellor.room(true, both));
  }

  async #dismiss(why: Left): Promise<void> {
    const [counsellor, supervisor] = this.#seats;
    await supervisor.left();
    this.#ports.tell({ kind: "supervisor", supervisor: null, why });
    await counsellor.room(true, false);
  }

  /** The supervisor's seat can't go on; the conversation can. */
  #broken(): void {
    this.#seats[SUPERVISOR] = this.#seat(SUPERVISOR, null);
    this.#ports.send({ frame: "Decline", slot: SUPERVISOR });
    this.#ports.tell({ kind: "supervisor", supervisor: null, why: Left.BY_ITSELF });
    this.#later(this.#seats[COUNSELLOR].room(true, false));
  }

  #isSamePerson(): boolean {
    const [counsellor, supervisor] = this.#seats.map((seat) => seat.peer()?.certId.join());
    return this.#seats[SUPERVISOR].held() && counsellor === supervisor;
  }

  // --- questions ---

  #proposed(purpose: 2 | 3, certId: Bytes): void {
    if (certId.some((byte) => byte !== 0))
      return this.#later(this.#seats[purpose === 2 ? 0 : 1].announced(purpose, certId));
    if (purpose === 2 && this.#seats[COUNSELLOR].isOpen(2, WHOEVER))
      this.#ask({ kind: "back", key: "back" }, WHOEVER);
  }

  /** What the service asks about a colleague goes by the service's word; who was announced is so no longer. */
  #takenBack(purpose: 2 | 3, certId: Bytes): void {
    if (certId.some((byte) => byte !== 0))
      return this.#later(this.#seats[purpose === 2 ? 0 : 1].unannounced(purpose, certId));
    this.#settle("back");
  }

  #askSummary({ mid, text, alias }: Line): void {
    this.#ask({ kind: "summary", key: `summary ${mid}`, mid, text, alias: alias ?? null }, WHOEVER);
  }

  #ask(question: Question, certId: Bytes): void {
    if (question.kind === "handover" || question.kind === "supervise")
      this.#settleJoining(question.kind === "handover" ? COUNSELLOR : SUPERVISOR);
    this.#asked.set(question.key, { question, certId });
    this.#ports.tell({ kind: "asked", question });
  }

  #settle(key: string): void {
    if (this.#asked.delete(key)) this.#ports.tell({ kind: "settled", key });
  }

  /** Whoever was asked about for a slot is asked about no longer; resolves to their alias. */
  #settleJoining(slot: Slot): string | null {
    const kind = slot === COUNSELLOR ? "handover" : "supervise";
    for (const [key, { question }] of this.#asked) {
      if (question.kind !== kind) continue;
      this.#settle(key);
      return question.alias;
    }
    return null;
  }

  /** Whether there is something on the screen that the counsellor has not seen and was not given. */
  #mayShare(): boolean {
    const bond = this.#bond();
    const own = this.#seats[COUNSELLOR].lines();
    const given = own.some((line) => line.from === "own" && line.kind === "summary" && line.bond === bond);
    return bond > 1 && !given && own.some((line) => line.kind === "text" && (line.bond ?? bond) < bond);
  }

  #bond(): number {
    return this.#seats[COUNSELLOR].bonds();
  }

  #later(work: Promise<void>): void {
    work.catch(() => this.#ports.over("dead"));
  }
}
