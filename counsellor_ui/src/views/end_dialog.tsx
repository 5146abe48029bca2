// SPDX-License-Identifier: AGPL-3.0-or-later
/** Ending is asked once more, with the name of the conversation in the question. */

import type { JSX } from "preact";
import { t } from "../../../chat/browser/texts.ts";
import { Action } from "../parts/action.tsx";
import { useApp } from "../parts/context.ts";
import { Dialog } from "../parts/dialog.tsx";
import { find } from "../state/desk.ts";
import { labelText } from "../state/labels.ts";
import { focusReply } from "./focus.ts";

export function EndDialog({ sid }: { sid: string }): JSX.Element | null {
  const app = useApp();
  const c = find(app.desk.value, sid);
  const close = (): void => {
    app.ending.value = null;
  };
  if (c === null || c.stage === "ended") return null;
  const end = async (): Promise<void> => {
    await app.end(sid);
    close();
    focusReply(sid);
  };
  const undelivered = c.lines.some((line) => line.from === "own" && line.state !== "delivered");
  return (
    <Dialog title={t("End {conversation}?", { conversation: labelText(c.label) })} close={close}>
      <p>{t("The other person sees that you ended it. It can't be opened again.")}</p>
      {undelivered && <p>{t("Something you wrote has not been delivered yet.")}</p>}
      <p class="row">
        <button type="button" class="button" onClick={close}>
          {t("Go on talking")}
        </button>
        <Action look="danger" work={end}>
          {t("End the conversation")}
        </Action>
      </p>
    </Dialog>
  );
}
