// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  added,
  choiceProblem,
  countProblems,
  labelOf,
  named,
  offersNothing,
  relabelled,
  untranslated,
} from "../../counsellor_ui/src/state/manage/choices.ts";
import type { Choice, Choices } from "../../counsellor_ui/src/state/manage/content.ts";
import { moved, newId, replaced } from "../../counsellor_ui/src/state/manage/content.ts";

const ONE: Choice = { id: "one", labels: { en: "One", nl: "Een" }, retired: false };
const TWO: Choice = { id: "two", labels: { en: "Two" }, retired: false };
const ALL: Choices = { matters: [ONE, TWO], risks: [ONE], outcomes: [ONE], referrals: [ONE] };

test("words can be given and taken in each language", () => {
  assert.deepEqual(relabelled(TWO, "fr", "Deux").labels, { en: "Two", fr: "Deux" });
  assert.deepEqual(relabelled(ONE, "nl", "").labels, { en: "One" });
  assert.equal(labelOf(ONE, "nl"), "Een");
  assert.equal(labelOf(TWO, "nl"), "Two");
});

test("a choice that was saved keeps its id, a new one gets it from its words", () => {
  const [, , fresh] = added([ONE, TWO]);
  assert.ok(fresh !== undefined);
  const worded = relabelled(fresh, "en", "Café, at night");

  assert.equal(named([ONE, TWO, worded], worded, [ONE, TWO]).id, "cafe_at_night");
  assert.equal(named([ONE], relabelled(ONE, "en", "Other words"), [ONE]).id, "one");
});

test("an id is never one that was used before", () => {
  const worded = { id: "new", labels: { en: "Two" }, retired: false };

  assert.equal(named([ONE, worded], worded, [ONE, TWO]).id, "two_2");
});

test("ids fit the column of a tally", () => {
  for (const words of ["", "123 go", "Ÿ".repeat(90), "a".repeat(90), "Über: alles!", "…"])
    assert.match(newId(words, ["entry", "go"]), /^[a-z][a-z0-9_]{0,31}$/, words);
});

test("a choice without words, or with those of another, has to be put right", () => {
  assert.equal(choiceProblem([{ ...ONE, labels: {} }], 0), "no_words");
  assert.equal(choiceProblem([{ ...ONE, labels: { en: "x".repeat(81) } }], 0), "too_long");
  assert.equal(choiceProblem([ONE, { ...TWO, labels: { nl: "Een " } }], 1), "twice");
  assert.equal(
    choiceProblem(
      [
        { ...ONE, retired: true },
        { ...ONE, id: "again" },
      ],
      1,
    ),
    null,
  );
});

test("each group has to offer something", () => {
  assert.equal(offersNothing([{ ...ONE, retired: true }]), true);
  assert.equal(countProblems(ALL), 0);
  assert.equal(countProblems({ ...ALL, outcomes: [{ ...ONE, retired: true }] }), 1);
});

test("what has no words in a language is counted, but for what is not offered", () => {
  assert.equal(untranslated(ALL, "nl"), 1);
  assert.equal(untranslated({ ...ALL, matters: [ONE, { ...TWO, retired: true }] }, "nl"), 0);
});

test("lists are changed without changing them", () => {
  const list = ["a", "b", "c"];

  assert.deepEqual(replaced(list, 1, "x"), ["a", "x", "c"]);
  assert.deepEqual(replaced(list, 0, null), ["b", "c"]);
  assert.deepEqual(moved(list, 2, -1), ["a", "c", "b"]);
  assert.deepEqual(moved(list, 0, -1), list);
  assert.deepEqual(list, ["a", "b", "c"]);
});
