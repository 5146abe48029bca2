// SPDX-License-Identifier: AGPL-3.0-or-later
// Another counsellor: handed over, lost, given back; asked about, refused, and what reaches whom.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Left } from "../../chat/browser/wire.gen.ts";
import { people, until } from "./line.ts";
import { answers, asked, begun, handedOver, idOf, isWith, says, talking, ticks } from "./talk.ts";

const WHOEVER = new Uint8Array(32);

test("announced: the question names both; nothing is answered before the yes; then Ben, and nothing from before", async () => {
  const given = await handedOver();
  const { server, tab } = given;
  const anna = server.counsellor;
  const question = await asked(given, "handover");
  assert.deepEqual([question.alias, question.announced, question.same], ["Ben", true, false]);
  assert.deepEqual(
    server.frames.filter((frame) => frame.frame === "Hello").map((frame) => frame.purpose),
    [1],
  );

  await says(given, "Still to Anna");
  await answers(given, "handover", true);
  await isWith(given, "Ben");
  await says(given, "To Ben");

  assert.deepEqual(server.shown, ["To Ben"]);
  assert.equal(anna.told("answered")?.yes, true);
  assert.deepEqual(tab.state.questions, []);
  assert.deepEqual(
    tab.state.notes.map(({ what, name, other }) => [what, name, other]),
    [["moved", "Ben", "Anna"]],
  );
  assert.deepEqual(
    tab.state.lines.map((line) => [line.text, line.alias]),
    [
      ["The weather is mild", "Anna"],
      ["Still to Anna", "Anna"],
      ["To Ben", "Ben"],
    ],
  );
});

test("after the move Anna's seat opens nothing of what follows", async () => {
  const given = await handedOver();
  const anna = given.server.counsellor;
  await answers(given, "handover", true);
  await isWith(given, "Ben");
  const before = anna.shown.length;
  const puts = given.server.frames.length;
  await says(given, "To Ben");
  for (const frame of given.server.frames.slice(puts))
    if (frame.frame === "Put") await anna.seat.delivered(frame.envelope);

  assert.equal(anna.shown.length, before);
  assert.equal(given.server.counsellor.shown.at(-1), "To Ben");
});

test("not announced: it says so, and a no leaves everything as it was", async () => {
  const given = await handedOver(false);
  const { server, tab } = given;
  assert.equal((await asked(given, "handover")).announced, false);

  await answers(given, "handover", false);
  await until(() => server.heard.includes("Decline"), "declined");
  await says(given, "Still to Anna");

  assert.equal(tab.state.counsellor?.alias, "Anna");
  assert.equal(server.newcomer, null);
  assert.deepEqual(tab.state.questions, []);
  assert.equal(server.frames.filter((frame) => frame.frame === "Hello").length, 1);
});

test("the no to an announced one is also said to Anna, inside the channel", async () => {
  const given = await handedOver();
  const anna = given.server.counsellor;
  await answers(given, "handover", false);
  await until(() => anna.told("answered") !== undefined, "answered");

  assert.equal(anna.told("answered")?.yes, false);
});

test("an answer to a question that is gone is none", async () => {
  const given = await handedOver();
  const { key } = await asked(given, "handover");
  given.server.notComing(0, Left.LAPSED);
  await until(() => given.tab.state.questions.length === 0, "settled");
  given.conversation.answer(key, true);
  await says(given, "Still to Anna");

  assert.deepEqual(
    given.tab.state.notes.map(({ what, name }) => [what, name]),
    [["notComing", "Ben"]],
  );
  assert.equal(given.server.frames.filter((frame) => frame.frame === "Hello").length, 1);
});

test("a resume of Anna's, while the question stands, does not take the question away", async () => {
  const given = await handedOver();
  const { server, tab } = given;
  server.clock += 40; // Ben's browser offers anew as long as nobody answers
  await server.newcomer?.seat.tick();
  const before = tab.events.filter((event) => event.kind === "active").length;
  await server.counsellor.seat.askedResume(await idOf(people.anna));
  await until(() => tab.events.filter((e) => e.kind === "active").length > before, "resumed");
  assert.equal(tab.state.questions.length, 1);

  await answers(given, "handover", true);
  server.clock += 40;
  await server.newcomer?.seat.tick();
  await isWith(given, "Ben");
});

