// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CrisisLine } from "../../counsellor_ui/src/state/manage/content.ts";
import {
  changedLine,
  checkedLine,
  confirmation,
  lineProblems,
  newLine,
  toCheck,
} from "../../counsellor_ui/src/state/manage/lines.ts";

const TODAY = "2026-11-27";
const LINE: CrisisLine = {
  id: "be_help",
  country: "BE",
  kind: "help",
  name: "A line",
  contact: ["112"],
  source: "example.org",
  languages: ["nl"],
  source_date: "2026-01",
  checked_on: "2026-11-01",
  confirmed_by: "Anna",
};

test("a confirmation holds for 180 days, and then asks for another look", () => {
  const on = (checked_on: string) => confirmation({ ...LINE, checked_on }, TODAY);

  assert.deepEqual(on("2026-11-27"), { kind: "confirmed", days: 180 });
  assert.deepEqual(on("2026-05-31"), { kind: "confirmed", days: 0 });
  assert.deepEqual(on("2026-05-30"), { kind: "old", days: 181 });
});

test("an entry that nobody confirmed is never shown as one, whatever day it names", () => {
  assert.deepEqual(confirmation({ ...LINE, checked_on: null, confirmed_by: null }, TODAY), { kind: "never" });
  assert.deepEqual(confirmation({ ...LINE, confirmed_by: null }, TODAY), { kind: "never" });
});

test("checking it takes effect with the next saving, and who it was is for the service to write", () => {
  const checked = checkedLine(LINE, TODAY);

  assert.equal(checked.checked_on, TODAY);
  assert.equal(checked.confirmed_by, null);
  assert.deepEqual(confirmation(checked, TODAY), { kind: "now" });
});

test("any change takes the confirmation away", () => {
  const changed = changedLine(LINE, { contact: ["113"] });

  assert.deepEqual(changed.contact, ["113"]);
  assert.deepEqual(confirmation(changed, TODAY), { kind: "never" });
});

test("entries to look at are counted", () => {
  const lines = [
    LINE,
    changedLine(LINE, {}),
    { ...LINE, checked_on: "2025-01-01" },
    checkedLine(LINE, TODAY),
  ];

  assert.equal(toCheck(lines, TODAY), 2);
});

test("an entry needs a country, something to call, and a source", () => {
  assert.deepEqual(lineProblems(LINE), []);
  assert.deepEqual(lineProblems({ ...LINE, contact: ["112", " "] }), ["no_contact"]);
  assert.deepEqual(lineProblems(newLine([], "help", "")), ["no_country", "no_contact", "no_source"]);
});

test("a new entry gets a name that no other has", () => {
  assert.equal(newLine([], "help", "BE").id, "be_help");
  assert.equal(newLine([LINE], "help", "BE").id, "be_help_2");
  assert.match(newLine([], "help", "").id, /^[a-z][a-z0-9_]{0,31}$/);
});
