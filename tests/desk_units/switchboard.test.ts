// SPDX-License-Identifier: AGPL-3.0-or-later
// Seats of two slots at one desk: what is asked for, offered, left and kept, frame by frame.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Connection, Wiring } from "../../chat/browser/connection.ts";
import { hex, parseCertificate, WHOEVER } from "../../chat/browser/sealing/api.ts";
import { HelpSeekerSeat } from "../../chat/browser/sealing/help-seeker-seat.ts";
import { parseOffer } from "../../chat/browser/sealing/offer.ts";
import type { Bytes, SeatChange, Slot } from "../../chat/browser/sealing/types.ts";
import type { FromDesk, ToDesk } from "../../chat/browser/wire.gen.ts";
import { decodeFromDesk, Left, Phase, VERSION } from "../../chat/browser/wire.gen.ts";
import type { Store } from "../../counsellor_ui/src/desk/store.ts";
import { Switchboard } from "../../counsellor_ui/src/desk/switchboard.ts";
import type { Conversation } from "../../counsellor_ui/src/state/conversation.ts";
import type { Desk } from "../../counsellor_ui/src/state/desk.ts";
import { EMPTY_DESK, find, step } from "../../counsellor_ui/src/state/desk.ts";
import { until } from "../browser_units/line.ts";
import { identity, some, trust } from "../sealing/people.ts";

// The address of the page is all that the switchboard wants of a browser.
Object.defineProperty(globalThis, "location", { value: new URL("https://desk.example.org/") });

const SID = some("sid", 16);
const KEY = hex(SID);
const carla = await identity("Carla", 3);

/** The desk's store, in memory. */
function shelf(): Store & { readonly kept: Map<string, Bytes> } {
  const kept = new Map<string, Bytes>();
  return {
    kept,
    get: async (_: string, key: string) => kept.get(key) ?? null,
    put: async (_: string, key: string, value: Bytes) => void kept.set(key, value),
    remove: async (_: string, key: string) => void kept.delete(key),
    keys: async () => [...kept.keys()],
  } as unknown as Store & { readonly kept: Map<string, Bytes> };
}

class Trial {
  readonly store;
  readonly sent: FromDesk[] = [];
  desk: Desk = EMPTY_DESK;
  readonly board: Switchboard;
  #wiring: Wiring<ToDesk> | null = null;
  /** How often the service asked it to go on elsewhere. */
  moved = 0;
  /** The help-seeker's seats. */
  readonly theirs: HelpSeekerSeat[] = [];
  readonly changes: SeatChange[] = [];

  constructor(store = shelf()) {
    this.store = store;
    this.board = new Switchboard({
      store,
      identity: carla,
      dispatch: (event) => {
        this.desk = step(this.desk, event, 1);
      },
      seen: () => true,
      labelOf: (sid) => find(this.desk, sid)?.label ?? null,
      personSaid: () => undefined,
      link: () => undefined,
      era: null,
      welcomed: () => undefined,
      stopped: () => undefined,
      told: () => undefined,
      names: () => this.desk.conversations.map((c) => c.sid),
      askedOver: () => undefined,
      peer: () => undefined,
      connect: (wiring) => {
        this.#wiring = wiring;
        return {
          send: (bytes: Bytes) => this.sent.push(decodeFromDesk(bytes)) > 0,
          expectAnswer: () => undefined,
          reopen: () => undefined,
          move: () => {
            this.moved += 1;
          },
        } as unknown as Connection<ToDesk>;
      },
    });
  }

  /** A connection begins. */
  opens(): void {
    this.#wiring?.opened();
  }

  get heard(): string[] {
    return this.sent.map(({ frame }) => frame);
  }

  pane(key = KEY): Conversation | null {
    return find(this.desk, key);
  }

  async says(...frames: ToDesk[]): Promise<void> {
    for (const frame of frames) this.#wiring?.received(frame);
    await this.settle();
  }

