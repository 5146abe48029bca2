// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Choices } from "../../counsellor_ui/src/state/manage/content.ts";
import type { FigureRow, Figures } from "../../counsellor_ui/src/state/manage/figures.ts";
import {
  betweenText,
  csv,
  sum,
  tables,
  unmet,
  valueText,
} from "../../counsellor_ui/src/state/manage/figures.ts";

function row(
  measure: string,
  value: string,
  counts: FigureRow["counts"],
  total: FigureRow["total"],
): FigureRow {
  return { measure, value, counts, total };
}

const CHOICES: Choices = {
  matters: [{ id: "own_thoughts", labels: { en: "Own thoughts", nl: "Eigen gedachten" }, retired: true }],
  risks: [],
  outcomes: [{ id: "listened", labels: { nl: "=Geluisterd; lang" }, retired: false }],
  referrals: [],
};

const FIGURES: Figures = {
  months: ["2026-10", "2026-11"],
  rows: [
    row("left", "help_seeker", [7, null], null),
    row("matter", "own_thoughts", [9, 8], 17),
    row("outcome", "listened", [9, 8], 17),
    row("page", "full", [null, null], 6),
    row("page", "closed", [120, 80], 200),
    row("taken", "yes", [30, 20], 50),
    row("wait", "over_30_min", [6, 5], 11),
    row("wait", "under_1_min", [10, 10], 20),
    row("later", "something", [5, 5], 10),
  ],
  lost: ["2026-10-03"],
  missing: ["2026-11-01"],
};

test("measures come in the order of a report, values in the order of their bands, the unknown last", () => {
  const found = tables(FIGURES);

  assert.deepEqual(
    found.map(({ measure }) => measure),
    ["page", "left", "taken", "wait", "matter", "outcome", "later"],
  );
  assert.deepEqual(
    found.find(({ measure }) => measure === "wait")?.rows.map(({ value }) => value),
    ["under_1_min", "over_30_min"],
  );
});

test("a sum with a hidden part says from where to where, and no more", () => {
  assert.deepEqual(sum([row("left", "away", [7, null], null)]), { least: 8, most: 11 });
  assert.deepEqual(sum([row("page", "full", [null, null], 6)]), { least: 6, most: 6 });
  assert.deepEqual(sum([]), { least: 0, most: 0 });
  assert.equal(betweenText({ least: 8, most: 11 }), "8 to 11");
  assert.equal(betweenText({ least: 6, most: 6 }), "6");
});

test("unmet demand is closed and full pages and who left the waiting room", () => {
  assert.deepEqual(unmet(FIGURES), {
    closed: { least: 200, most: 200 },
    full: { least: 6, most: 6 },
    left: { least: 8, most: 11 },
    taken: { least: 50, most: 50 },
  });
});

test("values are words, in the desk's language where the organisation has them", () => {
  assert.equal(valueText("matter", "own_thoughts", CHOICES, "nl"), "Eigen gedachten");
  assert.equal(valueText("matter", "own_thoughts", CHOICES, "fr"), "Own thoughts");
  assert.equal(valueText("matter", "gone", CHOICES, "en"), "gone");
  assert.equal(valueText("wait", "under_1_min", null, "en"), "under 1 minute");
  assert.equal(valueText("wait", "1_to_3_min", null, "en"), "1 to 3 minutes");
  assert.equal(valueText("duration", "over_120_min", null, "en"), "over 120 minutes");
  assert.equal(valueText("language", "nl", null, "en"), "Dutch");
  assert.equal(valueText("felt_before", "a_little", null, "en"), "a little heavy");
  assert.equal(valueText("door", "onion", null, "en"), "the onion address");
});

test("the table hides what the page hides, and names the days without counts", () => {
  const lines = csv(FIGURES, CHOICES, "en").split("\r\n");

  assert.equal(lines[0], "Measure,Value,2026-10,2026-11,Total");
  assert.equal(lines[1], "The first page was shown,while closed,120,80,200");
  assert.equal(lines[2], "The first page was shown,while full,1 to 4,1 to 4,6");
  assert.equal(lines[3], "Ended in the waiting room,by the person,7,1 to 4,hidden");
  assert.ok(lines.includes("Counts of this day were lost,2026-10-03"));
  assert.ok(lines.includes("Nothing was written for this day,2026-11-01"));
  assert.equal(lines.at(-1), "");
});

test("no cell of the table is a formula, and separators inside a cell are quoted", () => {
  const dutch = csv(FIGURES, CHOICES, "nl");

  assert.ok(dutch.includes(`;"'=Geluisterd; lang";9;8;17`));
  assert.ok(csv(FIGURES, CHOICES, "en").includes(",'=Geluisterd; lang,9,8,17"));
});

test("how heavy it felt is listed from light to heavy, before and then after", () => {
  const row = (measure: string, value: string) => ({ measure, value, counts: [7], total: 7 });
  const rows = [
    row("felt_after", "heavy"),
    row("felt_before", "very_heavy"),
    row("felt_before", "a_little"),
    row("felt_before", "not_heavy"),
  ];
  const shown = tables({ months: ["2026-11"], rows, lost: [], missing: [] });

  assert.deepEqual(
    shown.map(({ measure, rows: listed }) => [measure, listed.map(({ value }) => value)]),
    [
      ["felt_before", ["not_heavy", "a_little", "very_heavy"]],
      ["felt_after", ["heavy"]],
    ],
  );
});
