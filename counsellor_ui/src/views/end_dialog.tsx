// SPDX-License-Identifier: AGPL-3.0-or-later
/** Ending is asked once more, with the name of the conversation in the question. There are two ways. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "../../../chat/browser/texts.ts";
import { Action } from "../parts/action.tsx";
import { useApp } from "../parts/context.ts";
import { Dialog } from "../parts/dialog.tsx";
import { boundaryText } from "../state/content.ts";
import { find } from "../state/desk.ts";
import { labelText } from "../state/labels.ts";
import { focusReply } from "./focus.ts";

export function EndDialog({ sid }: { sid: string }): JSX.Element | null {
  const app = useApp();
  const [boundary, setBoundary] = useState(false);
  const c = find(app.desk.value, sid);
  const close = (): void => {
    app.ending.value = null;
  };
  if (c === null || c.stage === "ended") return null;
  const content = app.content.value;
  const fixed = content === null ? null : boundaryText(content, c.language);
  const name = labelText(c.label);
  const end = async (): Promise<void> => {
    if (boundary && fixed !== null) await app.closing.boundary(sid, fixed);
    else await app.end(sid);
    close();
    focusReply(sid);
  };
  const undelivered = c.lines.some((line) => line.from === "own" && line.state !== "delivered");
  if (boundary) {
    return (
      <Dialog
        key="boundary"
        title={t("End {conversation} with a boundary?", { conversation: name })}
        close={close}
      >
        <p>{t("For a sexual or abusive contact. This is sent, then the conversation ends:")}</p>
        <blockquote class="fixed-text" lang={c.language} dir="auto">
          {fixed}
        </blockquote>
        <p class="row">
          <button type="button" class="button" onClick={() => setBoundary(false)}>
            {t("Back")}
          </button>
          <Action look="danger" work={end}>
            {t("Send this and end")}
          </Action>
        </p>
      </Dialog>
    );
  }
  return (
    <Dialog key="usual" title={t("End {conversation}?", { conversation: name })} close={close}>
      <p>{t("The other person sees that you ended it. It can't be opened again.")}</p>
      {undelivered && <p>{t("Something you wrote has not been delivered yet.")}</p>}
      <p class="row">
        <button type="button" class="button" onClick={close}>
          {t("Go on talking")}
        </button>
        <Action look="danger" work={end}>
          {t("End the conversation")}
        </Action>
        {fixed !== null && c.stage === "open" && (
          <button type="button" class="button quiet" onClick={() => setBoundary(true)}>
            {t("End with a boundary")}
          </button>
        )}
      </p>
    </Dialog>
  );
}
