// SPDX-License-Identifier: AGPL-3.0-or-later
// A supervisor: asked about, joined, seen by everybody; what reaches whom, and nothing before or after.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Left } from "../../chat/browser/wire.gen.ts";
import { people, type Staff, until } from "./line.ts";
import { answers, asked, idOf, reloaded, says, type Talk, talking } from "./talk.ts";

async function joined(): Promise<Talk & { readonly anna: Staff; readonly carla: Staff }> {
  const given = await talking();
  const anna = given.server.counsellor;
  await says(given, "From before");
  await anna.seat.propose(3, await idOf(people.carla));
  const carla = await given.server.supervise();
  assert.equal((await asked(given, "supervise")).announced, true);
  await answers(given, "supervise", true);
  await until(() => given.tab.state.supervisor?.alias === "Carla", "joined");
  return { ...given, anna, carla };
}

const notes = ({ tab }: Talk): string[][] =>
  tab.state.notes.map(({ what, name, other }) => [what, name, other ?? ""]);

test("joined: everybody's lines reach everybody through this browser, and nothing from before", async () => {
  const given = await joined();
  const { anna, carla, tab } = given;
  await says(given, "I am here");
  await anna.seat.compose("And I am");
  await until(() => carla.shown.length === 2, "passed to Carla");
  await carla.seat.compose("Me too");
  await until(() => anna.shown.length === 3, "passed to Anna");

  assert.deepEqual(carla.shown, ["h: I am here", "0: And I am"]);
  assert.deepEqual(anna.shown, ["From before", "I am here", "1: Me too"]);
  assert.deepEqual(
    tab.state.lines.map(({ text, from, slot, alias }) => [text, from, slot, alias]),
    [
      ["From before", "own", 0, "Anna"],
      ["I am here", "own", 0, "Anna"],
      ["And I am", "peer", 0, "Anna"],
      ["Me too", "peer", 1, "Carla"],
    ],
  );
  assert.deepEqual(notes(given), [["joined", "Carla", ""]]);
  await until(() => anna.told("room") !== undefined && carla.told("room") !== undefined, "both are told");
  assert.equal(anna.told("room")?.supervisor, true);
  assert.equal(carla.told("room")?.counsellor, true);
  assert.equal(anna.told("answered")?.yes, true);
});

test("a no: nobody joins, Anna is told, and the line too", async () => {
  const given = await talking();
  const anna = given.server.counsellor;
  await anna.seat.propose(3, await idOf(people.carla));
  const carla = await given.server.supervise();
  await answers(given, "supervise", false);
  await until(() => anna.told("answered") !== undefined && given.server.heard.includes("Decline"), "told");
  await says(given, "Only to Anna");

  assert.equal(anna.told("answered")?.yes, false);
  assert.deepEqual(carla.changes, []);
  assert.equal(given.tab.state.supervisor, null);
  assert.equal(given.server.frames.filter((f) => f.frame === "Hello" && f.slot === 1).length, 0);
});

test("not announced: the question says so", async () => {
  const given = await talking();
  await given.server.supervise();

  assert.equal((await asked(given, "supervise")).announced, false);
});

test("a counsellor's certificate never gets the supervisor's seat", async () => {
  const given = await talking();
  await given.server.supervise(people.ben);
  await until(() => given.tab.state.trouble === "wrong_slot", "refused");

  assert.deepEqual(given.tab.state.questions, []);
});

const LEAVES = [
  ["by the server's word", async (given: Talk) => given.server.notComing(1, Left.BY_ITSELF)],
  ["inside the channel", async (_: Talk, carla: Staff) => carla.seat.end()],
] as const;

for (const [how, leave] of LEAVES) {
  test(`Carla leaves, ${how}: nothing more reaches her, both are named, Anna is told`, async () => {
    const given = await joined();
    const { anna, carla, tab } = given;
    await leave(given, carla);
    await until(() => tab.state.supervisor === null, "left");
    await says(given, "Only to Anna");
    await until(() => anna.told("room")?.supervisor === false, "Anna is told");

    assert.deepEqual(carla.shown, []);
    assert.deepEqual(notes(given), [
      ["joined", "Carla", ""],
      ["left", "Carla", "Anna"],
    ]);
    assert.equal(tab.state.at, "open");
  });
}

for (const [how, leave] of LEAVES) {
  test(`after she left, ${how}, she can join again only by a new yes, and gets nothing from between`, async () => {
    const given = await joined();
    await leave(given, given.carla);
    await until(() => given.tab.state.supervisor === null, "left");
    await says(given, "From between");
    const again = await given.server.supervise();
    assert.equal((await asked(given, "supervise")).same, true);
    assert.deepEqual(again.shown, []);
    await answers(given, "supervise", true);
    await until(() => given.tab.state.supervisor !== null, "joined again");
    await says(given, "From now on");
    await until(() => again.shown.length > 0, "passed on");

    assert.deepEqual(again.shown, ["h: From now on"]);
  });
}

