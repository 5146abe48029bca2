// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The list that a "/" opens above the reply: a listbox whose focus stays in the text (WAI-ARIA Authoring
 * Practices, combobox with aria-activedescendant).
 */

import type { JSX } from "preact";
import { t } from "../../../chat/browser/texts.ts";
import { languageText } from "../parts/times.ts";
import type { QuickReply } from "../state/quick_replies.ts";

export function optionId(listId: string, at: number): string {
  return `${listId}-${at}`;
}

interface PickerProps {
  readonly id: string;
  readonly replies: readonly QuickReply[];
  readonly at: number;
  /** Of the conversation: a reply in another one says so. */
  readonly language: string;
  readonly choose: (reply: QuickReply) => void;
}

export function QuickReplyPicker({ id, replies, at, language, choose }: PickerProps): JSX.Element {
  return (
    <div class="picker">
      <div id={id} role="listbox" aria-label={t("Quick replies")}>
        {replies.map((reply, i) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the text, which names the active option
          // biome-ignore lint/a11y/useKeyWithClickEvents: arrows and Enter are the text's
          <div
            key={reply.id}
            id={optionId(id, i)}
            role="option"
            class="picker-option"
            aria-selected={i === at}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(reply)}
          >
            <span class="picker-title">
              {reply.title}
              {reply.language !== language && <span class="small"> {languageText(reply.language)}</span>}
              {reply.personal && <span class="small"> {t("yours")}</span>}
            </span>
            <span class="picker-text">{reply.text}</span>
          </div>
        ))}
      </div>
      {replies.length === 0 && <p class="small">{t("No quick reply has this.")}</p>}
    </div>
  );
}
