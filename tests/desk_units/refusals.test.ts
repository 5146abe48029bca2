// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "../../chat/browser/wire.gen.ts";
import { noticeText, refusedTake } from "../../counsellor_ui/src/state/notices.ts";
import { isApiCode, troubleText } from "../../counsellor_ui/src/state/refusals.ts";

test("a request with a swapped key or another link is refused in plain words", () => {
  const sentence = "This request was not made with your link. Do not certify it.";

  assert.deepEqual((["bad_invite", "bad_proof"] as const).map(troubleText), [sentence, sentence]);
});

test("what the server sends as a code is one of ours, or nothing", () => {
  assert.equal(isApiCode("alias_taken"), true);
  assert.equal(isApiCode("<b>anything</b>"), false);
  assert.equal(isApiCode(undefined), false);
});

test("every refusal of a take has its sentence", () => {
  assert.equal(refusedTake(ErrorCode.TAKEN), "taken_by_another");
  assert.equal(refusedTake(ErrorCode.NOT_AVAILABLE), "not_available");
  for (const code of Object.values(ErrorCode)) assert.match(noticeText(refusedTake(code)), /\.$/);
});
