// SPDX-License-Identifier: AGPL-3.0-or-later
/** A moment after a heavy contact, one press away and never forced. */

import type { JSX } from "preact";
import { t, tn } from "../../../chat/browser/texts.ts";
import { useApp } from "../parts/context.ts";

export function PauseOffer(): JSX.Element {
  const app = useApp();
  const pause = app.closing.pause.value;
  const minutes = app.content.value?.pauseMinutes ?? 0;
  return (
    <div class="pause-place" role="status">
      {pause.kind === "offered" && (
        <div class="pause">
          <p>
            <strong>
              {pause.abusive ? t("That was not meant for you.") : t("That was a heavy conversation.")}
            </strong>
          </p>
          <p>{t("Take a moment if you like. Your other conversations stay, and nobody new comes.")}</p>
          <p class="row">
            <button type="button" class="button primary" onClick={() => app.closing.takePause()}>
              {tn("Pause for {n} minute", "Pause for {n} minutes", minutes)}
            </button>
            <button type="button" class="button" onClick={() => app.closing.declinePause()}>
              {t("Not now")}
            </button>
          </p>
        </div>
      )}
    </div>
  );
}
