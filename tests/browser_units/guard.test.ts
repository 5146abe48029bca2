// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf, flaw, hasLink, MOST_BYTES, tidy } from "../../chat/browser/guard.ts";
import { MAX_LINE } from "../../chat/browser/sealing/api.ts";

const LINKS = [
  "https://example.org/path",
  "see HTTP://EXAMPLE.ORG",
  "www.example.invalid",
  "(www.example.invalid)",
  "example.com",
  "look at Example.com, please",
  "sub.example.co.uk",
  "bit.ly/abc",
  "t.me/name",
  "somewhere.onion",
  "münchen.net",
  "ftp://x",
  "magnet://abc",
  "example.org.",
  "anna@example.org/path",
  "https://anna@example.org",
  "anna@example.org, example.org",
];

const PLAIN = [
  "The weather is mild",
  "I was at home.It was late",
  "ik was thuis.Net toen begon het",
  "at 3 p.m./later",
  "i.e. this, e.g. that",
  "and/or, yes/no",
  "I am 3.5 times as tired...and/or late",
  "Dr.No is a film",
  "wait...what",
  "1.000.000",
  "the end.so I left",
  "12/11/2026",
  "a:b//c",
  "write to anna.b@example.org, please",
  "",
];

for (const text of LINKS) {
  test(`is a link: ${text}`, () => assert.equal(hasLink(text), true));
}
for (const text of PLAIN) {
  test(`is no link: ${text}`, () => assert.equal(hasLink(text), false));
}

test("the limit is the sealing's, and counts bytes, not letters", () => {
  assert.equal(MOST_BYTES, MAX_LINE);
  assert.equal(bytesOf("é"), 2);
  assert.equal(flaw("a".repeat(MOST_BYTES)), null);
  assert.equal(flaw("a".repeat(MOST_BYTES + 1)), "tooLong");
  assert.equal(flaw("é".repeat(MOST_BYTES / 2 + 1)), "tooLong");
});

test("nothing is not sent, and a link is named before it is sent", () => {
  assert.equal(flaw(tidy(" \n ")), "empty");
  assert.equal(flaw("see https://example.org"), "link");
  assert.equal(flaw("The weather is mild"), null);
});

test("the same letters from every keyboard, line ends as one", () => {
  assert.equal(tidy("  cafe\u0301\r\nmild\rday \n"), "café\nmild\nday");
});
