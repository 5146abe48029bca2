// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  edited,
  found,
  keptOurs,
  open,
  same,
  saved,
  tookTheirs,
  undone,
  unsaved,
} from "../../counsellor_ui/src/state/manage/editing.ts";

const FIRST = { version: 3, value: { text: "The weather is mild" } };
const MINE = { text: "It rains" };
const THEIRS = { version: 4, value: { text: "It snows" } };

test("values are the same whatever the order of their names, and differ in anything else", () => {
  assert.equal(same({ a: [1, { b: null }], c: "x" }, { c: "x", a: [1, { b: null }] }), true);
  assert.equal(same({ a: 1 }, { a: 1, b: undefined }), false);
  assert.equal(same([1, 2], [2, 1]), false);
  assert.equal(same([], {}), false);
  assert.equal(same({ a: null }, { a: {} }), false);
});

test("a draft is unsaved until it is what the service holds, also by typing it back", () => {
  const draft = edited(open(FIRST), MINE);

  assert.equal(unsaved(open(FIRST)), false);
  assert.equal(unsaved(draft), true);
  assert.equal(unsaved(edited(draft, { text: "The weather is mild" })), false);
  assert.deepEqual(undone(draft), open(FIRST));
});

test("what is typed while it is being saved stays unsaved", () => {
  const later = { text: "It rains, and is cold" };
  const after = saved(edited(edited(open(FIRST), MINE), later), MINE, { version: 4, value: MINE }, 1_000);

  assert.deepEqual(after.draft, later);
  assert.equal(unsaved(after), true);
  assert.equal(after.kept.version, 4);
});

test("what the service adds to the draft is no change of ours", () => {
  const kept = { version: 4, value: { text: "It rains", by: "Anna" } };
  const after = saved<object>(edited<object>(open<object>(FIRST), MINE), MINE, kept, 1_000);

  assert.deepEqual(after.draft, kept.value);
  assert.equal(unsaved(after), false);
});

test("saving is said until the next change", () => {
  const after = saved(edited(open(FIRST), MINE), MINE, { version: 4, value: MINE }, 1_000);

  assert.equal(after.savedAt, 1_000);
  assert.equal(unsaved(after), false);
  assert.equal(edited(after, FIRST.value).savedAt, null);
});

test("a newer version replaces what nobody has changed here", () => {
  assert.deepEqual(found(open(FIRST), THEIRS), open(THEIRS));
  assert.deepEqual(found(null, FIRST), open(FIRST));
});

test("a newer version never replaces a draft: the person chooses", () => {
  const conflict = found(edited(open(FIRST), MINE), THEIRS);

  assert.deepEqual(conflict.draft, MINE);
  assert.deepEqual(conflict.theirs, THEIRS);

  const ours = keptOurs(conflict);
  assert.equal(ours.kept.version, 4);
  assert.deepEqual(ours.draft, MINE);
  assert.equal(unsaved(ours), true);
  assert.equal(ours.theirs, null);

  assert.deepEqual(tookTheirs(conflict), open(THEIRS));
});

test("two people who write the same are in no conflict", () => {
  const after = found(edited(open(FIRST), THEIRS.value), THEIRS);

  assert.equal(after.theirs, null);
  assert.equal(unsaved(after), false);
});

test("the same version found again changes nothing", () => {
  const draft = edited(open(FIRST), MINE);

  assert.equal(found(draft, FIRST), draft);
  assert.equal(
    found(saved(draft, MINE, { version: 4, value: MINE }, 5), { version: 4, value: MINE }).savedAt,
    5,
  );
});
