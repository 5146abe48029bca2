// SPDX-License-Identifier: AGPL-3.0-or-later
/** The organisation's own texts, beside the page they stand on. */

import type { JSX } from "preact";
import { t } from "../../../../chat/browser/texts.ts";
import { useApp } from "../../parts/context.ts";
import { languageText } from "../../parts/times.ts";
import type { OwnWords, Texts } from "../../state/manage/content.ts";
import type { OwnText } from "../../state/manage/words.ts";
import { LONGEST, OWN_TEXTS, ownTextHint, ownTextText } from "../../state/manage/words.ts";
import { EditPage } from "./edit_page.tsx";
import { Field } from "./fields.tsx";
import { LanguageChoice, useLanguages } from "./language_choice.tsx";
import { closedText, Seen } from "./seen.tsx";

const NONE: OwnWords = {
  confidentiality: "",
  approved: false,
  about: "",
  closed: "",
  boundary: "",
  welcome: "",
};

/** Paragraphs, as the service makes them of empty lines. */
function Paragraphs({ text, language }: { text: string; language: string }): JSX.Element {
  const parts = text.split(/\n\s*\n/).filter((part) => part.trim() !== "");
  return (
    <div lang={language}>
      {parts.map((part, index) => (
        // Paragraphs have no name but their place.
        <p key={index} class="seen-text">
          {part}
        </p>
      ))}
    </div>
  );
}

function countProblems({ languages }: Texts): number {
  return Object.values(languages).flatMap((own) =>
    OWN_TEXTS.filter((field) => [...own[field]].length > LONGEST[field]),
  ).length;
}

export function TextsPage(): JSX.Element {
  return (
    <>
      <p>
        {t("Your organisation's own words. Where a field is empty, nothing is shown, or a sentence of ours.")}
      </p>
      <EditPage kind="texts" problems={countProblems}>
        {(draft, change) => <OwnTexts draft={draft} change={change} />}
      </EditPage>
    </>
  );
}

function OwnTexts({ draft, change }: { draft: Texts; change: (draft: Texts) => void }): JSX.Element {
  const languages = useLanguages(Object.keys(draft.languages));
  const own = (language: string): OwnWords => draft.languages[language] ?? NONE;
  return (
    <LanguageChoice
      languages={languages}
      mark={(language) => (own(language).approved ? null : t("not approved"))}
    >
      {(language) => (
        <LanguageTexts
          language={language}
          own={own(language)}
          change={(changed) => change({ languages: { ...draft.languages, [language]: changed } })}
        />
      )}
    </LanguageChoice>
  );
}

interface LanguageTextsProps {
  readonly language: string;
  readonly own: OwnWords;
  readonly change: (own: OwnWords) => void;
}

function LanguageTexts({ language, own, change }: LanguageTextsProps): JSX.Element {
  const app = useApp();
  const name = languageText(language);
  // Who approved it approved these words, and no others.
  const set = (field: OwnText, text: string): void =>
    change({ ...own, [field]: text, approved: field === "confidentiality" ? false : own.approved });
  const field = (which: OwnText): JSX.Element => (
    <Field
      label={ownTextText(which)}
      hint={ownTextHint(which)}
      longest={LONGEST[which]}
      rows={which === "about" || which === "boundary" ? 6 : 4}
      language={language}
      value={own[which]}
      change={(text) => set(which, text)}
    />
  );
  return (
    <div class="beside">
      <div class="stack">
        {field("confidentiality")}
        <label class="check">
          <input
            type="checkbox"
            checked={own.approved}
            disabled={own.confidentiality.trim() === ""}
            onChange={() => change({ ...own, approved: !own.approved })}
          />
          {t("Our organisation stands behind this wording")}
        </label>
        {!own.approved && (
          <p class="warning">
            {app.demo
              ? t(
                  "In the demonstration people can start without it. Elsewhere {language} stays closed until it is approved.",
                  {
                    language: name,
                  },
                )
              : t("Nobody can start in {language} until this wording is approved.", { language: name })}
          </p>
        )}
        {OWN_TEXTS.filter((which) => which !== "confidentiality").map(field)}
      </div>
      <div class="stack">
        <Seen title={t("On the first page")}>
          <p class="seen-title">
            {t("You can talk here about sexual thoughts about children that worry you.")}
          </p>
          <p class="seen-intake">{closedText()}</p>
          <Paragraphs text={own.closed} language={language} />
          <ul class="seen-promises">
            <li>{t("What you write is sealed. Only the counsellor can read it.")}</li>
            <li lang={own.confidentiality.trim() === "" ? undefined : language}>
              {own.confidentiality.trim() ||
                t("If you tell us who you are and that a child is in danger, we have to act on it.")}
            </li>
          </ul>
          <Paragraphs text={own.about} language={language} />
          {!own.approved && own.confidentiality.trim() !== "" && (
            <p class="seen-note">
              {t("Until your wording is approved, a sentence of ours stands in its place.")}
            </p>
          )}
        </Seen>
        <Seen title={t("In the waiting room")}>
          <p class="seen-title">{t("You are in the waiting room")}</p>
          <Paragraphs text={own.welcome} language={language} />
        </Seen>
        <Seen title={t("When it ends with a boundary")}>
          <p class="seen-line" lang={language}>
            {own.boundary}
          </p>
        </Seen>
      </div>
    </div>
  );
}
