// SPDX-License-Identifier: AGPL-3.0-or-later
/** One row for each conversation, so that those out of sight are never out of mind. */

import type { JSX } from "preact";
import { t, tn } from "../../../chat/browser/texts.ts";
import { Risk } from "../../../chat/browser/wire.gen.ts";
import { useApp } from "../parts/context.ts";
import { riskText } from "../state/content.ts";
import type { Conversation } from "../state/conversation.ts";
import { waiting } from "../state/conversation.ts";
import { labelText } from "../state/labels.ts";
import { focusReply } from "./focus.ts";
import { presenceText, waitingText } from "./words.ts";

export function ConversationList(): JSX.Element | null {
  const app = useApp();
  const { conversations, selected } = app.desk.value;
  if (conversations.length === 0) return null;
  return (
    <nav class="list" aria-labelledby="list-title">
      <h2 id="list-title">{t("Your conversations")}</h2>
      <ul>
        {conversations.map((c) => (
          <Row key={c.sid} c={c} chosen={c.sid === selected} />
        ))}
      </ul>
    </nav>
  );
}

function Row({ c, chosen }: { c: Conversation; chosen: boolean }): JSX.Element {
  const app = useApp();
  const open = (): void => {
    app.select(c.sid);
    focusReply(c.sid);
  };
  const up = app.link.value === "up";
  const away = c.stage !== "ended" && (!c.present || !up);
  return (
    <li class={`colour-${c.label.colour}`}>
      <button type="button" class="list-row" aria-current={chosen ? "true" : undefined} onClick={open}>
        <span class="chip" aria-hidden="true">
          {c.label.number}
        </span>
        <span class="list-label">{labelText(c.label)}</span>
        {c.unread > 0 && <span class="unread">{tn("{n} new", "{n} new", c.unread)}</span>}
        <span class={waiting(c).who === "us" ? "list-state for-you" : "list-state"}>
          {waitingText(c, app.clock.value)}
        </span>
        {(away || c.risk !== Risk.NONE) && (
          <span class="list-more">
            {c.risk !== Risk.NONE && <span class={`risk-mark risk-${c.risk}`}>{riskText(c.risk)}</span>}
            {away && <span class="away">{presenceText(c, app.clock.value, up)}</span>}
          </span>
        )}
      </button>
    </li>
  );
}