  /** Long enough for what is under way, and for what must not happen. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 2_000; turn += 1) await new Promise((next) => setImmediate(next));
  }

  /** The service gives the seat; an offer follows if it was asked for. */
  async taken(slot: Slot, purpose: number, wanted = true): Promise<void> {
    const offers = () => this.heard.filter((frame) => frame === "DeskOffer").length;
    const before = offers();
    await this.says({
      frame: "Taken",
      sid: SID,
      slot,
      purpose,
      mode: 1,
      language: "nl",
      epochHint: 3,
      present: true,
    });
    if (wanted) await until(() => offers() > before, "an offer");
  }

  /** The help-seeker agrees to the last offer; the seat is active then. */
  async agrees(slot: Slot): Promise<HelpSeekerSeat> {
    const offered = this.sent.findLast((frame) => frame.frame === "DeskOffer");
    assert.ok(offered?.frame === "DeskOffer");
    assert.equal(offered.slot, slot);
    const seat = HelpSeekerSeat.fresh(SID, slot, trust, {
      send: (out) => {
        if (out.kind === "hello") void this.says({ frame: "DeskHello", sid: SID, slot, m1: out.m1 });
        if (out.kind === "envelope")
          void this.says({ frame: "DeskDelivery", sid: SID, envelope: out.envelope });
      },
      persist: async () => undefined,
      changed: (change) => void this.changes.push(change),
      now: () => Date.now() / 1000,
      random: (n) => crypto.getRandomValues(new Uint8Array(n)),
    });
    await seat.offered(offered.offer, offered.staff, offered.manager);
    await seat.consent(true);
    const find = () => this.sent.find((frame) => frame.frame === "DeskReply" && frame.slot === slot);
    await until(() => find() !== undefined, "a reply");
    const reply = find();
    assert.ok(reply?.frame === "DeskReply");
    await seat.replied(reply.m2);
    await seat.delivered(reply.ready);
    await until(() => this.pane(slot === 1 ? `${KEY}.1` : KEY)?.stage === "open", "open");
    return seat;
  }
}

const purposeOf = async (trial: Trial): Promise<readonly [number, number, number]> => {
  const frame = trial.sent.findLast(({ frame: name }) => name === "DeskOffer");
  assert.ok(frame?.frame === "DeskOffer");
  const { purpose, slot, epoch } = await parseOffer(frame.offer);
  return [purpose, slot, epoch];
};

test("supervising: a seat of its own, offered as such, with a pane that says so; relays are its lines", async () => {
  const trial = new Trial();
  trial.board.join(KEY, 1);
  trial.board.join(KEY, 1); // pressed twice
  await trial.taken(1, 3);
  assert.deepEqual(trial.heard, ["Supervise", "DeskOffer"]);
  assert.deepEqual(await purposeOf(trial), [3, 1, 4]);
  assert.deepEqual([trial.pane(`${KEY}.1`)?.slot, trial.pane(`${KEY}.1`)?.asks], [1, true]);
  assert.equal(trial.pane(), null);

  const theirs = await trial.agrees(1);
  const line = { mid: hex(some("mid", 16)), from: "peer", kind: "text", state: "delivered" } as const;
  await theirs.relay(0, { ...line, text: "Good evening", seq: 1, at: 0 });
  await theirs.room(true, true);
  await until(() => (trial.pane(`${KEY}.1`)?.room ?? null) !== null, "the room");
  const pane = trial.pane(`${KEY}.1`);
  assert.deepEqual(
    pane?.lines.map((one) => [one.kind, one.origin, one.text]),
    [["relay", 0, "Good evening"]],
  );
  assert.equal(pane?.room?.counsellor, true);
  assert.ok(trial.store.kept.has(`${KEY}.1`));
});

