// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * What staff say to each other, as the desk shows it: one talk for each colleague's desk. Pure.
 *
 * It has its own lines, its own draft and its own place; nothing here knows of a conversation with a
 * help-seeker. It lives in this tab only.
 */

import type { Line, LineState } from "../../../chat/browser/sealing/types.ts";

/**
 * - opening: the two browsers are finding each other
 * - open: lines flow
 * - away: the colleague's desk is not open now; lines wait here
 * - over: ended, refused, or lost by a reload on either side
 */
export type SideStage = "opening" | "open" | "away" | "over";
export type SideEnd = "we_closed" | "they_closed" | "lost_here" | "lost_there" | "refused";

export interface SideTalk {
  /** Device of the colleague, 32 hexadecimal digits. */
  readonly device: string;
  /** By their certificate; null as long as it is not checked. */
  readonly name: string | null;
  readonly stage: SideStage;
  readonly end: SideEnd | null;
  readonly lines: readonly Line[];
  readonly unread: number;
  readonly draft: string;
}

export interface SideTalks {
  readonly talks: readonly SideTalk[];
  /** The one that is shown; null: the place is closed. */
  readonly shown: string | null;
}

export const NO_TALKS: SideTalks = { talks: [], shown: null };

export type SideEvent =
  | { readonly kind: "opening"; readonly device: string }
  | { readonly kind: "open"; readonly device: string; readonly name: string }
  | { readonly kind: "away"; readonly device: string }
  | { readonly kind: "line"; readonly device: string; readonly line: Line }
  | { readonly kind: "state"; readonly device: string; readonly mid: string; readonly state: LineState }
  | { readonly kind: "draft"; readonly device: string; readonly text: string }
  | { readonly kind: "over"; readonly device: string; readonly end: SideEnd }
  /** Show this one, or none. */
  | { readonly kind: "show"; readonly device: string | null }
  | { readonly kind: "put_away"; readonly device: string };

export function talkWith(talks: SideTalks, device: string | null): SideTalk | null {
  return talks.talks.find((talk) => talk.device === device) ?? null;
}

export function unread(talks: SideTalks): number {
  return talks.talks.reduce((sum, talk) => sum + talk.unread, 0);
}

export function step(talks: SideTalks, event: SideEvent): SideTalks {
  switch (event.kind) {
    case "show": {
      const shown = { ...talks, shown: event.device };
      return event.device === null ? shown : change(shown, event.device, { unread: 0 });
    }
    case "put_away": {
      const rest = talks.talks.filter((talk) => talk.device !== event.device);
      return { talks: rest, shown: talks.shown === event.device ? null : talks.shown };
    }
    case "opening":
      return begun(talks, event.device);
    case "open":
      return change(begun(talks, event.device), event.device, { stage: "open", name: event.name });
    case "away":
      return talkWith(talks, event.device)?.stage === "over"
        ? talks
        : change(talks, event.device, { stage: "away" });
    case "line":
      return withLine(talks, event.device, event.line);
    case "state":
      return change(talks, event.device, (talk) => ({
        lines: talk.lines.map((line) => (line.mid === event.mid ? { ...line, state: event.state } : line)),
      }));
    case "draft":
      return change(talks, event.device, { draft: event.text });
    case "over":
      return change(begun(talks, event.device), event.device, { stage: "over", end: event.end });
  }
}

/** A new talk with the same desk keeps what stands on the screen, and the draft. */
function begun(talks: SideTalks, device: string): SideTalks {
  const known = talkWith(talks, device);
  if (known === null) {
    const fresh: SideTalk = {
      device,
      name: null,
      stage: "opening",
      end: null,
      lines: [],
      unread: 0,
      draft: "",
    };
    return { ...talks, talks: [...talks.talks, fresh] };
  }
  return known.stage === "over" ? change(talks, device, { stage: "opening", end: null }) : talks;
}

function withLine(talks: SideTalks, device: string, line: Line): SideTalks {
  return change(talks, device, (talk) => {
    if (talk.lines.some(({ mid }) => mid === line.mid)) return {};
    const news = line.from === "peer" && talks.shown !== device;
    return { lines: [...talk.lines, line], unread: news ? talk.unread + 1 : talk.unread };
  });
}

function change(
  talks: SideTalks,
  device: string,
  by: Partial<SideTalk> | ((talk: SideTalk) => Partial<SideTalk>),
): SideTalks {
  const changed = talks.talks.map((talk) =>
    talk.device === device ? { ...talk, ...(typeof by === "function" ? by(talk) : by) } : talk,
  );
  return { ...talks, talks: changed };
}
