// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Other people in a conversation: handing it over, giving it back, joining as a supervisor, taking over.
 *
 * How this works. What concerns the help-seeker is said inside the channel first (a proposal, by the
 * certificate this browser has checked), so that their page can say "Anna hands you over to Ben". Then the
 * service asks the colleague. The help-seeker decides; until the seat has moved everything stays as it is.
 */

import type { ReadonlySignal } from "@preact/signals";
import { signal } from "@preact/signals";
import type { Bytes } from "../../chat/browser/sealing/api.ts";
import { fromHex, WHOEVER } from "../../chat/browser/sealing/api.ts";
import { DutyStatus } from "../../chat/browser/wire.gen.ts";
import type { Vouched } from "./desk/colleagues.ts";
import type { Seats } from "./desk/seats.ts";
import type { PlainFrame, Switchboard } from "./desk/switchboard.ts";
import type { Board, Colleague } from "./state/board.ts";
import type { ConversationEvent } from "./state/conversation.ts";
import type { Desk } from "./state/desk.ts";
import { find } from "./state/desk.ts";
import type { Notice } from "./state/notices.ts";

export interface JoiningPorts {
  readonly desk: ReadonlySignal<Desk>;
  readonly board: ReadonlySignal<Board>;
  /** Staff id of who sits here; null: nobody. */
  me(): string | null;
  /** Colleagues whose chain holds. Rejects when the service does not answer. */
  colleagues(): Promise<readonly Vouched[]>;
  switchboard():
    | (Pick<Switchboard, "join" | "answerHandover"> & {
        readonly seats: Pick<Seats, "propose" | "summarise" | "takeBack">;
      })
    | null;
  send(frame: PlainFrame): boolean;
  tell(sid: string, event: ConversationEvent): void;
  notice(notice: Notice): void;
}

export class Joining {
  /** The conversation that is being given into other hands: the dialog is open. */
  readonly handing = signal<string | null>(null);
  readonly #ports: JoiningPorts;

  constructor(ports: JoiningPorts) {
    this.#ports = ports;
  }

  /** Who could take a conversation: on duty, and somebody else. A person at two desks stands here once. */
  get others(): readonly Colleague[] {
    const me = this.#ports.me();
    const there = this.#ports.board.value.people.filter(
      (person) => person.staff !== me && person.status === DutyStatus.ON,
    );
    return there.filter((person, at) => there.findIndex(({ staff }) => staff === person.staff) === at);
  }

  // --- as the one who gives it ---

  /** Ask a colleague. Resolves with whether it is under way; if not, the dialog stays open and says so. */
  async handOver(sid: string, staff: string, summary: string): Promise<boolean> {
    const devices = (await this.#ports.colleagues()).filter((one) => one.staff === staff);
    const [colleague] = devices;
    if (colleague === undefined || !(await this.#summarise(sid, summary))) return this.#failed();
    // One proposal for each desk of theirs: whichever takes it, its certificate was announced.
    for (const { certId } of devices) await this.#ports.switchboard()?.seats.propose(sid, 2, certId);
    if (!this.#ports.send({ frame: "HandOver", sid: fromHex(sid), to: fromHex(staff) }))
      return this.#failed();
    this.#ports.tell(sid, { kind: "passing", passing: { name: colleague.alias, stage: "colleague" } });
    return true;
  }

  /** Ask the help-seeker whether somebody else may go on. */
  async giveBack(sid: string, summary: string): Promise<boolean> {
    if (!(await this.#summarise(sid, summary))) return this.#failed();
    this.#ports.tell(sid, { kind: "passing", passing: { name: null, stage: "person" } });
    await this.#ports.switchboard()?.seats.propose(sid, 2, WHOEVER);
    return true;
  }

  /** Take it back: the service asks the colleague and the help-seeker no longer; whoever is next was asked for inside. */
  async withdraw(sid: string): Promise<void> {
    const passing = find(this.#ports.desk.value, sid)?.passing ?? null;
    const colleague = passing?.name !== null;
    if (colleague && !this.#ports.send({ frame: "Withdraw", sid: fromHex(sid), slot: 0 })) {
      this.#failed();
      return;
    }
    this.putAway(sid);
    if (!colleague) await this.#ports.switchboard()?.seats.takeBack(sid, 2, WHOEVER);
  }

  /** What became of it has been read. */
  putAway(sid: string): void {
    this.#ports.tell(sid, { kind: "passing", passing: null });
  }

  /** The help-seeker's word, inside the channel. */
  personSaid(sid: string, purpose: 2 | 3, certId: Bytes, yes: boolean): void {
    if (purpose === 3) return yes ? undefined : this.#ports.notice("supervisor_declined");
    const back = certId.every((byte) => byte === 0);
    const passing = find(this.#ports.desk.value, sid)?.passing ?? null;
    if (back && passing === null) return; // withdrawn meanwhile: their yes moves nothing
    this.#ports.tell(sid, { kind: "person_said", yes });
    if (back && yes) this.#ports.send({ frame: "GiveBack", sid: fromHex(sid) });
  }

  /** After a welcome: what could not be sent is sent again. */
  welcomed(): void {
    for (const { sid, passing, stage } of this.#ports.desk.value.conversations) {
      if (stage !== "ended" && passing?.name === null && passing.stage === "agreed")
        this.#ports.send({ frame: "GiveBack", sid: fromHex(sid) });
    }
  }

  /** A supervisor is on our call about this conversation: the help-seeker's page may say that we asked for her. */
  async announce(sid: string, staff: string): Promise<void> {
    const c = find(this.#ports.desk.value, sid);
    if (c === null || c.slot !== 0 || c.stage === "ended") return;
    const devices = await this.#ports.colleagues().catch(() => []);
    for (const { certId } of devices.filter((one) => one.staff === staff && one.supervisor))
      await this.#ports.switchboard()?.seats.propose(sid, 3, certId);
  }

  // --- as the one who comes ---

  answer(sid: string, accept: boolean): void {
    this.#ports.switchboard()?.answerHandover(sid, accept);
  }

  /** As a supervisor: ask for a seat beside the counsellor. */
  supervise(sid: string): void {
    this.#ports.switchboard()?.join(sid, 1);
  }

  /** As a supervisor: ask to talk with the person oneself. */
  takeOver(sid: string): void {
    this.#ports.switchboard()?.join(sid, 0);
  }

  stop(): void {
    this.handing.value = null;
  }

  async #summarise(sid: string, summary: string): Promise<boolean> {
    if (summary === "") return true;
    return (await this.#ports.switchboard()?.seats.summarise(sid, summary)) ?? false;
  }

  #failed(): boolean {
    this.#ports.notice("went_wrong");
    return false;
  }
}