test("taking over while supervising: two seats at once, and leaving one leaves the other", async () => {
  const trial = new Trial();
  trial.board.join(KEY, 1);
  await trial.taken(1, 3);
  await trial.agrees(1);
  trial.board.join(KEY, 0);
  await trial.taken(0, 2);
  assert.deepEqual(await purposeOf(trial), [2, 0, 19]); // above the resumes of who is still there
  await trial.agrees(0);
  await trial.says({ frame: "SeatLeft", sid: SID, slot: 1, why: Left.BY_ITSELF });
  await until(() => trial.pane(`${KEY}.1`)?.stage === "ended", "left");

  assert.deepEqual(
    [trial.pane()?.stage, trial.pane(`${KEY}.1`)?.stage, trial.pane(`${KEY}.1`)?.ending],
    ["open", "ended", "left"],
  );
  await until(() => !trial.store.kept.has(`${KEY}.1`), "the blob is gone");
  assert.ok(trial.store.kept.has(KEY));
});

test("a seat that is left keeps its text for a while, says why, and takes nothing more", async () => {
  for (const [why, ending] of [
    [Left.HANDED_OVER, "handed_over"],
    [Left.LOST, "lost_seat"],
    [Left.GIVEN_BACK, "given_back"],
    [Left.REMOVED, "removed"],
  ] as const) {
    const trial = new Trial();
    trial.board.helpNext();
    await trial.taken(0, 1);
    const theirs = await trial.agrees(0);
    await theirs.compose("The weather is mild");
    await until(() => trial.pane()?.lines.length === 1, "shown");
    await trial.says({ frame: "SeatLeft", sid: SID, slot: 0, why });
    await until(() => trial.pane()?.stage === "ended", "left");
    await theirs.compose("Too late");
    await trial.settle();

    assert.deepEqual([trial.pane()?.stage, trial.pane()?.ending], ["ended", ending]);
    assert.deepEqual(
      trial.pane()?.lines.map((line) => line.text),
      ["The weather is mild"],
    );
    await until(() => trial.store.kept.size === 0, "the blob is gone");
    const puts = trial.heard.filter((frame) => frame === "DeskPut").length;
    await trial.board.seats.say(KEY, "Too late");
    assert.equal(trial.heard.filter((frame) => frame === "DeskPut").length, puts);
  }
});

test("it comes to the same desk again: the earlier text stays under another name", async () => {
  const trial = new Trial();
  trial.board.helpNext();
  await trial.taken(0, 1);
  const theirs = await trial.agrees(0);
  await theirs.compose("The weather is mild");
  await until(() => trial.pane()?.lines.length === 1, "shown");
  await trial.says({ frame: "SeatLeft", sid: SID, slot: 0, why: Left.LOST });
  await until(() => trial.pane()?.stage === "ended", "left");
  trial.board.helpNext();
  await trial.taken(0, 2);

  assert.deepEqual(
    trial.desk.conversations.map((c) => [c.sid, c.stage, c.lines.length]),
    [
      [`${KEY}~`, "ended", 1],
      [KEY, "taking", 0],
    ],
  );
});

test("leaving while only asked about: whoever waits goes on waiting; a newcomer only leaves", async () => {
  const taker = new Trial();
  taker.board.helpNext();
  await taker.taken(0, 2);
  await taker.board.seats.end(KEY, 0);
  assert.equal(taker.heard.at(-1), "GiveBack");

  const newcomer = new Trial();
  newcomer.board.answerHandover(KEY, true);
  await newcomer.taken(0, 2);
  await newcomer.board.seats.end(KEY, 0);
  assert.equal(newcomer.heard.at(-1), "DeskEnd");
  assert.equal(newcomer.pane()?.ending, "left");
});

test("a colleague's question comes, is taken back, is answered with a no", async () => {
  const trial = new Trial();
  const asked = { frame: "HandoverAsked", sid: SID, by: some("ben", 16), language: "nl" } as const;
  await trial.says({ ...asked, asked: true });
  assert.deepEqual(
    trial.desk.offers.map(({ sid }) => sid),
    [KEY],
  );
  await trial.says({ ...asked, asked: false });
  assert.deepEqual(trial.desk.offers, []);
  await trial.says({ ...asked, asked: true });
  trial.board.answerHandover(KEY, false);
  assert.deepEqual(trial.desk.offers, []);
  await trial.taken(0, 2, false); // nothing was asked for: a seat that nobody wanted is not taken
  assert.equal(trial.pane(), null);
});

