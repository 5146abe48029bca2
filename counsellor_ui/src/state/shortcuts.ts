// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The desk's keyboard shortcuts: one table, read by the listener and by the sheet that shows it.
 *
 * All are Alt and one key, so that none fires while somebody types or dictates (WCAG 2.2, 2.1.4), and
 * none is a browser's own: Alt with D, E, F, left, right or a digit already means something there.
 */

import { t } from "../../../chat/browser/texts.ts";

export type Command = "next" | "previous" | "reply" | "help_next" | "room" | "end" | "sheet";

interface Shortcut {
  readonly command: Command;
  /** `KeyboardEvent.key` in lower case. */
  readonly key: string;
  /** `KeyboardEvent.code`, for keyboards where Alt (Option) with a letter types a sign. */
  readonly code: string;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { command: "next", key: "arrowdown", code: "ArrowDown" },
  { command: "previous", key: "arrowup", code: "ArrowUp" },
  { command: "reply", key: "r", code: "KeyR" },
  { command: "help_next", key: "n", code: "KeyN" },
  { command: "room", key: "w", code: "KeyW" },
  { command: "end", key: "x", code: "KeyX" },
  { command: "sheet", key: "k", code: "KeyK" },
];

/** The part of a KeyboardEvent that decides. */
export interface Press {
  readonly key: string;
  readonly code: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
}

/** The command of a key press, or null. AltGr counts as Ctrl and Alt, and so is none. */
export function commandFor(press: Press): Command | null {
  if (!press.altKey || press.ctrlKey || press.metaKey || press.shiftKey) return null;
  const key = press.key.toLowerCase();
  // The letter on the key counts, not its place: on AZERTY the place of W holds Z.
  const plain = /^[a-z]$/.test(key) || key.startsWith("arrow");
  const found = SHORTCUTS.find((s) => (plain ? s.key === key : s.code === press.code));
  return found?.command ?? null;
}

/** "Alt + N", as on the sheet. */
export function keysText(command: Command): string {
  const shortcut = SHORTCUTS.find((s) => s.command === command);
  const key = shortcut?.key ?? "";
  const shown = key === "arrowdown" ? "↓" : key === "arrowup" ? "↑" : key.toUpperCase();
  return `Alt + ${shown}`;
}

/** What a command does, for the sheet. */
export function commandText(command: Command): string {
  switch (command) {
    case "next":
      return t("Next conversation");
    case "previous":
      return t("Previous conversation");
    case "reply":
      return t("Write a reply");
    case "help_next":
      return t("Help the next person");
    case "room":
      return t("Go to the waiting room");
    case "end":
      return t("End this conversation");
    case "sheet":
      return t("Show these shortcuts");
  }
}
