// SPDX-License-Identifier: AGPL-3.0-or-later
/** The pages for managing: which one is open, and an editor for each kind. */

import { computed, signal } from "@preact/signals";
import type { Drafts, Kind, QuickReplies, Values } from "../state/manage/content.ts";
import { KINDS } from "../state/manage/content.ts";
import * as hours from "../state/manage/hours_draft.ts";
import * as limits from "../state/manage/limits.ts";
import type { ManagePage } from "../state/manage/pages.ts";
import { content } from "./content_http.ts";
import { Editor } from "./editor.ts";

export type Editors = { readonly [K in Kind]: Editor<Values[K], Drafts[K]> };

/** For the kinds whose draft is the value itself. */
function plain<K extends Exclude<Kind, "hours" | "limits">>(kind: K): Editor<Values[K], Values[K]> {
  return new Editor<Values[K], Values[K]>({
    get: () => content.get(kind),
    put: (version, value) => content.put(kind, version, value),
    draftOf: (value) => value,
    valueOf: (draft) => draft,
  });
}

export class Manage {
  readonly page = signal<ManagePage>("hours");
  /** The language that is edited, the same one on every page; null: the first there is. */
  readonly language = signal<string | null>(null);
  /** Languages the line offers, as far as this desk has heard. */
  readonly offered = signal<readonly string[]>([]);
  readonly editors: Editors = {
    hours: new Editor({
      get: () => content.get("hours"),
      put: (version, value) => content.put("hours", version, value),
      draftOf: hours.draftOf,
      valueOf: hours.hoursOf,
    }),
    limits: new Editor({
      get: () => content.get("limits"),
      put: (version, value) => content.put("limits", version, value),
      draftOf: limits.draftOf,
      valueOf: limits.limitsOf,
    }),
    quick_replies: plain("quick_replies"),
    texts: plain("texts"),
    lines: plain("lines"),
    choices: plain("choices"),
    procedure: plain("procedure"),
  };
  /** One's own, which nobody else sees. */
  readonly mine = new Editor<QuickReplies, QuickReplies>({
    get: async () => {
      const all = await content.all();
      this.offered.value = all.limits.languages;
      return all.own_quick_replies;
    },
    put: content.putOwnQuickReplies,
    draftOf: (value) => value,
    valueOf: (draft) => draft,
  });
  /** Whether anything would be lost by leaving. */
  readonly anyUnsaved = computed(
    () => this.mine.unsaved.value || KINDS.some((kind) => this.editors[kind].unsaved.value),
  );

  constructor() {
    addEventListener("beforeunload", (event) => {
      if (this.anyUnsaved.value) event.preventDefault(); // the browser asks in its own words
    });
  }

  unsaved(page: ManagePage): boolean {
    const kind = KINDS.find((one) => one === page);
    return kind !== undefined && this.editors[kind].unsaved.value;
  }

  /** At signing out. */
  forget(): void {
    this.mine.forget();
    for (const kind of KINDS) this.editors[kind].forget();
  }
}
