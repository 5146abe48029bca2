// SPDX-License-Identifier: AGPL-3.0-or-later
/** Numbers, the time zone, and in which languages the line is offered. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "../../../../chat/browser/texts.ts";
import { useEntries } from "../../parts/entries.ts";
import { languageText } from "../../parts/times.ts";
import { moved, replaced } from "../../state/manage/content.ts";
import type { LimitsDraft, NumberField } from "../../state/manage/limits.ts";
import { countProblems, isTag, isZone, NUMBERS, numberProblem } from "../../state/manage/limits.ts";
import { numberText } from "../../state/manage/words.ts";
import { EditPage } from "./edit_page.tsx";
import { Field, Move } from "./fields.tsx";

export function LimitsPage(): JSX.Element {
  return (
    <EditPage kind="limits" problems={countProblems}>
      {(draft, change) => <Limits draft={draft} change={change} />}
    </EditPage>
  );
}

interface LimitsProps {
  readonly draft: LimitsDraft;
  readonly change: (draft: LimitsDraft) => void;
}

function hintOf(field: NumberField): string {
  switch (field) {
    case "cap":
      return t("Two to four is what most lines ask of people. It counts over all devices of a person.");
    case "waiting":
      return t("Beyond that the page says that it is very busy, and asks to come back later.");
    case "idle_lock_min":
      return t(
        "Without a key or a click, the desk hides its texts. Conversations go on, and nobody is signed out.",
      );
    case "pause_min":
      return t("Offered after a heavy or abusive contact, and can be refused. 0: no pause is offered.");
  }
}

function Limits({ draft, change }: LimitsProps): JSX.Element {
  return (
    <>
      {NUMBERS.map((field) => (
        <Field
          key={field}
          label={numberText(field)}
          hint={hintOf(field)}
          short
          value={draft[field]}
          problem={numberProblem(field, draft[field])}
          change={(text) => change({ ...draft, [field]: text })}
        />
      ))}
      <Zone draft={draft} change={change} />
      <Languages draft={draft} change={change} />
    </>
  );
}

function Zone({ draft, change }: LimitsProps): JSX.Element {
  return (
    <Field
      label={t("Time zone")}
      hint={t(
        "A place of that time, such as Europe/Amsterdam. Opening hours and the end of a day follow it.",
      )}
      short
      list={Intl.supportedValuesOf("timeZone")}
      value={draft.zone}
      problem={isZone(draft.zone) ? null : t("No time zone has this name.")}
      change={(text) => change({ ...draft, zone: text.trim() })}
    />
  );
}

function Languages({ draft, change }: LimitsProps): JSX.Element {
  const [tag, setTag] = useState("");
  const { languages } = draft;
  const place = useEntries<HTMLUListElement>(languages.length);
  const set = (all: readonly string[]): void => change({ ...draft, languages: all });
  const wished = tag.trim();
  const ready = isTag(wished) && !languages.includes(wished);
  const add = (): void => {
    if (!ready) return;
    set([...languages, wished]);
    setTag("");
  };
  return (
    <section aria-labelledby="limits-languages">
      <h2 id="limits-languages">{t("Languages of the line")}</h2>
      <p>{t("People can ask for a conversation in these languages, in this order.")}</p>
      {languages.length === 0 && <p class="wrong">{t("At least one language has to be offered.")}</p>}
      <ul ref={place} tabIndex={-1} class="rows">
        {languages.map((language, index) => (
          <li key={language} class="row-item">
            <p>
              <strong>{languageText(language)}</strong>
              <span class="small">{language}</span>
            </p>
            <Move
              name={languageText(language)}
              first={index === 0}
              last={index === languages.length - 1}
              move={(by) => set(moved(languages, index, by))}
            />
            <button
              type="button"
              class="button small-button"
              aria-label={t("Take away {name}", { name: languageText(language) })}
              onClick={() => set(replaced(languages, index, null))}
            >
              {t("Take away")}
            </button>
          </li>
        ))}
      </ul>
      <div class="fields-row">
        <Field
          label={t("Another language, in two letters")}
          hint={isTag(wished) ? languageText(wished) : t("For example: pl")}
          short
          value={tag}
          change={setTag}
        />
        <button type="button" class="button" aria-disabled={!ready} onClick={add}>
          {t("Add the language")}
        </button>
      </div>
    </section>
  );
}
