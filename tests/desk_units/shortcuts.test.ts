// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Press } from "../../counsellor_ui/src/state/shortcuts.ts";
import { commandFor, commandText, keysText, SHORTCUTS } from "../../counsellor_ui/src/state/shortcuts.ts";

const alt = (key: string, code: string, more: Partial<Press> = {}): Press => ({
  key,
  code,
  altKey: true,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  ...more,
});

test("every shortcut of the sheet is heard, and by one command only", () => {
  for (const { command, key, code } of SHORTCUTS) assert.equal(commandFor(alt(key, code)), command);

  const keys = SHORTCUTS.map(({ command }) => keysText(command));
  assert.equal(new Set(keys).size, SHORTCUTS.length);
  assert.equal(new Set(SHORTCUTS.map(({ command }) => commandText(command))).size, SHORTCUTS.length);
});

test("nothing fires without Alt, nor with AltGr or another modifier", () => {
  assert.equal(commandFor(alt("n", "KeyN", { altKey: false })), null);
  assert.equal(commandFor(alt("n", "KeyN", { ctrlKey: true })), null);
  assert.equal(commandFor(alt("n", "KeyN", { metaKey: true })), null);
  assert.equal(commandFor(alt("N", "KeyN", { shiftKey: true })), null);
});

test("the letter on the key counts: AZERTY has Z where W is elsewhere", () => {
  assert.equal(commandFor(alt("z", "KeyW")), null);
  assert.equal(commandFor(alt("w", "KeyZ")), "room");
});

test("where Alt types a sign, the place of the key counts", () => {
  assert.equal(commandFor(alt("˜", "KeyN")), "help_next");
  assert.equal(commandFor(alt("Dead", "KeyN")), "help_next");
});
