// SPDX-License-Identifier: AGPL-3.0-or-later
// Another counsellor, while the page is loaded again or killed at any step.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Left, Phase } from "../../chat/browser/wire.gen.ts";
import { people, until } from "./line.ts";
import { answers, asked, handedOver, idOf, isWith, reloaded, says, type Talk, talking } from "./talk.ts";

const WHOEVER = new Uint8Array(32);

test("a reload while Ben is asked about: asked again, still announced", async () => {
  const given = await reloaded(await handedOver());
  const question = await asked(given, "handover");
  assert.deepEqual([question.alias, question.announced], ["Ben", true]);
  await answers(given, "handover", true);
  await isWith(given, "Ben");
  await says(given, "To Ben");

  assert.deepEqual(given.server.shown, ["To Ben"]);
});

test("a reload after a loss, in the room and while Ben is asked about", async () => {
  const before = await talking();
  await says(before, "The weather is mild");
  before.server.back(Left.LOST);
  await until(() => before.tab.state.at === "waiting", "waiting");
  await before.conversation.say("Written while waiting");
  const waiting = await reloaded(before);
  await until(() => waiting.tab.state.back !== null, "waiting again");
  assert.equal(waiting.tab.state.back?.name, "Anna");
  assert.equal(waiting.tab.state.counsellor, null);
  await waiting.server.comes();
  await asked(waiting, "handover");

  const given = await reloaded(waiting);
  await answers(given, "handover", true);
  await isWith(given, "Ben");
  assert.equal(given.tab.state.share, true);
  assert.deepEqual(given.server.shown, []);
  assert.ok(given.tab.lines.includes("own: Written while waiting (undelivered)"));
});

test("a loss while the page was closed is told after it", async () => {
  const before = await talking();
  await says(before, "The weather is mild");
  before.tab.die();
  before.server.back(Left.LOST);
  const given = await reloaded(before);
  await until(() => given.tab.state.back !== null, "waiting");

  assert.equal(given.tab.state.at, "waiting");
  assert.deepEqual(given.tab.state.back, { why: null, name: "Anna" });
});

test("a reload with a summary and a way back asked about, and with something to share", async () => {
  const before = await talking();
  await says(before, "The weather is mild");
  await before.server.counsellor.seat.compose("We spoke about the weather", "summary");
  await before.server.counsellor.seat.propose(2, WHOEVER);
  await asked(before, "back");
  const given = await reloaded(before);
  await asked(given, "back");
  await answers(given, "summary", false);
  await answers(given, "back", true);
  await until(() => given.server.counsellor.told("answered") !== undefined, "answered");
  given.server.back(Left.GIVEN_BACK);
  await given.server.comes();
  await answers(given, "handover", true);
  await isWith(given, "Ben");
  const after = await reloaded(given);
  await isWith(after, "Ben");
  await until(() => after.tab.state.share, "share");

  assert.deepEqual(after.tab.state.questions, []);
  assert.deepEqual(after.tab.state.lines.map((line) => line.alias).slice(0, 1), ["Anna"]);
});

test("taken back while the page was closed: after the reload nothing is asked", async () => {
  const before = await talking();
  await before.server.counsellor.seat.propose(2, WHOEVER);
  await asked(before, "back");
  before.tab.die();
  before.server.drop();
  await before.server.counsellor.seat.takeBack(2, WHOEVER);
  const given = await reloaded(before);
  await until(() => given.tab.state.at === "open", "open");
  await says(given, "The weather is mild");

  assert.deepEqual(given.tab.state.questions, []);
});

test("killed before any write of a handover, and loaded again: it comes to the same end", async () => {
  for (let death = 1; ; death += 1) {
    const first = await talking();
    await says(first, "The weather is mild");
    const { server, tab } = first;
    tab.deathAt = tab.writes + death;
    await server.counsellor.seat.compose("We spoke about the weather", "summary");
    await server.counsellor.seat.propose(2, await idOf(people.ben));
    await server.comes();
    let given: Talk = first;
    const settle = async (): Promise<boolean> => {
      const there = () => given.tab.state.counsellor?.alias === "Ben" && given.tab.state.at === "open";
      await until(() => {
        server.slowly();
        for (const { key } of given.tab.state.questions) given.conversation.answer(key, true);
        return there() || given.tab.dead;
      }, "with Ben");
      return !given.tab.dead;
    };
    let died = false;
    while (!(await settle())) {
      died = true;
      given = await reloaded(given);
    }
    await given.conversation.say("To Ben");
    await until(() => given.tab.dead || server.shown.includes("To Ben"), "shown");
    if (given.tab.dead) {
      died = true;
      given = await reloaded(given);
      await until(() => given.tab.state.at === "open", "open");
      if (!given.tab.state.lines.some((line) => line.text === "To Ben"))
        await given.conversation.say("To Ben");
      await until(() => server.shown.includes("To Ben"), "shown");
    }

    assert.equal(server.phase, Phase.OPEN);
    assert.equal(server.shown.filter((text) => text === "To Ben").length, 1);
    assert.ok(server.shown.filter((text) => text.startsWith("summary")).length <= 1);
    assert.ok(!server.shown.includes("The weather is mild"));
    if (!died) return;
  }
});
