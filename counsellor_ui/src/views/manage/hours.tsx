// SPDX-License-Identifier: AGPL-3.0-or-later
/** Opening hours by language, other days, and how people see them now. */

import type { JSX } from "preact";
import { t } from "../../../../chat/browser/texts.ts";
import { useApp } from "../../parts/context.ts";
import { languageText } from "../../parts/times.ts";
import type { HoursDraft, Row, WeekDraft } from "../../state/manage/hours_draft.ts";
import { countProblems, hoursOf } from "../../state/manage/hours_draft.ts";
import { weekdayText } from "../../state/manage/words.ts";
import { DayRows } from "./day_rows.tsx";
import { EditPage } from "./edit_page.tsx";
import { Exceptions } from "./exceptions.tsx";
import { LanguageChoice, useLanguages } from "./language_choice.tsx";
import { IntakeSeen } from "./seen.tsx";

const EMPTY: WeekDraft = [[], [], [], [], [], [], []];

/** The zone of the service, once its limits are known. */
export function useZone(): string {
  const app = useApp();
  return (
    app.manage.editors.limits.state.value?.kept.value.zone ??
    new Intl.DateTimeFormat().resolvedOptions().timeZone
  );
}

export function HoursPage(): JSX.Element {
  return (
    <>
      <p>
        {t(
          "People can start a conversation during these hours, and only while somebody is on duty who speaks their language.",
        )}
      </p>
      <EditPage kind="hours" problems={countProblems}>
        {(draft, change) => <Hours draft={draft} change={change} />}
      </EditPage>
    </>
  );
}

interface HoursProps {
  readonly draft: HoursDraft;
  readonly change: (draft: HoursDraft) => void;
}

function Hours({ draft, change }: HoursProps): JSX.Element {
  const app = useApp();
  const zone = useZone();
  const languages = useLanguages(Object.keys(draft.weekly));
  const minute = Math.floor(app.clock.value / 60_000) * 60_000;
  return (
    <>
      <p class="small">
        {t("All times are those of {zone}. People elsewhere see them in their own time.", { zone })}
      </p>
      <LanguageChoice languages={languages}>
        {(language) => (
          <div class="beside">
            <Week
              language={language}
              week={draft.weekly[language] ?? null}
              change={(week) => change({ ...draft, weekly: withWeek(draft.weekly, language, week) })}
            />
            <IntakeSeen hours={hoursOf(draft)} language={language} zone={zone} at={minute} />
          </div>
        )}
      </LanguageChoice>
      <Exceptions draft={draft} languages={languages} change={change} />
    </>
  );
}

/** Null takes the language's hours away: it is then bound to none. */
function withWeek(
  weekly: HoursDraft["weekly"],
  language: string,
  week: WeekDraft | null,
): HoursDraft["weekly"] {
  const others = Object.fromEntries(Object.entries(weekly).filter(([name]) => name !== language));
  return week === null ? others : { ...others, [language]: week };
}

interface WeekProps {
  readonly language: string;
  readonly week: WeekDraft | null;
  readonly change: (week: WeekDraft | null) => void;
}

function Week({ language, week, change }: WeekProps): JSX.Element {
  const set = (day: number, rows: readonly Row[]): void =>
    change((week ?? EMPTY).map((old, at) => (at === day ? rows : old)));
  const everyDay = (rows: readonly Row[]): void => change(EMPTY.map(() => rows));
  const name = languageText(language);
  return (
    <section class="week" aria-label={t("The week in {language}", { language: name })}>
      <fieldset class="stacked">
        <legend>{t("In {language}, the line is open", { language: name })}</legend>
        <label class="check">
          <input type="radio" name="bound" checked={week === null} onChange={() => change(null)} />
          {t("whenever somebody is on duty")}
        </label>
        <label class="check">
          <input type="radio" name="bound" checked={week !== null} onChange={() => change(week ?? EMPTY)} />
          {t("at these hours of the week")}
        </label>
      </fieldset>
      {week !== null && (
        <ul class="days">
          {week.map((rows, day) => (
            <li key={weekdayText(day)}>
              <DayRows
                name={weekdayText(day)}
                rows={rows}
                next={week[(day + 1) % 7] ?? []}
                change={(changed) => set(day, changed)}
                everyDay={everyDay}
              />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
