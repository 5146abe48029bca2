// SPDX-License-Identifier: AGPL-3.0-or-later
/** Figures for the yearly report. Counts by month, each alone: nothing here describes a person. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { language, t, tn } from "../../../../chat/browser/texts.ts";
import { content } from "../../desk/content_http.ts";
import { Action } from "../../parts/action.tsx";
import { useApp } from "../../parts/context.ts";
import { dateText } from "../../parts/times.ts";
import type { Choices } from "../../state/manage/content.ts";
import type { Between, Figures, Table } from "../../state/manage/figures.ts";
import {
  betweenText,
  countText,
  csv,
  measureText,
  tables,
  totalText,
  unmet,
  valueText,
} from "../../state/manage/figures.ts";

interface Shown {
  readonly from: string;
  readonly to: string;
  readonly figures: Figures;
  readonly choices: Choices;
}

/** First and last month of the year so far, "YYYY-MM". */
function thisYear(now: number): readonly [string, string] {
  const month = new Date(now).toISOString().slice(0, 7);
  return [`${month.slice(0, 4)}-01`, month];
}

export function FiguresPage(): JSX.Element {
  const app = useApp();
  const [begin, end] = thisYear(app.clock.value);
  const [from, setFrom] = useState(begin);
  const [to, setTo] = useState(end);
  const [shown, setShown] = useState<Shown | null>(null);
  const wrong = !/^\d{4}-\d{2}$/.test(from) || !/^\d{4}-\d{2}$/.test(to) || from > to;
  const show = async (): Promise<void> => {
    if (wrong) return;
    const [figures, { choices }] = await Promise.all([content.figures(from, to), content.all()]);
    setShown({ from, to, figures, choices });
  };
  return (
    <>
      <p>
        {t(
          "Counts of whole months. Each measure is counted alone, so no row describes a person. A count from one to four is hidden.",
        )}
      </p>
      <div class="fields-row">
        <Month label={t("From")} value={from} change={setFrom} />
        <Month label={t("To")} value={to} change={setTo} />
        <Action look="primary" work={show}>
          {t("Show the figures")}
        </Action>
      </div>
      {wrong && <p class="wrong">{t("Write two months as 2026-01 and 2026-12, the earlier one first.")}</p>}
      {shown !== null && <Report shown={shown} />}
    </>
  );
}

interface MonthProps {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
}

function Month({ label, value, change }: MonthProps): JSX.Element {
  return (
    <label class="field short">
      <span class="field-name">{label}</span>
      <input type="month" value={value} onInput={(event) => change(event.currentTarget.value)} />
    </label>
  );
}

function Report({ shown }: { shown: Shown }): JSX.Element {
  const { figures, choices, from, to } = shown;
  const all = tables(figures);
  const download = async (): Promise<void> => {
    // With the mark that tells spreadsheets that it is UTF-8.
    const file = new Blob(["\ufeff", csv(figures, choices, language())], { type: "text/csv;charset=utf-8" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = `kentering-${from}-${to}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <>
      <UnmetDemand figures={figures} />
      <Days
        days={figures.lost}
        title={tn(
          "On {n} day the counts were lost with the live store. Its numbers are too small.",
          "On {n} days the counts were lost with the live store. Their numbers are too small.",
          figures.lost.length,
        )}
      />
      <Days
        days={figures.missing}
        title={tn(
          "For {n} day nothing was written: the service did not run, or could not reach its records.",
          "For {n} days nothing was written: the service did not run, or could not reach its records.",
          figures.missing.length,
        )}
      />
      {all.length === 0 ? (
        <p role="status">
          {t("Nothing was counted in these months. The running day is added after midnight.")}
        </p>
      ) : (
        <Action work={download}>{t("Save as a table (CSV)")}</Action>
      )}
      {all.map((table) => (
        <MeasureTable key={table.measure} table={table} months={figures.months} choices={choices} />
      ))}
    </>
  );
}

function UnmetDemand({ figures }: { figures: Figures }): JSX.Element {
  const { closed, full, left, taken } = unmet(figures);
  const one = (label: string, count: Between, strong: boolean): JSX.Element => (
    <div class={strong ? "figure unmet" : "figure"}>
      <dt>{label}</dt>
      <dd>{betweenText(count)}</dd>
    </div>
  );
  return (
    <section aria-labelledby="unmet-title">
      <h2 id="unmet-title">{t("Who came and found nobody")}</h2>
      <dl class="figures-row">
        {one(t("The page was shown while closed"), closed, true)}
        {one(t("The page was shown while full"), full, true)}
        {one(t("Left the waiting room before anybody was free"), left, true)}
        {one(t("Conversations that opened, to compare"), taken, false)}
      </dl>
      <p class="small">
        {t("A page that is shown is no person: somebody who looks three times is counted three times.")}
      </p>
    </section>
  );
}

function Days({ days, title }: { days: readonly string[]; title: string }): JSX.Element | null {
  if (days.length === 0) return null;
  return (
    <details class="warning days-lost">
      <summary>{title}</summary>
      <p>{days.map((day) => dateText(Date.parse(`${day}T12:00:00Z`))).join(", ")}</p>
    </details>
  );
}

interface MeasureTableProps {
  readonly table: Table;
  readonly months: readonly string[];
  readonly choices: Choices;
}

function MeasureTable({ table, months, choices }: MeasureTableProps): JSX.Element {
  const title = measureText(table.measure);
  const monthText = (month: string): string =>
    new Intl.DateTimeFormat(language() === "en" ? "en-GB" : language(), {
      month: "short",
      year: "2-digit",
      timeZone: "UTC",
    }).format(Date.parse(`${month}-01T00:00:00Z`));
  return (
    <div class="measure">
      <h2>{title}</h2>
      {/* A wide table scrolls inside its place; by keyboard too, hence the tab stop. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a place that scrolls must be reachable by keyboard */}
      <section class="scroll" tabIndex={0} aria-label={title}>
        <table class="counts">
          <thead>
            <tr>
              <th scope="col">{t("Value")}</th>
              <th scope="col">{t("Total")}</th>
              {months.map((month) => (
                <th key={month} scope="col">
                  {monthText(month)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row) => (
              <tr key={row.value}>
                <th scope="row">{valueText(row.measure, row.value, choices, language())}</th>
                <td>
                  <strong>{totalText(row.total)}</strong>
                </td>
                {row.counts.map((count, index) => (
                  <td key={months[index]}>{countText(count)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}
