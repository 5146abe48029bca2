// SPDX-License-Identifier: AGPL-3.0-or-later
/** Each kind as labelled lines of plain words, and what differs between two of them. Pure. */

import { t } from "../../../../chat/browser/texts.ts";
import { languageText } from "../../parts/times.ts";
import type { Choice, ChoiceGroup, CrisisLine, Drafts, Kind, OwnWords } from "./content.ts";
import { CHOICE_GROUPS } from "./content.ts";
import type { HoursDraft, Row } from "./hours_draft.ts";
import { NUMBERS } from "./limits.ts";
import { lineKindText } from "./lines.ts";
import * as words from "./words.ts";

export interface Labelled {
  /** The same in two states of the same thing. */
  readonly key: string;
  readonly label: string;
  readonly text: string;
}

/** What two states say about one thing; null: it is not there. */
export interface Difference {
  readonly key: string;
  readonly label: string;
  readonly before: string | null;
  readonly after: string | null;
}

const rowsText = (rows: readonly Row[]): string =>
  rows.length === 0 ? t("Closed") : rows.map(({ from, to }) => `${from}–${to}`).join(", ");

function ofHours({ weekly, exceptions }: HoursDraft): readonly Labelled[] {
  const week = Object.entries(weekly).flatMap(([language, days]) =>
    days.map((rows, day) => ({
      key: `${language} ${day}`,
      label: t("{language}, {day}", { language: languageText(language), day: words.weekdayText(day) }),
      text: rowsText(rows),
    })),
  );
  const dates = exceptions.map((one) => ({
    key: `${one.date} ${one.yearly} ${one.languages.join()}`,
    label: [words.exceptionDateText(one.date, one.yearly), one.name].filter((part) => part !== "").join(", "),
    text: [rowsText(one.rows), ...one.languages.map(languageText)].join(", "),
  }));
  return [...week, ...dates];
}

function ofTexts(language: string, own: OwnWords): readonly Labelled[] {
  const texts = words.OWN_TEXTS.map((field) => ({
    key: `${language} ${field}`,
    label: t("{language}, {what}", { language: languageText(language), what: words.ownTextText(field) }),
    text: own[field],
  }));
  const approved = {
    key: `${language} approved`,
    label: t("{language}, {what}", { language: languageText(language), what: t("approved") }),
    text: own.approved ? t("Yes") : "",
  };
  return [...texts, approved].filter(({ text }) => text !== "");
}

function ofLine(line: CrisisLine): Labelled {
  const checked = line.checked_on === null ? [] : [t("checked on {date}", { date: line.checked_on })];
  const from = line.source_date === "" ? line.source : `${line.source} (${line.source_date})`;
  return {
    key: line.id,
    label: `${line.country}, ${lineKindText(line.kind)}`,
    text: [line.name, ...line.contact, from, ...line.languages, ...checked]
      .filter((part) => part !== "")
      .join(" · "),
  };
}

function ofChoice(group: ChoiceGroup, choice: Choice): Labelled {
  const labels = Object.entries(choice.labels).map(([language, label]) => `${language}: ${label}`);
  return {
    key: `${group} ${choice.id}`,
    label: `${words.choiceGroupText(group)}, ${choice.id}`,
    text: [...labels, ...(choice.retired ? [t("not offered any more")] : [])].join(" · "),
  };
}

/** Everything that a draft says, in the order of its page. */
export function linesOf<K extends Kind>(kind: K, draft: Drafts[K]): readonly Labelled[] {
  const one = { kind, draft } as { [Each in Kind]: { kind: Each; draft: Drafts[Each] } }[Kind];
  switch (one.kind) {
    case "hours":
      return ofHours(one.draft);
    case "texts":
      return Object.entries(one.draft.languages).flatMap(([language, own]) => ofTexts(language, own));
    case "lines":
      return one.draft.lines.map(ofLine);
    case "quick_replies":
      return Object.entries(one.draft.languages).flatMap(([language, replies]) =>
        replies.map(({ id, name, text }) => ({
          key: `${language} ${id}`,
          label: t("{language}, {what}", { language: languageText(language), what: `/${name}` }),
          text,
        })),
      );
    case "choices":
      return CHOICE_GROUPS.flatMap((group) => one.draft[group].map((choice) => ofChoice(group, choice)));
    case "procedure":
      return [
        ...Object.entries(one.draft.languages).flatMap(([language, card]) =>
          [card.text, ...card.checklist].map((text, index) => ({
            key: `${language} ${index}`,
            label: languageText(language),
            text,
          })),
        ),
        ...(one.draft.draft ? [{ key: "draft", label: t("Procedure"), text: t("a proposal of ours") }] : []),
      ];
    case "limits":
      return [
        ...NUMBERS.map((field) => ({
          key: field,
          label: words.numberText(field),
          text: one.draft[field],
        })),
        { key: "zone", label: t("Time zone"), text: one.draft.zone },
        { key: "languages", label: t("Languages"), text: one.draft.languages.map(languageText).join(", ") },
      ];
  }
}

/** What differs, in the order of the second and then what only the first had. */
export function differences(before: readonly Labelled[], after: readonly Labelled[]): readonly Difference[] {
  const old = new Map(before.map((line) => [line.key, line]));
  const now = new Set(after.map(({ key }) => key));
  return [
    ...after.map(({ key, label, text }) => ({ key, label, before: old.get(key)?.text ?? null, after: text })),
    ...before
      .filter(({ key }) => !now.has(key))
      .map(({ key, label, text }) => ({ key, label, before: text, after: null })),
  ].filter((one) => one.before !== one.after);
}
