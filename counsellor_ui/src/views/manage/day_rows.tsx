// SPDX-License-Identifier: AGPL-3.0-or-later
/** The hours of one day: from, to, one more, and what is wrong with them. */

import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { t } from "../../../../chat/browser/texts.ts";
import { useEntries } from "../../parts/entries.ts";
import { replaced } from "../../state/manage/content.ts";
import type { Row, RowProblem } from "../../state/manage/hours_draft.ts";
import {
  joined,
  mayAdd,
  newRow,
  pastMidnight,
  problemsOf,
  rowProblemText,
  tidy,
} from "../../state/manage/hours_draft.ts";

interface DayRowsProps {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly next?: readonly Row[];
  readonly change: (rows: readonly Row[]) => void;
  /** Where there are other days to copy this one to. */
  readonly everyDay?: (rows: readonly Row[]) => void;
}

export function DayRows({ name, rows, next, change, everyDay }: DayRowsProps): JSX.Element {
  const problems = problemsOf(rows, next);
  const id = useId();
  const place = useEntries<HTMLDivElement>(rows.length);
  return (
    <fieldset class="day" aria-labelledby={id}>
      <p id={id} class="day-name">
        {name}
      </p>
      <div ref={place} tabIndex={-1} class={rows.length === 0 ? "day-rows none" : "day-rows"}>
        {rows.length === 0 && <p class="small">{t("Closed")}</p>}
        {rows.map((row, index) => (
          <TimeRow
            // Rows have no name but their place.
            key={index}
            day={name}
            row={row}
            number={index + 1}
            problem={problems[index] ?? null}
            change={(changed) => change(replaced(rows, index, changed))}
          />
        ))}
        <p class="row day-acts">
          {mayAdd(rows) && (
            <button
              type="button"
              class="button small-button"
              aria-label={t("Add hours on {day}", { day: name })}
              onClick={() => change([...rows, newRow(rows)])}
            >
              {t("Add hours")}
            </button>
          )}
          {problems.includes("overlap") && (
            <button type="button" class="button small-button" onClick={() => change(joined(rows))}>
              {t("Make one of them")}
            </button>
          )}
          {everyDay !== undefined && rows.length > 0 && problems.every((problem) => problem === null) && (
            <button
              type="button"
              class="button small-button quiet"
              aria-label={t("The same every day as on {day}", { day: name })}
              onClick={() => everyDay(rows)}
            >
              {t("The same every day")}
            </button>
          )}
        </p>
      </div>
    </fieldset>
  );
}

interface TimeRowProps {
  readonly day: string;
  readonly row: Row;
  readonly number: number;
  readonly problem: RowProblem | null;
  readonly change: (row: Row | null) => void;
}

function TimeRow({ day, row, number, problem, change }: TimeRowProps): JSX.Element {
  const id = useId();
  const field = (label: string, value: string, typed: (text: string) => Row): JSX.Element => (
    <input
      class="time"
      type="text"
      inputMode="numeric"
      autoComplete="off"
      placeholder="00:00"
      aria-label={label}
      aria-invalid={problem !== null}
      aria-describedby={id}
      value={value}
      onInput={(event) => change(typed(event.currentTarget.value))}
      onBlur={(event) => change(typed(tidy(event.currentTarget.value)))}
    />
  );
  return (
    <div class="time-row" data-entry>
      {field(t("{day}, from, {number}", { day, number }), row.from, (from) => ({ ...row, from }))}
      <span aria-hidden="true">–</span>
      {field(t("{day}, to, {number}", { day, number }), row.to, (to) => ({ ...row, to }))}
      <button
        type="button"
        class="button small-button quiet"
        aria-label={t("Remove {from} to {to} on {day}", { from: row.from, to: row.to, day })}
        onClick={() => change(null)}
      >
        {t("Remove")}
      </button>
      <span id={id} class={problem === null ? "small" : "wrong"}>
        {problem !== null && rowProblemText(problem)}
        {problem === null && pastMidnight(row) && t("until the next day")}
      </span>
    </div>
  );
}
