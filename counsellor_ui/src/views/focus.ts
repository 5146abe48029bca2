// SPDX-License-Identifier: AGPL-3.0-or-later
/** Where the keyboard goes. Elements are found by id, after Preact has drawn what the act changed. */

export const ROOM_ID = "waiting-room";

export function paneId(sid: string): string {
  return `conversation-${sid}`;
}

export function replyId(sid: string): string {
  return `reply-${sid}`;
}

function focus(id: string): void {
  requestAnimationFrame(() => {
    const place = document.getElementById(id);
    place?.focus({ preventScroll: true });
    place?.closest(".pane")?.scrollIntoView({ inline: "nearest", block: "nearest" });
  });
}

/** To the reply field; an ended conversation has none, then to the conversation itself. */
export function focusReply(sid: string | null): void {
  if (sid === null) return;
  requestAnimationFrame(() =>
    focus(document.getElementById(replyId(sid)) === null ? paneId(sid) : replyId(sid)),
  );
}

export function focusRoom(): void {
  focus(ROOM_ID);
}
