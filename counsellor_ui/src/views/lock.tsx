// SPDX-License-Identifier: AGPL-3.0-or-later
/** The locked desk: nothing anybody wrote is on the page, but one sees that somebody wrote. */

import type { JSX } from "preact";
import { t, tn } from "../../../chat/browser/texts.ts";
import { Action } from "../parts/action.tsx";
import { useApp } from "../parts/context.ts";

export function LockView(): JSX.Element {
  const app = useApp();
  const { conversations } = app.desk.value;
  const open = conversations.filter((c) => c.stage !== "ended").length;
  const unread = conversations.reduce((sum, c) => sum + c.unread, 0);
  return (
    <main class="page locked">
      <h1>{t("The desk is locked")}</h1>
      <p>
        {open === 0
          ? t("No conversation is open.")
          : tn("{n} conversation goes on.", "{n} conversations go on.", open)}
      </p>
      <p role="status">
        {unread > 0 && (
          <strong>{tn("{n} new line waits for you.", "{n} new lines wait for you.", unread)}</strong>
        )}
      </p>
      <Action look="primary" work={() => app.unlock()}>
        {t("Unlock with your passkey")}
      </Action>
    </main>
  );
}
