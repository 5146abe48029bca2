// SPDX-License-Identifier: AGPL-3.0-or-later
/** Which language of the organisation is edited: one at a time, the same one on every page. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../../../../chat/browser/texts.ts";
import { useApp } from "../../parts/context.ts";
import { languageText } from "../../parts/times.ts";

/** What the line offers, and what has something written already. */
export function useLanguages(written: readonly string[]): readonly string[] {
  const app = useApp();
  const { limits } = app.manage.editors;
  useEffect(() => {
    if (limits.state.value === null) void limits.load();
  }, [limits]);
  return [...new Set([...(limits.state.value?.kept.value.languages ?? []), ...written])];
}

interface LanguageChoiceProps {
  readonly languages: readonly string[];
  /** A few words beside a language, such as how much is missing. */
  readonly mark?: (language: string) => string | null;
  readonly children: (language: string) => JSX.Element;
}

export function LanguageChoice({ languages, mark, children }: LanguageChoiceProps): JSX.Element {
  const app = useApp();
  const wished = app.manage.language.value;
  const chosen = wished !== null && languages.includes(wished) ? wished : languages[0];
  return (
    <>
      <fieldset class="languages-choice" aria-label={t("Language")}>
        {languages.map((language) => {
          const words = mark?.(language) ?? null;
          return (
            <button
              key={language}
              type="button"
              class="tab"
              aria-pressed={language === chosen}
              onClick={() => {
                app.manage.language.value = language;
              }}
            >
              {languageText(language)}
              {words !== null && <span class="hint-mark">{words}</span>}
            </button>
          );
        })}
      </fieldset>
      {chosen !== undefined && children(chosen)}
    </>
  );
}
