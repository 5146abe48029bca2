// SPDX-License-Identifier: AGPL-3.0-or-later
/** What all pages share on which something is edited: loading, saving by hand, conflicts, earlier versions. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t, tn } from "../../../../chat/browser/texts.ts";
import type { Editor } from "../../desk/editor.ts";
import { Action, TroubleLine } from "../../parts/action.tsx";
import { Asked } from "../../parts/asked.tsx";
import { useApp } from "../../parts/context.ts";
import { timeText } from "../../parts/times.ts";
import type { Drafts, Kind, Values } from "../../state/manage/content.ts";
import { linesOf } from "../../state/manage/differences.ts";
import type { Editing } from "../../state/manage/editing.ts";
import { DifferenceList } from "./difference_list.tsx";
import { VersionsDialog } from "./versions.tsx";

interface EditPageProps<K extends Kind> {
  readonly kind: K;
  /** How many things have to be put right before it can be saved. */
  readonly problems: (draft: Drafts[K]) => number;
  readonly children: (draft: Drafts[K], change: (draft: Drafts[K]) => void) => ComponentChildren;
}

export function EditPage<K extends Kind>({ kind, problems, children }: EditPageProps<K>): JSX.Element {
  const app = useApp();
  const editor = app.manage.editors[kind] as unknown as Editor<Values[K], Drafts[K]>;
  const [looking, setLooking] = useState(false);
  return (
    <Editable
      editor={editor}
      problems={problems}
      lines={(draft) => linesOf(kind, draft)}
      more={
        <button type="button" class="button quiet" onClick={() => setLooking(true)}>
          {t("Earlier versions")}
        </button>
      }
    >
      {(draft, change) => (
        <>
          {children(draft, change)}
          {looking && <VersionsDialog kind={kind} editor={editor} close={() => setLooking(false)} />}
        </>
      )}
    </Editable>
  );
}

interface EditableProps<V, D> {
  readonly editor: Editor<V, D>;
  readonly problems: (draft: D) => number;
  readonly lines: (draft: D) => ReturnType<typeof linesOf>;
  readonly more?: ComponentChildren;
  readonly children: (draft: D, change: (draft: D) => void) => ComponentChildren;
}

export function Editable<V, D>(props: EditableProps<V, D>): JSX.Element {
  const { editor, problems, lines, more, children } = props;
  useEffect(() => void editor.load(), [editor]);
  const state = editor.state.value;
  const count = state === null ? 0 : problems(state.draft);
  const ready = count === 0 && editor.unsaved.value && state?.theirs === null;
  const save = (): void => {
    if (ready) void editor.save();
  };
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault(); // the browser would offer to save the page
      save();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  });
  if (state === null) {
    return editor.trouble.value === null ? (
      <p role="status">{t("One moment")}</p>
    ) : (
      <>
        <TroubleLine trouble={editor.trouble.value} />
        <Action work={() => editor.load()}>{t("Try again")}</Action>
      </>
    );
  }
  return (
    <>
      {state.theirs !== null && <Conflict editor={editor} lines={lines} />}
      <div class="editing">{children(state.draft, (draft) => editor.edit(draft))}</div>
      <div class="save-bar">
        <p role="status" class={editor.unsaved.value ? "save-state unsaved" : "save-state"}>
          {stateText(state, editor.busy.value, editor.unsaved.value, count)}
        </p>
        {more}
        {editor.unsaved.value && (
          <Asked
            first={t("Undo the changes")}
            question={t("Everything since the last saving is lost.")}
            work={async () => editor.undo()}
          >
            {t("Undo them")}
          </Asked>
        )}
        <button
          type="button"
          class="button primary"
          aria-disabled={!ready || editor.busy.value}
          onClick={save}
        >
          {t("Save")}
        </button>
        <TroubleLine trouble={editor.trouble.value} />
      </div>
    </>
  );
}

function stateText(state: Editing<unknown>, busy: boolean, unsaved: boolean, problems: number): string {
  if (busy) return t("One moment");
  if (state.theirs !== null) return t("Choose first what to keep.");
  if (unsaved && problems > 0)
    return tn(
      "Not saved. {n} thing has to be put right first.",
      "Not saved. {n} things have to be put right first.",
      problems,
    );
  if (unsaved) return t("Not saved yet");
  if (state.savedAt !== null)
    return t("Saved at {time}. It holds from now on.", { time: timeText(state.savedAt) });
  return t("Everything is saved");
}

function Conflict<V, D>({
  editor,
  lines,
}: {
  editor: Editor<V, D>;
  lines: (draft: D) => ReturnType<typeof linesOf>;
}): JSX.Element | null {
  const state = editor.state.value;
  if (state === null || state.theirs === null) return null;
  return (
    <section class="conflict" aria-labelledby="conflict-title">
      <h2 id="conflict-title">{t("Somebody else saved this meanwhile")}</h2>
      <p role="alert">
        {t("Nothing of yours is lost, and nothing of theirs is overwritten yet. Look at both, then choose.")}
      </p>
      <DifferenceList
        before={lines(state.theirs.value)}
        after={lines(state.draft)}
        names={[t("Theirs"), t("Yours")]}
      />
      <p class="row">
        <button type="button" class="button" onClick={() => editor.takeTheirs()}>
          {t("Take theirs, drop mine")}
        </button>
        <button type="button" class="button" onClick={() => editor.keepOurs()}>
          {t("Keep mine, and save it next")}
        </button>
      </p>
    </section>
  );
}
