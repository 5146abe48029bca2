// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import type { StaffAction } from "../../counsellor_ui/src/state/manage/actions.ts";
import { about, byDay, names, sentence } from "../../counsellor_ui/src/state/manage/actions.ts";
import type { Texts } from "../../counsellor_ui/src/state/manage/content.ts";
import { differences, linesOf } from "../../counsellor_ui/src/state/manage/differences.ts";
import { countProblems, draftOf, isZone, limitsOf } from "../../counsellor_ui/src/state/manage/limits.ts";
import { pagesOf, settingText } from "../../counsellor_ui/src/state/manage/pages.ts";
import { added, replyProblems, withLanguage } from "../../counsellor_ui/src/state/manage/replies.ts";

const LIMITS = {
  cap: 3,
  waiting: 100,
  idle_lock_min: 10,
  pause_min: 0,
  zone: "Europe/Brussels",
  languages: ["nl", "fr"],
};

function action(name: string, actor: string | null, subject: string | null): StaffAction {
  return {
    at: 1_800_000_000,
    action: name,
    actor,
    actor_alias: actor,
    subject,
    subject_alias: subject,
  };
}

test("an operator gets hours and limits, a manager every page, a counsellor none", () => {
  assert.deepEqual(pagesOf(["operator"]), ["hours", "limits"]);
  assert.deepEqual(pagesOf(["counsellor", "supervisor"]), []);
  assert.equal(pagesOf(["manager", "operator"]).length, 10);
});

const languageOf = (tag: string): string => (tag === "nl" ? "Dutch" : tag);

test("staff actions are sentences", () => {
  const said = (name: string, actor: string | null, subject: string | null): string =>
    sentence(action(name, actor, subject), settingText, languageOf);

  assert.equal(said("invited", "Anna", "Ben"), "Anna invited Ben");
  assert.equal(said("invited", "Anna", "Anna"), "Anna made a link for a further device");
  assert.equal(said("requested", null, "Ben"), "Ben asked to be certified");
  assert.equal(said("removed", null, "Ben"), "The operator removed Ben from the team");
  assert.equal(said("revoked", "Anna", "Anna"), "Anna removed one of their own devices");
  assert.equal(
    sentence({ ...action("changed_setting", "Anna", null), subject_alias: "hours" }, settingText, languageOf),
    "Anna changed: Opening hours",
  );
  const opened = { ...action("opened_intake", "Anna", null), subject_alias: "nl" };
  assert.equal(sentence(opened, settingText, languageOf), "Anna opened intake: Dutch");
  assert.equal(said("closed_intake", "Anna", null), "Anna closed intake in all languages");
});

test("staff actions are found by whoever did them or was concerned, and setting names are no people", () => {
  const all = [
    action("invited", "Anna", "Ben"),
    action("signed_in", "Carla", "Carla"),
    { ...action("changed_setting", "Anna", null), subject_alias: "hours" },
  ];

  assert.deepEqual(names(all), ["Anna", "Ben", "Carla"]);
  assert.equal(about(all, "Ben").length, 1);
  assert.equal(about(all, "Anna").length, 2);
  assert.equal(about(all, null).length, 3);
});

test("staff actions of one day stand together", () => {
  const other = { ...action("signed_in", "Anna", "Anna"), at: 1_800_000_000 - 2 * 86_400 };
  const days = byDay([action("signed_out", "Anna", "Anna"), action("signed_in", "Anna", "Anna"), other]);

  assert.deepEqual(
    days.map(({ actions }) => actions.length),
    [2, 1],
  );
});

test("numbers of the limits are checked before they are sent, and half-typed ones are not", () => {
  const draft = draftOf(LIMITS);

  assert.deepEqual(limitsOf(draft), LIMITS);
  assert.equal(countProblems(draft), 0);
  for (const wrong of ["", "0", "11", "3.5", "three", "-1"])
    assert.equal(countProblems({ ...draft, cap: wrong }), 1, wrong);
  assert.equal(countProblems({ ...draft, zone: "Europe/Nowhere", languages: [] }), 2);
  assert.equal(isZone(""), false);
});

test("a quick reply needs a name of its own and a text that can be sent", () => {
  const reply = { id: "a", name: "hello", text: "Good evening" };

  assert.deepEqual(replyProblems([reply], 0), []);
  assert.deepEqual(replyProblems([reply, { ...reply, id: "b", name: "Hello " }], 1), ["twice"]);
  assert.deepEqual(replyProblems([{ ...reply, text: "look at www.example.org" }], 0), ["link"]);
  assert.deepEqual(replyProblems(added([]), 0), ["no_name", "no_text"]);
  assert.deepEqual(replyProblems([{ ...reply, text: "x".repeat(1001) }], 0), ["too_long"]);
});

test("a language without quick replies is left out", () => {
  const replies = { languages: { nl: [{ id: "a", name: "hallo", text: "Goedenavond" }] } };

  assert.deepEqual(withLanguage(replies, "nl", []), { languages: {} });
  assert.deepEqual(Object.keys(withLanguage(replies, "fr", replies.languages.nl).languages), ["nl", "fr"]);
});

test("what differs between two states is said in words, and what is the same is left out", () => {
  const own = { confidentiality: "", approved: false, about: "", closed: "", boundary: "", welcome: "" };
  const before: Texts = { languages: { nl: { ...own, about: "We zijn er", closed: "Tot morgen" } } };
  const after: Texts = {
    languages: { nl: { ...own, about: "Wij zijn er", closed: "Tot morgen", welcome: "Hallo" } },
  };

  assert.deepEqual(differences(linesOf("texts", before), linesOf("texts", after)), [
    { key: "nl welcome", label: "Dutch, While somebody waits", before: null, after: "Hallo" },
    { key: "nl about", label: "Dutch, Who we are", before: "We zijn er", after: "Wij zijn er" },
  ]);
  assert.deepEqual(differences(linesOf("texts", after), linesOf("texts", after)), []);
});

test("hours are compared by day", () => {
  const day = { date: "2026-12-25", name: "Christmas", yearly: true, languages: [], rows: [] };
  const week = [[{ from: "16:00", to: "22:00" }], [], [], [], [], [], []];
  const found = linesOf("hours", { weekly: { nl: week }, exceptions: [day] });

  assert.deepEqual(found[0], { key: "nl 0", label: "Dutch, Monday", text: "16:00–22:00" });
  assert.equal(found.at(-1)?.label, "every year on 25 December, Christmas");
  assert.equal(found.at(-1)?.text, "Closed");
});
