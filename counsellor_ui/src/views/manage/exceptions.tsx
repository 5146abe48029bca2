// SPDX-License-Identifier: AGPL-3.0-or-later
/** Days on which other hours hold, or none: holidays, team days. */

import type { JSX } from "preact";
import { t } from "../../../../chat/browser/texts.ts";
import { useEntries } from "../../parts/entries.ts";
import { languageText } from "../../parts/times.ts";
import { replaced } from "../../state/manage/content.ts";
import { MOST_EXCEPTIONS } from "../../state/manage/hours.ts";
import type { ExceptionDraft, HoursDraft } from "../../state/manage/hours_draft.ts";
import { exceptionProblem, exceptionProblemText } from "../../state/manage/hours_draft.ts";
import { exceptionDateText } from "../../state/manage/words.ts";
import { DayRows } from "./day_rows.tsx";
import { Field } from "./fields.tsx";

const NEW: ExceptionDraft = { date: "", name: "", yearly: false, languages: [], rows: [] };

interface ExceptionsProps {
  readonly draft: HoursDraft;
  readonly languages: readonly string[];
  readonly change: (draft: HoursDraft) => void;
}

export function Exceptions({ draft, languages, change }: ExceptionsProps): JSX.Element {
  const all = draft.exceptions;
  const place = useEntries<HTMLUListElement>(all.length);
  const set = (exceptions: readonly ExceptionDraft[]): void => change({ ...draft, exceptions });
  return (
    <section aria-labelledby="exceptions-title">
      <h2 id="exceptions-title">{t("Other days")}</h2>
      <p>{t("On these dates only the hours that stand here hold, whatever the week says.")}</p>
      <ul ref={place} tabIndex={-1} class="rows">
        {all.map((one, index) => (
          // A date has no name but its place: it may be empty while it is chosen.
          <li key={index} class="row-item exception" data-entry>
            <Exception
              one={one}
              languages={languages}
              problem={exceptionProblem(all, index)}
              change={(changed) => set(replaced(all, index, changed))}
            />
          </li>
        ))}
      </ul>
      {all.length < MOST_EXCEPTIONS && (
        <button type="button" class="button" onClick={() => set([...all, NEW])}>
          {t("Add a day")}
        </button>
      )}
    </section>
  );
}

interface ExceptionProps {
  readonly one: ExceptionDraft;
  readonly languages: readonly string[];
  readonly problem: ReturnType<typeof exceptionProblem>;
  readonly change: (one: ExceptionDraft | null) => void;
}

function Exception({ one, languages, problem, change }: ExceptionProps): JSX.Element {
  const day = exceptionDateText(one.date, one.yearly) || t("A new day");
  // None named is every language, also those that come later.
  const holds = (language: string): boolean => one.languages.length === 0 || one.languages.includes(language);
  const toggle = (language: string): void => {
    const named = languages.filter((other) => (other === language ? !holds(other) : holds(other)));
    change({ ...one, languages: named.length === languages.length ? [] : named });
  };
  return (
    <fieldset class="exception-parts" aria-label={day}>
      <div class="fields-row">
        <Field
          label={t("Date")}
          kind="date"
          short
          value={one.date}
          problem={problem === null ? null : exceptionProblemText(problem)}
          change={(date) => change({ ...one, date })}
        />
        <Field
          label={t("Name, for this list")}
          value={one.name}
          longest={60}
          change={(name) => change({ ...one, name })}
        />
      </div>
      <fieldset>
        <legend class="visually-hidden">{t("For which years and languages")}</legend>
        <label class="check">
          <input
            type="checkbox"
            checked={one.yearly}
            onChange={() => change({ ...one, yearly: !one.yearly })}
          />
          {t("Every year")}
        </label>
        {languages.map((language) => (
          <label key={language} class="check">
            <input type="checkbox" checked={holds(language)} onChange={() => toggle(language)} />
            {languageText(language)}
          </label>
        ))}
      </fieldset>
      <DayRows name={day} rows={one.rows} change={(rows) => change({ ...one, rows })} />
      <button
        type="button"
        class="button small-button"
        aria-label={t("Take away {day}", { day })}
        onClick={() => change(null)}
      >
        {t("Take away")}
      </button>
    </fieldset>
  );
}
