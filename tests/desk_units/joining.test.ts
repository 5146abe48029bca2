// SPDX-License-Identifier: AGPL-3.0-or-later
// Handing over, giving back, joining: what is said inside the channel, what to the service, and when.
import assert from "node:assert/strict";
import { test } from "node:test";
import { signal } from "@preact/signals";
import { fromHex, hex, toBase64url } from "../../chat/browser/sealing/api.ts";
import { parseCertificate } from "../../chat/browser/sealing/certificate.ts";
import { DutyStatus, HandoverAnswer } from "../../chat/browser/wire.gen.ts";
import { vouched } from "../../counsellor_ui/src/desk/colleagues.ts";
import { Joining } from "../../counsellor_ui/src/joining.ts";
import type { Board } from "../../counsellor_ui/src/state/board.ts";
import type { Desk } from "../../counsellor_ui/src/state/desk.ts";
import { EMPTY_DESK, find, step } from "../../counsellor_ui/src/state/desk.ts";
import { identity, NOW, trust } from "../sealing/people.ts";

const SID = "0a".repeat(16);
const ben = await identity("Ben");
const BEN = hex(parseCertificate(ben.staff).id);
const device = (id: string, who = ben, staff = BEN) => ({
  device: toBase64url(fromHex(id.repeat(32))),
  staff: toBase64url(fromHex(staff)),
  certificates: { manager: null, staff: toBase64url(who.staff), issuer: toBase64url(who.manager) },
});

class Trial {
  readonly desk = signal<Desk>(
    step(EMPTY_DESK, { kind: "came", from: { sid: SID, language: "nl", present: true } }, 1),
  );
  readonly done: string[] = [];
  devices = [device("b"), device("d")];
  connected = true;
  readonly joining: Joining;

  constructor() {
    const board: Board = {
      people: ["0b", "0c"].map((n) => ({
        staff: n === "0b" ? BEN : n.repeat(16),
        device: n.repeat(16),
        alias: n,
        supervisor: false,
        status: n === "0b" ? DutyStatus.ON : DutyStatus.BREAK,
        languages: [],
        since: 0,
        conversations: 0,
        heavy: 0,
      })),
      talks: [],
    };
    this.joining = new Joining({
      desk: this.desk,
      board: signal(board),
      me: () => "ff".repeat(16),
      colleagues: () => vouched(this.devices, trust, NOW),
      switchboard: () => ({
        join: (sid, slot) => void this.done.push(`join ${sid === SID} ${slot}`),
        answerHandover: (_, accept) => void this.done.push(`answer ${accept}`),
        seats: {
          propose: async (_, purpose, certId) =>
            void this.done.push(
              `propose ${purpose} ${certId.every((byte) => byte === 0) ? "whoever" : "ben"}`,
            ),
          takeBack: async (_, purpose, certId) =>
            void this.done.push(
              `take back ${purpose} ${certId.every((byte) => byte === 0) ? "whoever" : "ben"}`,
            ),
          summarise: async (_, text) => this.done.push(`summary ${text}`) > 0,
        },
      }),
      send: (frame) => {
        if (this.connected) this.done.push(frame.frame);
        return this.connected;
      },
      tell: (sid, event) => {
        this.desk.value = step(this.desk.value, { kind: "conversation", sid, event }, 1);
      },
      notice: (notice) => void this.done.push(`notice ${notice}`),
    });
  }

  get passing() {
    return find(this.desk.value, SID)?.passing ?? null;
  }
}

test("handing over: the summary, then a proposal for each of the colleague's desks, then the service", async () => {
  const trial = new Trial();
  assert.deepEqual(
    trial.joining.others.map(({ staff }) => staff),
    [BEN],
  );
  assert.equal(await trial.joining.handOver(SID, BEN, "Rain"), true);

  assert.deepEqual(trial.done, ["summary Rain", "propose 2 ben", "propose 2 ben", "HandOver"]);
  assert.deepEqual(trial.passing, { name: "Ben", stage: "colleague" });
});

test("a chain that does not hold, or is another's, is nobody: nothing is proposed", async () => {
  const trial = new Trial();
  const mallory = await identity("Mallory");
  trial.devices = [
    device("b", { ...ben, staff: ben.staff.map((byte, at) => (at === 40 ? byte ^ 1 : byte)) }),
    device("d", mallory),
    device("e", { ...ben, manager: ben.staff }),
  ];
  assert.equal(await trial.joining.handOver(SID, BEN, ""), false);

  assert.deepEqual(trial.done, ["notice went_wrong"]);
  assert.equal(trial.passing, null);
});

test("without a connection nothing is under way", async () => {
  const trial = new Trial();
  trial.connected = false;

  assert.equal(await trial.joining.handOver(SID, BEN, ""), false);
  assert.equal(trial.passing, null);
});

test("giving back goes to the service after the person's yes, and not before", async () => {
  const trial = new Trial();
  await trial.joining.giveBack(SID, "");
  assert.deepEqual(trial.done, ["propose 2 whoever"]);
  trial.joining.personSaid(SID, 2, new Uint8Array(32), true);
  assert.deepEqual(trial.done, ["propose 2 whoever", "GiveBack"]);
  trial.joining.welcomed(); // the frame may have been lost
  assert.equal(trial.done.at(-1), "GiveBack");
  assert.equal(trial.done.length, 3);
});

test("a no, or a yes to what was taken back, moves nothing", async () => {
  const trial = new Trial();
  await trial.joining.giveBack(SID, "");
  trial.joining.personSaid(SID, 2, new Uint8Array(32), false);
  assert.equal(trial.passing?.stage, "declined");
  trial.joining.putAway(SID);
  trial.joining.personSaid(SID, 2, new Uint8Array(32), true);

  assert.deepEqual(trial.done, ["propose 2 whoever"]);
});

test("giving back, taken back: said inside, not to the service; a yes that crosses it moves nothing", async () => {
  const trial = new Trial();
  await trial.joining.giveBack(SID, "");
  const taken = trial.joining.withdraw(SID);
  trial.joining.personSaid(SID, 2, new Uint8Array(32), true);
  await taken;
  trial.joining.welcomed();

  assert.deepEqual(trial.done, ["propose 2 whoever", "take back 2 whoever"]);
  assert.equal(trial.passing, null);
});

test("taken back: the colleague's question is withdrawn at the service", async () => {
  const trial = new Trial();
  await trial.joining.handOver(SID, BEN, "");
  await trial.joining.withdraw(SID);

  assert.equal(trial.done.at(-1), "Withdraw");
  assert.equal(trial.passing, null);
  const late = { kind: "handover_answered", answer: HandoverAnswer.ACCEPTED } as const;
  trial.desk.value = step(trial.desk.value, { kind: "conversation", sid: SID, event: late }, 2);
  assert.equal(trial.passing, null);
});

test("what could not be sent is not shown as taken back", async () => {
  const trial = new Trial();
  await trial.joining.handOver(SID, BEN, "");
  trial.connected = false;
  await trial.joining.withdraw(SID);

  assert.equal(trial.done.at(-1), "notice went_wrong");
  assert.notEqual(trial.passing, null);
});

test("a supervisor who is on our call is announced by her own certificate, a counsellor is not", async () => {
  const trial = new Trial();
  await trial.joining.announce(SID, BEN);
  assert.deepEqual(trial.done, []);
  const carla = await identity("Carla", 3);
  const id = hex(parseCertificate(carla.staff).id);
  trial.devices = [device("c", carla, id)];
  await trial.joining.announce(SID, id);

  assert.deepEqual(trial.done, ["propose 3 ben"]);
});
