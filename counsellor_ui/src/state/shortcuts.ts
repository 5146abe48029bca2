// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The desk's keyboard shortcuts: one table, read by the listener and by the sheet that shows it.
 *
 * All are Alt and one key, so that none fires while somebody types or dictates (WCAG 2.2, 2.1.4), and
 * none is a browser's own: Alt with D, E, F, left, right or a digit already means something there, and
 * Alt with B, H, S, T or V opens a menu in Firefox. Screen readers use Insert, Caps Lock or Control with
 * Alt, never Alt alone.
 */

import { t } from "../../../chat/browser/texts.ts";

export type Command =
  | "next"
  | "previous"
  | "reply"
  | "quick_reply"
  | "help_next"
  | "room"
  | "duty"
  | "ask_help"
  | "alarm"
  | "risk"
  | "hand_over"
  | "end"
  | "wrap_up"
  | "board"
  | "lock"
  | "sheet";

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
  { command: "quick_reply", key: "q", code: "KeyQ" },
  { command: "ask_help", key: "a", code: "KeyA" },
  { command: "risk", key: "g", code: "KeyG" },
  { command: "hand_over", key: "o", code: "KeyO" },
  { command: "end", key: "x", code: "KeyX" },
  { command: "wrap_up", key: "u", code: "KeyU" },
  { command: "help_next", key: "n", code: "KeyN" },
  { command: "room", key: "w", code: "KeyW" },
  { command: "duty", key: "p", code: "KeyP" },
  { command: "alarm", key: "j", code: "KeyJ" },
  { command: "board", key: "m", code: "KeyM" },
  { command: "lock", key: "l", code: "KeyL" },
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
    case "quick_reply":
      return t("Put in a quick reply");
    case "ask_help":
      return t("Call a supervisor about this conversation");
    case "risk":
      return t("Risk and procedure of this conversation");
    case "wrap_up":
      return t("Wrap up an ended conversation");
    case "help_next":
      return t("Help the next person");
    case "duty":
      return t("On duty, break, off duty");
    case "alarm":
      return t("Go to a supervisor's alarm");
    case "board":
      return t("Board of supervisors");
    case "lock":
      return t("Lock the desk");
    case "room":
      return t("Go to the waiting room");
    case "hand_over":
      return t("Hand this conversation over");
    case "end":
      return t("End this conversation");
    case "sheet":
      return t("Show these shortcuts");
  }
}