test("the connection to Anna is lost: first in the room, kept lines, Ben is asked about, lines go again one by one", async () => {
  const given = await talking();
  const { server, tab, conversation } = given;
  await says(given, "The weather is mild");
  server.lose = "Put";
  await conversation.say("Anna never got this");
  server.back(Left.LOST);
  await until(() => tab.state.at === "waiting", "waiting");
  await conversation.say("Written while waiting");
  assert.deepEqual(tab.state.back, { why: Left.LOST, name: "Anna" });
  assert.equal(tab.state.counsellor, null);
  assert.deepEqual(tab.lines.slice(1), [
    "own: Anna never got this (undelivered)",
    "own: Written while waiting (waiting)",
  ]);

  await server.comes();
  const question = await asked(given, "handover");
  assert.deepEqual([question.alias, question.announced, question.same], ["Ben", false, false]);
  assert.equal(server.frames.filter((frame) => frame.frame === "Hello").length, 1);
  await answers(given, "handover", true);
  await isWith(given, "Ben");
  assert.deepEqual(server.shown, []);
  assert.deepEqual(
    tab.state.notes.map(({ what, name }) => [what, name]),
    [
      ["lost", "Anna"],
      ["came", "Ben"],
    ],
  );

  const [lost] = tab.state.lines.filter((line) => line.state === "undelivered");
  conversation.again(lost?.mid ?? "");
  await until(() => server.shown.length > 0, "sent again");
  conversation.again(lost?.mid ?? ""); // pressed twice
  await ticks(given, server.counsellor);
  await until(() => tab.lines.at(-1)?.endsWith("(delivered)") ?? false, "delivered");

  assert.deepEqual(server.shown, ["Anna never got this"]);
  assert.deepEqual(tab.lines.slice(1), [
    "own: Written while waiting (undelivered)",
    "own: Anna never got this (delivered)",
  ]);
});

test("lost, and a no to Ben: back in the room, and another may come", async () => {
  const given = await talking();
  const { server, tab } = given;
  server.back(Left.LOST);
  await server.comes();
  await answers(given, "handover", false);
  await until(() => tab.state.back?.why === Left.DECLINED, "back");
  assert.equal(tab.state.at, "waiting");
  assert.equal(tab.state.back?.name, "Anna");

  await server.comes(people.carla);
  await answers(given, "handover", true);
  await isWith(given, "Carla");
  await says(given, "To Carla");
});

test("refused while nobody else is on duty, Ben is asked about again when he comes again", async () => {
  const given = await talking();
  given.server.back(Left.LOST);
  await given.server.comes();
  await answers(given, "handover", false);
  await until(() => given.tab.state.back?.why === Left.DECLINED, "back");
  await given.server.comes();
  await answers(given, "handover", true);
  await isWith(given, "Ben");
});

test("after a loss nobody comes in by a take, also not under another name", async () => {
  const given = await talking();
  given.server.back(Left.LOST);
  await until(() => given.tab.state.at === "waiting", "waiting");
  const taker = await given.server.take(people.ben);
  await ticks(given, taker);

  assert.equal(given.server.frames.filter((frame) => frame.frame === "Hello").length, 1);
  assert.notEqual(given.tab.state.at, "open");
});

test("Anna herself comes back: she is named as who was here, and has lost what was written", async () => {
  const given = await talking();
  await says(given, "The weather is mild");
  given.server.back(Left.LOST);
  await given.server.comes(people.anna);
  assert.equal((await asked(given, "handover")).same, true);
  await answers(given, "handover", true);
  await isWith(given, "Anna");

  assert.deepEqual(given.server.shown, []);
});

test("a first counsellor who never came: waiting again, without a word about anybody lost", async () => {
  const given = await begun();
  given.server.lose = "Hello";
  await given.server.take();
  await until(() => given.tab.state.at === "matched", "matched");
  given.server.back(Left.LAPSED);
  await until(() => given.tab.state.at === "waiting", "waiting");
  assert.deepEqual(given.tab.state.notes, []);

  await given.server.take(people.ben);
  await isWith(given, "Ben");
  assert.deepEqual(given.tab.state.questions, []);
});

test("back to whoever is next: asked, answered inside the channel, and the place is first", async () => {
  for (const yes of [true, false]) {
    const given = await talking();
    const anna = given.server.counsellor;
    await anna.seat.propose(2, WHOEVER);
    await answers(given, "back", yes);
    await until(() => anna.told("answered") !== undefined, "answered");
    assert.equal(anna.told("answered")?.yes, yes);
    assert.equal(given.tab.state.at, "open");
    if (!yes) continue;
    given.server.back(Left.GIVEN_BACK);
    await until(() => given.tab.state.at === "waiting", "waiting");

    assert.deepEqual(given.tab.state.back, { why: Left.GIVEN_BACK, name: "Anna" });
    assert.equal(given.tab.state.notes[0]?.what, "gaveBack");
  }
});

