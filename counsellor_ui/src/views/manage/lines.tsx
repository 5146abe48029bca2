// SPDX-License-Identifier: AGPL-3.0-or-later
/** Crisis, reporting and prevention lines: each with its source, and with who checked it and when. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t, tn } from "../../../../chat/browser/texts.ts";
import { useApp } from "../../parts/context.ts";
import { useEntries } from "../../parts/entries.ts";
import { dateText } from "../../parts/times.ts";
import type { CrisisLine, CrisisLines, LineKind } from "../../state/manage/content.ts";
import { LINE_KINDS, moved, replaced } from "../../state/manage/content.ts";
import type { Confirmation } from "../../state/manage/lines.ts";
import {
  changedLine,
  checkedLine,
  confirmation,
  lineKindText,
  lineProblems,
  lineProblemText,
  MOST_CONTACTS,
  newLine,
  toCheck,
} from "../../state/manage/lines.ts";
import { isoDate, wallOf } from "../../state/manage/zone.ts";
import { EditPage } from "./edit_page.tsx";
import { Field, Move } from "./fields.tsx";
import { useLanguages } from "./language_choice.tsx";

const countProblems = ({ lines }: CrisisLines): number => lines.flatMap(lineProblems).length;

export function LinesPage(): JSX.Element {
  return (
    <>
      <p>
        {t(
          "A wrong number can cost a life. Call it, or look at the line's own page, before you confirm an entry. Nothing that is not confirmed is shown to help-seekers.",
        )}
      </p>
      <EditPage kind="lines" problems={countProblems}>
        {(draft, change) => <Lines draft={draft} change={change} />}
      </EditPage>
    </>
  );
}

interface LinesProps {
  readonly draft: CrisisLines;
  readonly change: (draft: CrisisLines) => void;
}

function Lines({ draft, change }: LinesProps): JSX.Element {
  const app = useApp();
  useLanguages([]);
  const [country, setCountry] = useState("");
  // The service writes days in UTC.
  const today = isoDate(wallOf(app.clock.value, "UTC"));
  const { lines } = draft;
  const place = useEntries<HTMLUListElement>(lines.length);
  const countries = [...new Set(lines.map((line) => line.country))];
  const shown = lines
    .map((line, index) => ({ line, index }))
    .filter(({ line }) => country === "" || line.country === country);
  const waiting = toCheck(lines, today);
  const set = (index: number, line: CrisisLine | null): void =>
    change({ lines: replaced(lines, index, line) });
  return (
    <>
      <p class={waiting > 0 ? "warning" : "small"} role="status">
        {waiting > 0
          ? tn("{n} entry asks to be checked.", "{n} entries ask to be checked.", waiting)
          : t("Every entry was confirmed in the last 180 days.")}
      </p>
      <p class="field short">
        <label for="lines-country">{t("Country")}</label>
        <select
          id="lines-country"
          value={country}
          onChange={(event) => setCountry(event.currentTarget.value)}
        >
          <option value="">{t("All countries")}</option>
          {countries.map((one) => (
            <option key={one} value={one}>
              {countryText(one)}
            </option>
          ))}
        </select>
      </p>
      <ul ref={place} tabIndex={-1} class="rows">
        {shown.map(({ line, index }) => (
          <li key={line.id} class="row-item editable" data-entry>
            <Line
              line={line}
              today={today}
              change={(changed) => set(index, changed)}
              move={
                country === ""
                  ? {
                      first: index === 0,
                      last: index === lines.length - 1,
                      by: (by) => change({ lines: moved(lines, index, by) }),
                    }
                  : null
              }
            />
          </li>
        ))}
      </ul>
      <button
        type="button"
        class="button"
        onClick={() => change({ lines: [...lines, newLine(lines, "help", country)] })}
      >
        {t("Add an entry")}
      </button>
    </>
  );
}

/** "Belgium" for BE. */
function countryText(code: string): string {
  if (code === "EU") return t("European Union");
  if (code === "XX") return t("Everywhere");
  try {
    return new Intl.DisplayNames(document.documentElement.lang, { type: "region" }).of(code) ?? code;
  } catch {
    return code; // not two letters yet
  }
}

interface LineProps {
  readonly line: CrisisLine;
  readonly today: string;
  readonly change: (line: CrisisLine | null) => void;
  readonly move: { readonly first: boolean; readonly last: boolean; by(by: 1 | -1): void } | null;
}

