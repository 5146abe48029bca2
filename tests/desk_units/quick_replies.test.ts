// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import type { QuickReply } from "../../counsellor_ui/src/state/quick_replies.ts";
import {
  insert,
  MOST_SHOWN,
  matching,
  opened,
  slashAt,
} from "../../counsellor_ui/src/state/quick_replies.ts";

const reply = (id: string, title: string, language = "en", personal = false, text = ""): QuickReply => ({
  id,
  language,
  title,
  text,
  personal,
});

test("a slash at the start of a word asks, anywhere else it is a sign like any other", () => {
  assert.deepEqual(slashAt("/gr", 3), { start: 0, query: "gr" });
  assert.deepEqual(slashAt("Hello /", 7), { start: 6, query: "" });
  assert.deepEqual(slashAt("Hello\n/en more", 9), { start: 6, query: "en" });
  assert.equal(slashAt("and/or", 6), null);
  assert.equal(slashAt("/gr and", 7), null);
  assert.equal(slashAt("/gr", 0), null);
  assert.equal(slashAt("", 0), null);
});

test("the conversation's language comes first, then how well it fits, then one's own", () => {
  const replies = [
    reply("other", "Einde", "nl"),
    reply("inside", "Weekend", "en"),
    reply("shared", "Ending", "en"),
    reply("own", "End now", "en", true),
    reply("text", "Goodbye", "en", false, "This is the end."),
    reply("no", "Greeting", "en"),
  ];

  assert.deepEqual(
    matching(replies, "end", "en").map(({ id }) => id),
    ["own", "shared", "inside", "text"],
  );
  assert.deepEqual(
    matching(replies, "ein", "en").map(({ id }) => id),
    ["other"],
  );
  assert.equal(matching(replies, "", "nl")[0]?.id, "other");
});

test("accents and capitals need not be typed", () => {
  assert.equal(matching([reply("a", "Écouter")], "eco", "fr").length, 1);
});

test("no more than can be looked through are shown", () => {
  const many = Array.from({ length: 20 }, (_, i) => reply(`r${i}`, `Reply ${i}`));

  assert.equal(matching(many, "", "en").length, MOST_SHOWN);
});

test("a reply goes where the slash was; a second one follows it", () => {
  const slash = { start: 6, query: "gr" };
  const once = insert("Hello /gr and so on", slash, 9, "Good evening.");

  assert.deepEqual(once, { text: "Hello Good evening. and so on", cursor: 19 });
  const again = opened(once.text, once.cursor);
  assert.deepEqual(again, { text: "Hello Good evening. / and so on", cursor: 21 });
  const twice = insert(again.text, { start: 20, query: "" }, again.cursor, "Welcome.");
  assert.equal(twice.text, "Hello Good evening. Welcome. and so on");
});

test("a reply put before a word keeps a space between them", () => {
  assert.equal(insert("/xmore", { start: 0, query: "x" }, 2, "Yes.").text, "Yes. more");
  assert.deepEqual(opened("", 0), { text: "/", cursor: 1 });
});
