// SPDX-License-Identifier: AGPL-3.0-or-later
/** The safeguarding procedure: a card to read and a checklist to go through, in each language. */

import type { JSX } from "preact";
import { t } from "../../../../chat/browser/texts.ts";
import { useEntries } from "../../parts/entries.ts";
import type { Card, Procedure } from "../../state/manage/content.ts";
import { moved, replaced } from "../../state/manage/content.ts";
import { EditPage } from "./edit_page.tsx";
import { Field, Move } from "./fields.tsx";
import { LanguageChoice, useLanguages } from "./language_choice.tsx";

const LONGEST_CARD = 4000;
const LONGEST_POINT = 300;
const MOST_POINTS = 20;
const NONE: Card = { text: "", checklist: [] };

function countProblems({ languages }: Procedure): number {
  return Object.values(languages).flatMap(({ text, checklist }) => [
    ...([...text].length > LONGEST_CARD ? [1] : []),
    ...checklist.filter((point) => point.trim() === "" || [...point].length > LONGEST_POINT),
  ]).length;
}

export function ProcedurePage(): JSX.Element {
  return (
    <>
      <p>
        {t(
          "Counsellors see this when they judge that somebody may be in danger: what may be passed on, and to whom. Kentering passes nothing on by itself.",
        )}
      </p>
      <EditPage kind="procedure" problems={countProblems}>
        {(draft, change) => <Cards draft={draft} change={change} />}
      </EditPage>
    </>
  );
}

interface CardsProps {
  readonly draft: Procedure;
  readonly change: (draft: Procedure) => void;
}

function Cards({ draft, change }: CardsProps): JSX.Element {
  const languages = useLanguages(Object.keys(draft.languages));
  return (
    <>
      <label class="check">
        <input
          type="checkbox"
          checked={!draft.draft}
          onChange={() => change({ ...draft, draft: !draft.draft })}
        />
        {t("This is our organisation's own procedure")}
      </label>
      {draft.draft && (
        <p class="warning">
          {t(
            "This is still a proposal that came with Kentering. The desk says so to everybody who reads it.",
          )}
        </p>
      )}
      <LanguageChoice
        languages={languages}
        mark={(language) => (draft.languages[language] === undefined ? t("none") : null)}
      >
        {(language) => (
          <CardFields
            language={language}
            card={draft.languages[language] ?? NONE}
            change={(card) => change({ ...draft, languages: { ...draft.languages, [language]: card } })}
          />
        )}
      </LanguageChoice>
    </>
  );
}

interface CardFieldsProps {
  readonly language: string;
  readonly card: Card;
  readonly change: (card: Card) => void;
}

function CardFields({ language, card, change }: CardFieldsProps): JSX.Element {
  const points = card.checklist;
  const place = useEntries<HTMLOListElement>(points.length);
  const set = (checklist: readonly string[]): void => change({ ...card, checklist });
  return (
    <div class="beside">
      <div class="stack">
        <Field
          label={t("The card")}
          hint={t("An empty line begins a new paragraph.")}
          rows={14}
          longest={LONGEST_CARD}
          language={language}
          value={card.text}
          change={(text) => change({ ...card, text })}
        />
        <h2>{t("Checklist")}</h2>
        <ol ref={place} tabIndex={-1} class="rows">
          {points.map((point, index) => (
            // A point has no name but its place.
            <li key={index} class="row-item editable" data-entry>
              <Field
                label={t("Point {n}", { n: index + 1 })}
                longest={LONGEST_POINT}
                language={language}
                value={point}
                problem={point.trim() === "" ? t("Write the text.") : null}
                change={(text) => set(replaced(points, index, text))}
              />
              <p class="row">
                <Move
                  name={t("point {n}", { n: index + 1 })}
                  first={index === 0}
                  last={index === points.length - 1}
                  move={(by) => set(moved(points, index, by))}
                />
                <button
                  type="button"
                  class="button small-button"
                  aria-label={t("Take away point {n}", { n: index + 1 })}
                  onClick={() => set(replaced(points, index, null))}
                >
                  {t("Take away")}
                </button>
              </p>
            </li>
          ))}
        </ol>
        {points.length < MOST_POINTS && (
          <button type="button" class="button" onClick={() => set([...points, ""])}>
            {t("Add a point")}
          </button>
        )}
      </div>
      <section class="card-seen" aria-label={t("As counsellors see it")}>
        <h2>{t("As counsellors see it")}</h2>
        <div class="card-paper" lang={language}>
          {card.text
            .split(/\n\s*\n/)
            .filter((part) => part.trim() !== "")
            .map((part, index) => (
              // Paragraphs have no name but their place.
              <p key={index}>{part}</p>
            ))}
          <ul class="card-points">
            {points
              .filter((point) => point.trim() !== "")
              .map((point, index) => (
                // Two points may say the same while they are written.
                <li key={index}>{point}</li>
              ))}
          </ul>
        </div>
      </section>
    </div>
  );
}
