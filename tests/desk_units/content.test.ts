// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { Risk } from "../../chat/browser/wire.gen.ts";
import type { ContentTold } from "../../counsellor_ui/src/desk/content.ts";
import { contentOf } from "../../counsellor_ui/src/desk/content.ts";
import { boundaryText, riskCode } from "../../counsellor_ui/src/state/content.ts";

const choice = (id: string, retired = false) => ({
  id,
  labels: { en: `In English: ${id}`, nl: `NL ${id}` },
  retired,
});
const TOLD: ContentTold = {
  limits: { languages: ["nl", "fr"], idle_lock_min: 7, pause_min: 12 },
  quick_replies: { languages: { nl: [{ id: "a", name: "Groet", text: "Goedenavond." }], fr: [] } },
  own_quick_replies: { value: { languages: { nl: [{ id: "a", name: "Mijn", text: "Dag." }] } } },
  choices: {
    matters: [choice("m"), choice("old", true)],
    risks: [choice("none"), choice("concern"), choice("imminent")],
    outcomes: [{ id: "o", labels: { fr: "FR o" }, retired: false }],
    referrals: [],
  },
  procedure: { languages: { en: { text: "Card", checklist: ["One", "Two"] } }, draft: true },
  texts: { languages: { en: { boundary: "It ends here." }, nl: { boundary: "" } } },
};

test("words come in the desk's language, else in English, else in any; what was retired is not offered", () => {
  const content = contentOf(TOLD, "nl");

  assert.deepEqual(content.matters, [{ code: "m", text: "NL m" }]);
  assert.deepEqual(content.outcomes, [{ code: "o", text: "FR o" }]);
  assert.deepEqual(content.procedure, { text: "Card", checklist: ["One", "Two"], draft: true });
  assert.deepEqual([content.languages, content.lockMinutes, content.pauseMinutes], [["nl", "fr"], 7, 12]);
});

test("one's own quick replies stand beside everybody's, and none has another's id", () => {
  const { quickReplies } = contentOf(TOLD, "nl");

  assert.deepEqual(
    quickReplies.map(({ title, personal }) => [title, personal]),
    [
      ["Groet", false],
      ["Mijn", true],
    ],
  );
  assert.equal(new Set(quickReplies.map(({ id }) => id)).size, 2);
});

test("a boundary is said in the conversation's language where there is one, and never left empty", () => {
  const content = contentOf(TOLD, "nl");

  assert.equal(boundaryText(content, "nl"), "It ends here.");
  assert.equal(boundaryText({ ...content, boundary: { nl: "Hier." } }, "fr"), "Hier.");
  assert.equal(boundaryText({ ...content, boundary: { nl: "" } }, "fr"), null);
});

test("the flag finds its place in the organisation's list, if it is there", () => {
  const { risks } = contentOf(TOLD, "nl");

  assert.equal(riskCode(Risk.CONCERN, risks), "concern");
  assert.equal(riskCode(Risk.CONCERN, []), null);
});
