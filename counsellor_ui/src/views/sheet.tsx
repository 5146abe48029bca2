// SPDX-License-Identifier: AGPL-3.0-or-later
/** The sheet of shortcuts. */

import type { JSX } from "preact";
import { t } from "../../../chat/browser/texts.ts";
import { useApp } from "../parts/context.ts";
import { Dialog } from "../parts/dialog.tsx";
import { commandText, keysText, SHORTCUTS } from "../state/shortcuts.ts";

export function Sheet(): JSX.Element {
  const app = useApp();
  const close = (): void => {
    app.sheet.value = false;
  };
  return (
    <Dialog title={t("Shortcuts")} close={close}>
      <dl class="shortcuts">
        {SHORTCUTS.map(({ command }) => (
          <div key={command}>
            <dt>
              <kbd>{keysText(command)}</kbd>
            </dt>
            <dd>{commandText(command)}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>Enter</kbd>
          </dt>
          <dd>{t("Send the reply")}</dd>
        </div>
        <div>
          <dt>
            <kbd>Shift + Enter</kbd>
          </dt>
          <dd>{t("New line in the reply")}</dd>
        </div>
      </dl>
      <button type="button" class="button" onClick={close}>
        {t("Close")}
      </button>
    </Dialog>
  );
}
