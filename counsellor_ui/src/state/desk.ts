// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The whole desk on one screen: its conversations, which one is selected, the waiting room, the last
 * notice. `step(desk, event) -> desk`, pure; `conversation.ts` holds what happens inside one.
 */

import type { WaitingEntry } from "../../../chat/browser/wire.gen.ts";
import type { Beginning, Conversation, ConversationEvent } from "./conversation.ts";
import { begin, gone, step as stepConversation } from "./conversation.ts";
import type { Label } from "./labels.ts";
import { nextLabel } from "./labels.ts";
import type { Notice } from "./notices.ts";
import type { WaitingRoom } from "./waiting_room.ts";
import { answered, asked, EMPTY_ROOM, fromRoom, left, next } from "./waiting_room.ts";

export interface Desk {
  /** In the order of their numbers, which is the order on the screen. */
  readonly conversations: readonly Conversation[];
  /** The one the keyboard speaks to; null when there is none. */
  readonly selected: string | null;
  /** Highest number given out in this tab. */
  readonly highest: number;
  readonly room: WaitingRoom;
  readonly notice: Notice | null;
  /** Colleagues who ask this desk to take a conversation over. */
  readonly offers: readonly HandoverOffer[];
  /** Where the screen has room for one thing (`NARROW`): waiting room and list are in front, else the chosen one. */
  readonly listed: boolean;
}

/** A screen that shows one thing at a time, as a media query; styles/narrow.css has the same. */
export const NARROW = "(max-width: 47.99rem)";

export interface HandoverOffer {
  /** Address of the conversation. */
  readonly sid: string;
  /** Who asks, 32 hexadecimal digits. */
  readonly by: string;
  readonly language: string;
  readonly since: number;
}

export const EMPTY_DESK: Desk = {
  conversations: [],
  selected: null,
  highest: 0,
  room: EMPTY_ROOM,
  notice: null,
  offers: [],
  listed: true,
};

export type DeskEvent =
  | { readonly kind: "room"; readonly entries: readonly WaitingEntry[]; readonly total: number }
  | { readonly kind: "asked"; readonly sid: string }
  | { readonly kind: "refused"; readonly sid: string; readonly notice: Notice | null }
  /** "Help next" was sent off, or answered; a notice where the answer was a refusal. */
  | { readonly kind: "next"; readonly asked: boolean; readonly notice?: Notice | null }
  /** A conversation came: taken just now, or back after a reload with its own label. */
  | { readonly kind: "came"; readonly from: Omit<Beginning, "label"> & { readonly label?: Label } }
  | { readonly kind: "conversation"; readonly sid: string; readonly event: ConversationEvent }
  /** A colleague asks, or takes the question back; `by` null: it is answered. */
  | { readonly kind: "offered"; readonly sid: string; readonly by: string | null; readonly language: string }
  /** What ended under this name comes again: its text is kept under another one. */
  | { readonly kind: "renamed"; readonly sid: string; readonly to: string }
  | { readonly kind: "select"; readonly sid: string }
  | { readonly kind: "turn"; readonly by: 1 | -1 }
  /** Back from the conversation to the list, on a screen with room for one of them. */
  | { readonly kind: "list" }
  /** It goes on in another tab or browser. */
  | { readonly kind: "moved"; readonly sid: string }
  /** "Done": the text of an ended conversation is put away. */
  | { readonly kind: "done"; readonly sid: string }
  | { readonly kind: "notice"; readonly notice: Notice | null }
  /** The server has welcomed us: what we said about its trouble is no longer true. */
  | { readonly kind: "welcomed" }
  /** Time went by: put away what was kept long enough. */
  | { readonly kind: "clock" };