test("she takes over: asked by name, one seat, and Anna gets nothing more", async () => {
  const given = await joined();
  const { anna, tab, server } = given;
  const before = anna.shown.length;
  await server.comes(people.carla);
  const question = await asked(given, "handover");
  assert.deepEqual([question.alias, question.announced], ["Carla", false]);
  await answers(given, "handover", true);
  await until(() => tab.state.counsellor?.alias === "Carla" && tab.state.supervisor === null, "moved");
  await says(given, "To Carla");

  assert.deepEqual(server.shown, ["To Carla"]);
  assert.equal(anna.shown.length, before);
  assert.deepEqual(notes(given).at(-1), ["moved", "Carla", "Anna"]);
});

test("Ben comes in Anna's place while Carla is there: he is told of her and gets nothing from before", async () => {
  const given = await joined();
  await given.carla.seat.compose("From Carla, before Ben");
  await until(() => given.tab.state.lines.length === 2, "shown");
  await given.server.comes();
  await answers(given, "handover", true);
  await until(() => given.tab.state.counsellor?.alias === "Ben", "moved");
  const ben = given.server.counsellor;
  await given.carla.seat.compose("From Carla, to both");
  await until(() => ben.shown.length > 0, "passed on");

  assert.deepEqual(ben.shown, ["1: From Carla, to both"]);
  assert.equal(ben.told("room")?.supervisor, true);
});

test("Anna is lost while Carla is there: Carla stays, and still gets what is written", async () => {
  const given = await joined();
  given.server.back(Left.LOST);
  await until(() => given.tab.state.at === "waiting", "waiting");
  assert.equal(given.tab.state.supervisor?.alias, "Carla");
  await until(() => given.carla.told("room")?.counsellor === false, "Carla is told");
  await given.conversation.say("Anybody there");
  await until(() => given.carla.shown.length > 0, "passed on");

  assert.deepEqual(given.carla.shown, ["h: Anybody there"]);
});

test("a reload while Carla is asked about, and while she is there", async () => {
  const before = await talking();
  await says(before, "From before");
  await before.server.counsellor.seat.propose(3, await idOf(people.carla));
  const carla = await before.server.supervise();
  await asked(before, "supervise");
  const asking = await reloaded(before);
  assert.equal((await asked(asking, "supervise")).announced, true);
  await answers(asking, "supervise", true);
  await until(() => asking.tab.state.supervisor !== null, "joined");
  await says(asking, "I am here");
  await until(() => carla.shown.length === 1, "passed on");

  const given = await reloaded(asking);
  await until(() => given.tab.state.supervisor !== null && given.tab.state.at === "open", "there again");
  assert.deepEqual(notes(given), []);
  await says(given, "Still here");
  await until(() => {
    given.server.slowly();
    return carla.shown.length === 2;
  }, "passed on");

  assert.deepEqual(carla.shown, ["h: I am here", "h: Still here"]);
  assert.deepEqual(given.server.shown, ["From before", "I am here", "Still here"]);
});

test("killed before any write while Carla is there: all that is shown is passed on, once", async () => {
  for (let death = 1; ; death += 1) {
    const first = await joined();
    const { anna, carla, server } = first;
    await says(first, "The first");
    await until(() => carla.shown.length === 1, "passed on");
    server.pass(2); // in the very second of joining nothing is passed on afterwards: it could be from before
    first.tab.deathAt = first.tab.writes + death;
    void anna.seat.compose("From Anna");
    void carla.seat.compose("From Carla");
    await until(
      () => first.tab.dead || (carla.shown.includes("0: From Anna") && anna.shown.includes("1: From Carla")),
      "passed on",
    );
    const given = first.tab.dead ? await reloaded(first) : first;
    await until(() => {
      server.slowly();
      given.tab.pass(1_000);
      return carla.shown.includes("0: From Anna") && anna.shown.includes("1: From Carla");
    }, "passed on in the end");

    assert.deepEqual(carla.shown, ["h: The first", "0: From Anna"]);
    assert.deepEqual(anna.shown, ["From before", "The first", "1: From Carla"]);
    assert.deepEqual(given.tab.state.lines.map((line) => line.text).sort(), [
      "From Anna",
      "From Carla",
      "From before",
      "The first",
    ]);
    if (given === first) return;
  }
});

test("leaving ends both seats", async () => {
  const given = await joined();
  await given.conversation.end();
  await until(
    () => given.anna.told("peerEnded") !== undefined && given.carla.told("peerEnded") !== undefined,
    "said inside both channels",
  );
});

test("Anna ends it while Carla is there: over for everybody", async () => {
  const given = await joined();
  await given.anna.seat.end();
  await until(() => given.tab.state.erased, "ended");

  assert.equal(given.tab.state.ending, "counsellor");
});
