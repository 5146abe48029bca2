// SPDX-License-Identifier: AGPL-3.0-or-later
/** Quick replies of one language, for everybody or for oneself: named, written, put in order. */

import type { JSX } from "preact";
import { t } from "../../../../chat/browser/texts.ts";
import { useEntries } from "../../parts/entries.ts";
import { languageText } from "../../parts/times.ts";
import type { QuickReplies, QuickReply } from "../../state/manage/content.ts";
import { moved, replaced } from "../../state/manage/content.ts";
import {
  added,
  countProblems,
  LONGEST_NAME,
  LONGEST_TEXT,
  MOST_REPLIES,
  replyProblems,
  replyProblemText,
  withLanguage,
} from "../../state/manage/replies.ts";
import { EditPage } from "./edit_page.tsx";
import { Field, Move } from "./fields.tsx";
import { LanguageChoice, useLanguages } from "./language_choice.tsx";

export function RepliesPage(): JSX.Element {
  return (
    <>
      <p>
        {t(
          "Everybody at the desk finds these by typing / and the name, and can change the text before sending it.",
        )}
      </p>
      <EditPage kind="quick_replies" problems={countProblems}>
        {(draft, change) => <SharedReplies draft={draft} change={change} />}
      </EditPage>
    </>
  );
}

interface SharedProps {
  readonly draft: QuickReplies;
  readonly change: (draft: QuickReplies) => void;
}

function SharedReplies({ draft, change }: SharedProps): JSX.Element {
  const languages = useLanguages(Object.keys(draft.languages));
  return <ReplyLanguages draft={draft} languages={languages} change={change} />;
}

interface ReplyLanguagesProps extends SharedProps {
  readonly languages: readonly string[];
}

export function ReplyLanguages({ draft, languages, change }: ReplyLanguagesProps): JSX.Element {
  return (
    <LanguageChoice
      languages={languages}
      mark={(language) => ((draft.languages[language] ?? []).length === 0 ? t("none") : null)}
    >
      {(language) => (
        <ReplyList
          language={language}
          all={draft.languages[language] ?? []}
          change={(all) => change(withLanguage(draft, language, all))}
        />
      )}
    </LanguageChoice>
  );
}

interface ReplyListProps {
  readonly language: string;
  readonly all: readonly QuickReply[];
  readonly change: (all: readonly QuickReply[]) => void;
}

function ReplyList({ language, all, change }: ReplyListProps): JSX.Element {
  const place = useEntries<HTMLOListElement>(all.length);
  return (
    <>
      <ol
        ref={place}
        tabIndex={-1}
        class="rows"
        aria-label={t("Quick replies in {language}", { language: languageText(language) })}
      >
        {all.map((reply, index) => (
          <li key={reply.id} class="row-item editable" data-entry>
            <Reply all={all} index={index} language={language} change={change} />
          </li>
        ))}
      </ol>
      {all.length < MOST_REPLIES && (
        <button type="button" class="button" onClick={() => change(added(all))}>
          {t("Add a quick reply")}
        </button>
      )}
    </>
  );
}

interface ReplyProps extends ReplyListProps {
  readonly index: number;
}

function Reply({ all, index, language, change }: ReplyProps): JSX.Element | null {
  const reply = all[index];
  if (reply === undefined) return null;
  const problems = replyProblems(all, index);
  const said = (of: readonly string[]): string | null => {
    const found = problems.filter((problem) => of.includes(problem)).map(replyProblemText);
    return found.length === 0 ? null : found.join(" ");
  };
  const set = (part: Partial<QuickReply>): void => change(replaced(all, index, { ...reply, ...part }));
  const name = reply.name.trim() || t("a new one");
  return (
    <>
      <Field
        label={t("Name")}
        short
        longest={LONGEST_NAME}
        language={language}
        value={reply.name}
        problem={said(["no_name", "twice"])}
        change={(text) => set({ name: text })}
      />
      <Field
        label={t("Text")}
        rows={3}
        longest={LONGEST_TEXT}
        language={language}
        value={reply.text}
        problem={said(["no_text", "link"])}
        change={(text) => set({ text })}
      />
      <p class="row">
        <Move
          name={name}
          first={index === 0}
          last={index === all.length - 1}
          move={(by) => change(moved(all, index, by))}
        />
        <button
          type="button"
          class="button small-button"
          aria-label={t("Take away {name}", { name })}
          onClick={() => change(replaced(all, index, null))}
        >
          {t("Take away")}
        </button>
      </p>
    </>
  );
}
