// SPDX-License-Identifier: AGPL-3.0-or-later
/** What staff did in the last 90 days. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t, tn } from "../../../../chat/browser/texts.ts";
import { content } from "../../desk/content_http.ts";
import { TroubleLine } from "../../parts/action.tsx";
import { useLoaded } from "../../parts/loaded.ts";
import { dateText, languageText, timeText } from "../../parts/times.ts";
import { about, byDay, names, sentence } from "../../state/manage/actions.ts";
import { settingText } from "../../state/manage/pages.ts";

export function ActionsPage(): JSX.Element {
  const loaded = useLoaded(async () => (await content.staffActions()).entries);
  const [name, setName] = useState<string | null>(null);
  const all = loaded.value ?? [];
  const shown = about(all, name);
  return (
    <>
      <p>
        {t(
          "What staff did with accounts, devices and settings. Conversations are never written down. Each line is deleted after 90 days.",
        )}
      </p>
      <TroubleLine trouble={loaded.trouble} />
      <p class="field narrow">
        <label for="actions-of">{t("Of whom")}</label>
        <select
          id="actions-of"
          value={name ?? ""}
          onChange={(event) => setName(event.currentTarget.value || null)}
        >
          <option value="">{t("Everybody")}</option>
          {names(all).map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </p>
      <p class="small" role="status">
        {loaded.value === null ? t("One moment") : tn("{n} line", "{n} lines", shown.length)}
      </p>
      {byDay(shown).map((day) => (
        <section key={day.at} class="actions-day">
          <h2>{dateText(day.at)}</h2>
          <ul class="plain">
            {day.actions.map((action, index) => (
              // Lines have no name of their own, and never move while they are shown.
              <li key={`${action.at}-${index}`}>
                <span class="figures">{timeText(action.at * 1000)}</span>
                <span>{sentence(action, settingText, languageText)}</span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}
