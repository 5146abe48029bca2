// SPDX-License-Identifier: AGPL-3.0-or-later
/** Where the keyboard goes. Elements are found by id; what an act has yet to draw is waited for. */

export const ROOM_ID = "waiting-room";
export const DUTY_ID = "duty-change";
export const ALARM_ID = "alarm-first";

export function paneId(sid: string): string {
  return `conversation-${sid}`;
}

export function replyId(sid: string): string {
  return `reply-${sid}`;
}

export function quickId(sid: string): string {
  return `quick-${sid}`;
}

export function handOverId(sid: string): string {
  return `hand-over-${sid}`;
}

export function riskId(sid: string): string {
  return `risk-${sid}`;
}

export function wrapUpId(sid: string): string {
  return `wrap-up-${sid}`;
}

/** Whether it worked: what is not drawn yet, or lies behind a dialog, can't have the focus. */
function focus(id: string): boolean {
  const place = document.getElementById(id);
  place?.focus({ preventScroll: true });
  place?.closest(".pane")?.scrollIntoView({ inline: "nearest", block: "nearest" });
  return place !== null && document.activeElement === place;
}

function focusReplyNow(sid: string): boolean {
  return focus(document.getElementById(replyId(sid)) === null ? paneId(sid) : replyId(sid));
}

/**
 * To the reply field; an ended conversation has none, then to the conversation itself.
 *
 * At once wherever possible: until the focus has moved, what is typed goes to another conversation.
 */
export function focusReply(sid: string | null): void {
  if (sid === null || focusReplyNow(sid)) return;
  requestAnimationFrame(() => requestAnimationFrame(() => focusReplyNow(sid)));
}

export function focusRoom(): void {
  focusSoon(ROOM_ID);
}

/** At once, or as soon as it is drawn. */
export function focusSoon(id: string): void {
  if (!focus(id)) requestAnimationFrame(() => requestAnimationFrame(() => focus(id)));
}
