// SPDX-License-Identifier: AGPL-3.0-or-later
/** One's own quick replies, which nobody else sees. */

import type { JSX } from "preact";
import { t } from "../../../../chat/browser/texts.ts";
import { useApp } from "../../parts/context.ts";
import type { QuickReplies } from "../../state/manage/content.ts";
import type { Labelled } from "../../state/manage/differences.ts";
import { linesOf } from "../../state/manage/differences.ts";
import { countProblems } from "../../state/manage/replies.ts";
import { Editable } from "./edit_page.tsx";
import { ReplyLanguages } from "./replies.tsx";

const lines = (draft: QuickReplies): readonly Labelled[] => linesOf("quick_replies", draft);

export function OwnRepliesView(): JSX.Element {
  const app = useApp();
  return (
    <main class="page wide manage-page">
      <h1>{t("Your quick replies")}</h1>
      <p>
        {t(
          "Only you see and use these; colleagues and managers don't. You find them by typing / and the name, before those of everybody.",
        )}
      </p>
      <Editable editor={app.manage.mine} problems={countProblems} lines={lines}>
        {(draft, change) => (
          <ReplyLanguages
            draft={draft}
            languages={[...new Set([...app.manage.offered.value, ...Object.keys(draft.languages)])]}
            change={change}
          />
        )}
      </Editable>
    </main>
  );
}