test("a reload finds both seats again by their names, and offers what each needs", async () => {
  const before = new Trial();
  before.board.join(KEY, 1);
  await before.taken(1, 3);
  await before.agrees(1);
  const half = before.sent.find((frame) => frame.frame === "Supervise");
  assert.ok(half?.frame === "Supervise");

  const after = new Trial(before.store);
  await after.says({
    frame: "DeskWelcome",
    version: VERSION,
    worker: "w1",
    era: some("era", 32),
    mine: [
      { sid: SID, slot: 1 },
      { sid: SID, slot: 0 },
    ],
  });
  assert.deepEqual(
    after.sent.flatMap((frame) => (frame.frame === "Rejoin" ? [frame.slot] : [])),
    [1, 0],
  );
  const again = {
    frame: "Rejoined",
    sid: SID,
    mode: 1,
    language: "nl",
    epochHint: 4,
    present: true,
  } as const;
  await after.says({ ...again, slot: 1, purpose: 3, half: half.half, phase: Phase.OPEN });
  await until(() => after.heard.includes("DeskOffer"), "an offer");
  assert.equal(after.pane(`${KEY}.1`)?.stage, "resuming");
  assert.deepEqual(await purposeOf(after), [4, 1, 5]);
  await after.says({ ...again, slot: 0, purpose: 2, half: some("half", 32), phase: Phase.OPEN });
  await until(() => after.heard.filter((frame) => frame === "DeskOffer").length === 2, "another offer");
  assert.deepEqual(await purposeOf(after), [2, 0, 20]);
  assert.equal(after.pane()?.asks, true);
});

for (const takesBack of [false, true]) {
  test(`a reload while the person is asked about whoever is next; taken back: ${takesBack}`, async () => {
    const before = new Trial();
    before.board.helpNext();
    await before.taken(0, 1);
    await before.agrees(0);
    await before.board.seats.propose(KEY, 2, WHOEVER);
    if (takesBack) await before.board.seats.takeBack(KEY, 2, WHOEVER);
    const asked = before.sent.find((frame) => frame.frame === "HelpNext");
    assert.ok(asked?.frame === "HelpNext");
    const after = new Trial(before.store);
    await after.says(
      {
        frame: "DeskWelcome",
        version: VERSION,
        worker: "w1",
        era: some("era", 32),
        mine: [{ sid: SID, slot: 0 }],
      },
      {
        frame: "Rejoined",
        sid: SID,
        slot: 0,
        mode: 1,
        language: "nl",
        epochHint: 4,
        present: true,
        purpose: 1,
        half: asked.half,
        phase: Phase.OPEN,
      },
    );
    await until(() => after.pane() !== null, "back");

    assert.deepEqual(after.pane()?.passing, takesBack ? null : { name: null, stage: "person" });
  });
}

test("whom the certificate is about is nobody else at either seat", async () => {
  const trial = new Trial();
  trial.board.join(KEY, 1);
  await trial.taken(1, 3);
  const theirs = await trial.agrees(1);

  assert.equal(theirs.peer()?.alias, parseCertificate(carla.staff).alias);
});

test("asked to move: nothing goes out between the next connection and its welcome", async () => {
  const trial = new Trial();
  await trial.says({ frame: "DeskMoving" });
  assert.equal(trial.moved, 1);
  assert.ok(trial.board.tell({ frame: "WatchBoard", watch: true }));

  trial.opens();
  assert.equal(trial.board.tell({ frame: "WatchBoard", watch: true }), false);
  assert.deepEqual(trial.heard, ["WatchBoard", "OpenDesk"]);

  await trial.says({
    frame: "DeskWelcome",
    mine: [],
    era: new Uint8Array(32),
    worker: "w1",
    version: VERSION,
  });
  assert.ok(trial.board.tell({ frame: "WatchBoard", watch: true }));
});
