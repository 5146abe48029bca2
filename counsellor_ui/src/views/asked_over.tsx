// SPDX-License-Identifier: AGPL-3.0-or-later
/** A colleague asks this desk to take a conversation over. Both answers are easy, and nothing is lost by a no. */

import type { JSX } from "preact";
import { t } from "../../../chat/browser/texts.ts";
import { useApp } from "../parts/context.ts";
import { languageText } from "../parts/times.ts";

export function AskedOver(): JSX.Element | null {
  const app = useApp();
  const { offers } = app.desk.value;
  return (
    <div role="status" class="asked-over">
      {offers.map((offer) => {
        const name = app.day.aliasOf(offer.by) ?? t("A colleague");
        return (
          <section key={offer.sid} class="asked-over-one">
            <p>
              {t("{name} asks you to take over a conversation ({language}). The other person is asked too.", {
                name,
                language: languageText(offer.language),
              })}
            </p>
            <p class="row">
              <button
                type="button"
                class="button small-button"
                onClick={() => app.joining.answer(offer.sid, true)}
              >
                {t("Take over")}
              </button>
              <button
                type="button"
                class="button small-button"
                onClick={() => app.joining.answer(offer.sid, false)}
              >
                {t("Not now")}
              </button>
            </p>
          </section>
        );
      })}
    </div>
  );
}