test("back to whoever is next, taken back: the question goes, everything else stays, and it may be asked anew", async () => {
  const given = await talking();
  const anna = given.server.counsellor;
  await says(given, "The weather is mild");
  await anna.seat.compose("We spoke about the weather", "summary");
  await asked(given, "summary");
  await anna.seat.propose(2, WHOEVER);
  await asked(given, "back");
  const before = given.tab.state;
  await anna.seat.takeBack(2, WHOEVER);
  await until(() => given.tab.state.questions.length === 1, "only the summary is asked about");

  const questions = before.questions.filter(({ kind }) => kind !== "back");
  assert.deepEqual({ ...given.tab.state, typing: before.typing }, { ...before, questions });
  given.conversation.answer("back", true); // pressed as it went
  await anna.seat.propose(2, WHOEVER);
  await answers(given, "back", false);
  await until(() => anna.told("answered") !== undefined, "answered");
  assert.deepEqual(
    anna.changes.flatMap((change) => (change.kind === "answered" ? [change.yes] : [])),
    [false],
  );
});

test("a yes that crosses the taking back moves nothing, and both go on", async () => {
  const given = await talking();
  const anna = given.server.counsellor;
  await anna.seat.propose(2, WHOEVER);
  const { key } = await asked(given, "back");
  const taken = anna.seat.takeBack(2, WHOEVER);
  given.conversation.answer(key, true);
  await taken;
  await says(given, "The weather is mild");

  assert.equal(anna.told("answered"), undefined);
  assert.deepEqual([given.tab.state.at, given.tab.state.questions], ["open", []]);
});

test("a summary goes to Ben after the person has seen it and said yes, as the person's own", async () => {
  const given = await talking();
  await given.server.counsellor.seat.compose("We spoke about the weather", "summary");
  await answers(given, "summary", true);
  await given.server.comes();
  await answers(given, "handover", true);
  await isWith(given, "Ben");
  await until(() => given.server.shown.length > 0, "given");

  assert.deepEqual(given.server.shown, ["summary: We spoke about the weather"]);
  assert.equal(given.tab.state.share, false);
});

test("a summary that was refused, or not answered, goes nowhere", async () => {
  for (const word of [false, null]) {
    const given = await talking();
    await given.server.counsellor.seat.compose("We spoke about the weather", "summary");
    await asked(given, "summary");
    if (word !== null) await answers(given, "summary", word);
    await given.server.comes();
    await answers(given, "handover", true);
    await isWith(given, "Ben");
    await says(given, "To Ben");
    assert.deepEqual(given.server.shown, ["To Ben"]);
    if (word !== null) continue;

    await answers(given, "summary", true); // said while Ben is here already
    await until(() => given.server.shown.length === 2, "given");
    assert.equal(given.server.shown[1], "summary: We spoke about the weather");
  }
});

test("what stands on the screen is shared when the button is pressed, and never by itself", async () => {
  const given = await talking();
  await says(given, "The weather is mild");
  await given.server.counsellor.seat.compose("And the sky is grey");
  await until(() => given.tab.state.lines.length === 2, "an answer");
  given.server.back(Left.LOST);
  await given.server.comes();
  await answers(given, "handover", true);
  await isWith(given, "Ben");
  await says(given, "To Ben");
  assert.equal(given.tab.state.share, true);
  assert.deepEqual(given.server.shown, ["To Ben"]);

  given.conversation.share(true, "I", "Counsellor");
  await until(() => given.server.shown.length === 2, "shared");

  assert.equal(given.server.shown[1], "summary: I: The weather is mild\nAnna: And the sky is grey");
  assert.equal(given.tab.state.share, false);
});

test("not shared: it is not asked again", async () => {
  const given = await talking();
  await says(given, "The weather is mild");
  given.server.back(Left.LOST);
  await given.server.comes();
  await answers(given, "handover", true);
  await isWith(given, "Ben");
  given.conversation.share(false, "I", "Counsellor");
  await says(given, "To Ben");

  assert.equal(given.tab.state.share, false);
  assert.deepEqual(given.server.shown, ["To Ben"]);
});

test("nobody on duty, and somebody again", async () => {
  const given = await begun();
  given.server.says({ frame: "Attended", anybody: false });
  await until(() => !given.tab.state.attended, "nobody");
  given.server.says({ frame: "Attended", anybody: true });
  await until(() => given.tab.state.attended, "somebody");
});

test("one can leave while something is asked", async () => {
  const given = await handedOver();
  await given.conversation.end();
  await until(() => given.tab.state.erased, "confirmed");

  assert.deepEqual([given.tab.state.ending, given.tab.state.questions], ["you", []]);
  assert.equal(given.tab.keep.text, null);
});
