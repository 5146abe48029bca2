// SPDX-License-Identifier: AGPL-3.0-or-later
/** What a wrap-up can say: coded choices, named in each language; retired, never deleted. */

import type { JSX } from "preact";
import { t, tn } from "../../../../chat/browser/texts.ts";
import { useApp } from "../../parts/context.ts";
import { useEntries } from "../../parts/entries.ts";
import { languageText } from "../../parts/times.ts";
import {
  added,
  choiceProblem,
  choiceProblemText,
  countProblems,
  LONGEST_LABEL,
  labelOf,
  MOST_CHOICES,
  named,
  offersNothing,
  relabelled,
  untranslated,
} from "../../state/manage/choices.ts";
import type { Choice, ChoiceGroup, Choices } from "../../state/manage/content.ts";
import { CHOICE_GROUPS, moved, replaced } from "../../state/manage/content.ts";
import { choiceGroupText } from "../../state/manage/words.ts";
import { EditPage } from "./edit_page.tsx";
import { Field, Move } from "./fields.tsx";
import { LanguageChoice, useLanguages } from "./language_choice.tsx";

export function ChoicesPage(): JSX.Element {
  return (
    <>
      <p>
        {t(
          "After a conversation the counsellor chooses from these, and nothing is written in words. Each choice becomes a count of the day.",
        )}
      </p>
      <EditPage kind="choices" problems={countProblems}>
        {(draft, change) => <AllChoices draft={draft} change={change} />}
      </EditPage>
    </>
  );
}

interface AllProps {
  readonly draft: Choices;
  readonly change: (draft: Choices) => void;
}

function AllChoices({ draft, change }: AllProps): JSX.Element {
  const app = useApp();
  const kept = app.manage.editors.choices.state.value?.kept.value;
  const languages = useLanguages([]);
  const missing = (language: string): string | null => {
    const count = untranslated(draft, language);
    return count === 0 ? null : tn("{n} without words", "{n} without words", count);
  };
  return (
    <LanguageChoice languages={languages} mark={missing}>
      {(language) => (
        <>
          {CHOICE_GROUPS.map((group) => (
            <Group
              key={group}
              group={group}
              language={language}
              all={draft[group]}
              saved={kept?.[group] ?? []}
              change={(all) => change({ ...draft, [group]: all })}
            />
          ))}
        </>
      )}
    </LanguageChoice>
  );
}

interface GroupProps {
  readonly group: ChoiceGroup;
  readonly language: string;
  readonly all: readonly Choice[];
  /** What the service holds: these can't be deleted any more. */
  readonly saved: readonly Choice[];
  readonly change: (all: readonly Choice[]) => void;
}

function Group({ group, language, all, saved, change }: GroupProps): JSX.Element {
  const title = choiceGroupText(group);
  const place = useEntries<HTMLUListElement>(all.length);
  // The judgement of risk is wired to the alarm at the desk: its words may change, its choices may not.
  const fixed = group === "risks";
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      {offersNothing(all) && <p class="wrong">{t("At least one choice has to be offered.")}</p>}
      <ul ref={place} tabIndex={-1} class="rows">
        {all.map((choice, index) => (
          // The id of a new choice follows its words; its place does not.
          <li
            key={index}
            class={choice.retired ? "row-item editable retired" : "row-item editable"}
            data-entry
          >
            <OneChoice
              all={all}
              index={index}
              language={language}
              saved={saved}
              fixed={fixed}
              change={change}
            />
          </li>
        ))}
      </ul>
      {!fixed && all.length < MOST_CHOICES && (
        <button
          type="button"
          class="button"
          aria-label={t("Add a choice to {group}", { group: title })}
          onClick={() => change(added(all))}
        >
          {t("Add a choice")}
        </button>
      )}
    </section>
  );
}

interface OneProps extends Omit<GroupProps, "group"> {
  readonly index: number;
  readonly fixed: boolean;
}

function OneChoice({ all, index, language, saved, fixed, change }: OneProps): JSX.Element | null {
  const choice = all[index];
  if (choice === undefined) return null;
  const set = (by: Choice | null): void => change(replaced(all, index, by));
  const wasSaved = saved.some(({ id }) => id === choice.id);
  const problem = choiceProblem(all, index);
  const name = labelOf(choice, language) || t("a new one");
  const elsewhere = choice.labels[language] === undefined ? labelOf(choice, language) : "";
  return (
    <>
      <Field
        label={t("In {language}", { language: languageText(language) })}
        hint={elsewhere === "" ? undefined : t("In another language: {words}", { words: elsewhere })}
        problem={problem === null ? null : choiceProblemText(problem)}
        longest={LONGEST_LABEL}
        language={language}
        value={choice.labels[language] ?? ""}
        change={(text) => set(named(all, relabelled(choice, language, text), saved))}
      />
      {choice.retired && <p class="small">{t("Not offered any more. Its earlier counts stay.")}</p>}
      <p class="row">
        <Move
          name={name}
          first={index === 0}
          last={index === all.length - 1}
          move={(by) => change(moved(all, index, by))}
        />
        {!fixed && (
          <button
            type="button"
            class="button small-button"
            aria-label={actText(wasSaved, choice.retired, name)}
            onClick={() => set(wasSaved ? { ...choice, retired: !choice.retired } : null)}
          >
            {wasSaved ? (choice.retired ? t("Offer again") : t("Offer no more")) : t("Take away")}
          </button>
        )}
      </p>
    </>
  );
}

function actText(wasSaved: boolean, retired: boolean, name: string): string {
  if (!wasSaved) return t("Take away {name}", { name });
  return retired ? t("Offer again: {name}", { name }) : t("Offer no more: {name}", { name });
}
