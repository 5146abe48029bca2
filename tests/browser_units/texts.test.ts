// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { addTexts, type Catalogue, language, t, tn, useCatalogue } from "../../chat/browser/texts.ts";

const dutch: Catalogue = {
  language: "nl",
  form: (n) => Number(n !== 1),
  texts: { Continue: "Verder", "{n} day": ["{n} dag", "{n} dagen"], "Hello {name}": "Dag {name}" },
};

afterEach(() => {
  useCatalogue(null);
  addTexts({});
});

test("texts that come later are of the same language, whichever comes first", () => {
  addTexts({ "Wait on": "Verder wachten" });
  assert.equal(t("Wait on"), "Wait on"); // without its catalogue the page is in English, all of it
  useCatalogue(dutch);

  assert.equal(t("Wait on"), "Verder wachten");
  assert.equal(t("Continue"), "Verder");
});

test("English is its own catalogue", () => {
  assert.equal(language(), "en");
  assert.equal(t("Hello {name}", { name: "Anna" }), "Hello Anna");
  assert.equal(tn("{n} day", "{n} days", 1), "1 day");
  assert.equal(tn("{n} day", "{n} days", 2), "2 days");
});

test("another language, with its own plural rule", () => {
  useCatalogue(dutch);

  assert.equal(language(), "nl");
  assert.equal(t("Hello {name}", { name: "Anna" }), "Dag Anna");
  assert.equal(tn("{n} day", "{n} days", 2), "2 dagen");
});

test("what is not translated is shown in English", () => {
  useCatalogue(dutch);

  assert.equal(t("The weather is mild"), "The weather is mild");
  assert.equal(tn("{n} hour", "{n} hours", 3), "3 hours");
});

test("a value is put in as it is, even when it looks like a place", () => {
  assert.equal(t("Hello {name}", { name: "{name} $& <b>" }), "Hello {name} $& <b>");
  assert.equal(t("Hello {name}", { other: 1 }), "Hello {name}");
});