export function step(desk: Desk, event: DeskEvent, now: number): Desk {
  switch (event.kind) {
    case "room":
      return { ...desk, room: roomOf(desk, event.entries, event.total, now) };
    case "asked":
      return { ...desk, room: asked(desk.room, event.sid), notice: null };
    case "refused":
      return { ...desk, room: answered(desk.room, event.sid), notice: event.notice ?? desk.notice };
    case "next":
      return {
        ...desk,
        room: next(desk.room, event.asked),
        notice: event.asked ? null : (event.notice ?? desk.notice),
      };
    case "came":
      return came(desk, event.from, now);
    case "conversation":
      return inside(desk, event.sid, event.event, now);
    case "select":
      return selected(desk, event.sid, now);
    case "turn":
      return turned(desk, event.by, now);
    case "list":
      return { ...desk, listed: true };
    case "moved":
      return away(desk, (c) => c.sid === event.sid);
    case "done":
      return away(desk, (c) => c.sid === event.sid && c.stage === "ended");
    case "notice":
      return { ...desk, notice: event.notice };
    case "welcomed":
      // Whoever still asks, asks again after the welcome.
      return { ...desk, notice: desk.notice === "store_lost" ? null : desk.notice, offers: [] };
    case "offered":
      return { ...desk, offers: offered(desk.offers, event, now) };
    case "renamed":
      return renamed(desk, event.sid, event.to);
    case "clock":
      return away(desk, (c) => (gone(c) ?? Number.POSITIVE_INFINITY) <= now);
  }
}

/** Whether this conversation is the one in front; `narrow`: there is room for one thing only. */
export function isInFront(desk: Desk, sid: string, narrow: boolean): boolean {
  return desk.selected === sid && !(narrow && desk.listed);
}

export function find(desk: Desk, sid: string | null): Conversation | null {
  return desk.conversations.find((c) => c.sid === sid) ?? null;
}

function offered(
  offers: readonly HandoverOffer[],
  { sid, by, language }: Extract<DeskEvent, { kind: "offered" }>,
  now: number,
): readonly HandoverOffer[] {
  const others = offers.filter((offer) => offer.sid !== sid);
  return by === null ? others : [...others, { sid, by, language, since: now }];
}

function renamed(desk: Desk, sid: string, to: string): Desk {
  const conversations = desk.conversations.map((c) =>
    c.sid === sid && c.stage === "ended" ? { ...c, sid: to } : c,
  );
  return { ...desk, conversations, selected: desk.selected === sid ? to : desk.selected };
}

/** The list may have been made before we took somebody: who is on the desk waits no longer. */
function roomOf(desk: Desk, entries: readonly WaitingEntry[], total: number, now: number): WaitingRoom {
  return desk.conversations.reduce((room, c) => left(room, c.sid), fromRoom(desk.room, entries, total, now));
}

function came(desk: Desk, from: Omit<Beginning, "label"> & { readonly label?: Label }, now: number): Desk {
  const room = left(answered(desk.room, from.sid), from.sid);
  if (find(desk, from.sid) !== null) return { ...desk, room };
  const onDesk = desk.conversations.map((c) => c.label);
  // A label from the store that is on the desk already would be a mix-up: give a new one.
  const own = from.label;
  const free = own !== undefined && !onDesk.some((label) => label.number === own.number);
  const label = free ? own : nextLabel(onDesk, desk.highest);
  const conversations = [...desk.conversations, begin({ ...from, label }, now)];
  conversations.sort((a, b) => a.label.number - b.label.number);
  const highest = Math.max(desk.highest, label.number);
  return { ...desk, room, conversations, highest, selected: desk.selected ?? from.sid };
}

function inside(desk: Desk, sid: string, event: ConversationEvent, now: number): Desk {
  const old = find(desk, sid);
  if (old === null) return desk;
  const changed = stepConversation(old, event, now);
  if (changed === old) return desk;
  return { ...desk, conversations: desk.conversations.map((c) => (c === old ? changed : c)) };
}

function selected(desk: Desk, sid: string, now: number): Desk {
  if (find(desk, sid) === null) return desk;
  const chosen = desk.selected === sid && !desk.listed ? desk : { ...desk, selected: sid, listed: false };
  return inside(chosen, sid, { kind: "read" }, now);
}

function turned(desk: Desk, by: 1 | -1, now: number): Desk {
  const count = desk.conversations.length;
  if (count === 0) return desk;
  const at = desk.conversations.findIndex((c) => c.sid === desk.selected);
  const from = at < 0 && by < 0 ? 0 : at;
  const next = desk.conversations[(from + by + count) % count] as Conversation;
  return selected(desk, next.sid, now);
}

function away(desk: Desk, which: (c: Conversation) => boolean): Desk {
  const rest = desk.conversations.filter((c) => !which(c));
  if (rest.length === desk.conversations.length) return desk;
  const still = rest.some((c) => c.sid === desk.selected);
  return { ...desk, conversations: rest, selected: still ? desk.selected : (rest[0]?.sid ?? null) };
}