function Line({ line, today, change, move }: LineProps): JSX.Element {
  const [open, setOpen] = useState(line.source === "");
  const problems = lineProblems(line);
  const name = line.name || lineKindText(line.kind);
  return (
    <fieldset class="line-entry" aria-label={`${line.country}, ${name}`}>
      <div class="line-head">
        <p>
          <strong>{name}</strong>
          <span class="small">
            {countryText(line.country)}, {lineKindText(line.kind)}
          </span>
        </p>
        <p class="line-contact">{line.contact.join(" · ")}</p>
        <p class="small">
          {t("From {source}", { source: line.source })}
          {line.source_date !== "" && ` (${line.source_date})`}
        </p>
        <ConfirmationLine of={confirmation(line, today)} by={line.confirmed_by} on={line.checked_on} />
      </div>
      <p class="row">
        <button
          type="button"
          class="button small-button"
          aria-label={t("I have checked it today: {name}", { name })}
          aria-disabled={problems.length > 0}
          onClick={() => problems.length === 0 && change(checkedLine(line, today))}
        >
          {t("I have checked it today")}
        </button>
        <button
          type="button"
          class="button small-button"
          aria-expanded={open}
          aria-label={t("Change {name}", { name })}
          onClick={() => setOpen(!open)}
        >
          {t("Change")}
        </button>
        {move !== null && <Move name={name} first={move.first} last={move.last} move={move.by} />}
      </p>
      {(open || problems.length > 0) && <LineFields line={line} change={change} problems={problems} />}
    </fieldset>
  );
}

function ConfirmationLine({
  of,
  by,
  on,
}: {
  of: Confirmation;
  by: string | null;
  on: string | null;
}): JSX.Element {
  const date = on === null ? "" : dateText(Date.parse(`${on}T12:00:00Z`));
  const who = by ?? "";
  switch (of.kind) {
    case "confirmed":
      return <p class="confirmed">{t("Checked by {who} on {date}", { who, date })}</p>;
    case "old":
      return (
        <p class="confirmed old">
          {tn(
            "Checked by {who} {n} day ago. Please check it again.",
            "Checked by {who} {n} days ago. Please check it again.",
            of.days,
            { who },
          )}
        </p>
      );
    case "now":
      return <p class="confirmed">{t("Checked by you today. It is shown once you have saved.")}</p>;
    case "never":
      return <p class="confirmed never">{t("Not confirmed: help-seekers don't see it.")}</p>;
  }
}

interface LineFieldsProps {
  readonly line: CrisisLine;
  readonly problems: ReturnType<typeof lineProblems>;
  readonly change: (line: CrisisLine | null) => void;
}

function LineFields({ line, problems, change }: LineFieldsProps): JSX.Element {
  const set = (part: Partial<CrisisLine>): void => change(changedLine(line, part));
  const said = (which: (typeof problems)[number]): string | null =>
    problems.includes(which) ? lineProblemText(which) : null;
  const kindId = `kind-${line.id}`;
  return (
    <div class="line-fields">
      <div class="fields-row">
        <Field
          label={t("Country, in two letters")}
          short
          value={line.country}
          problem={said("no_country")}
          change={(text) => set({ country: text.trim().toUpperCase().slice(0, 2) })}
        />
        <p class="field short">
          <label for={kindId}>{t("What it is for")}</label>
          <select
            id={kindId}
            value={line.kind}
            onChange={(event) => set({ kind: event.currentTarget.value as LineKind })}
          >
            {LINE_KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {lineKindText(kind)}
              </option>
            ))}
          </select>
        </p>
        <Field
          label={t("Languages, such as nl fr")}
          short
          value={line.languages.join(" ")}
          change={(text) =>
            set({
              languages: text
                .toLowerCase()
                .split(/[\s,]+/)
                .filter((tag) => tag !== ""),
            })
          }
        />
      </div>
      <Field label={t("Name")} longest={100} value={line.name} change={(name) => set({ name })} />
      {line.contact.map((one, index) => (
        <div class="fields-row" key={`${line.id}-${index.toString()}`}>
          <Field
            label={t("Number or address")}
            longest={80}
            value={one}
            problem={one.trim() === "" ? said("no_contact") : null}
            change={(text) => set({ contact: replaced(line.contact, index, text) })}
          />
          {line.contact.length > 1 && (
            <button
              type="button"
              class="button small-button"
              aria-label={t("Take away {name}", { name: one })}
              onClick={() => set({ contact: replaced(line.contact, index, null) })}
            >
              {t("Take away")}
            </button>
          )}
        </div>
      ))}
      {line.contact.length < MOST_CONTACTS && (
        <button
          type="button"
          class="button small-button"
          onClick={() => set({ contact: [...line.contact, ""] })}
        >
          {t("One more number or address")}
        </button>
      )}
      <div class="fields-row">
        <Field
          label={t("Source")}
          hint={t("Where it was read: the line's own page, or an official list.")}
          longest={200}
          value={line.source}
          problem={said("no_source")}
          change={(source) => set({ source })}
        />
        <Field
          label={t("Date of the source")}
          short
          longest={40}
          value={line.source_date}
          change={(source_date) => set({ source_date })}
        />
      </div>
      <button type="button" class="button small-button danger" onClick={() => change(null)}>
        {t("Take this entry away")}
      </button>
    </div>
  );
}
