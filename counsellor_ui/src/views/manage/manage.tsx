// SPDX-License-Identifier: AGPL-3.0-or-later
/** The frame of the pages for managing: which there are, and the one that is open. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../../../chat/browser/texts.ts";
import { useApp } from "../../parts/context.ts";
import type { ManagePage } from "../../state/manage/pages.ts";
import { GROUPS, groupText, pagesOf, pageText } from "../../state/manage/pages.ts";
import { ActionsPage } from "./actions.tsx";
import { ChoicesPage } from "./choices.tsx";
import { FiguresPage } from "./figures.tsx";
import { HoursPage } from "./hours.tsx";
import { LimitsPage } from "./limits.tsx";
import { LinesPage } from "./lines.tsx";
import { LostDevicePage } from "./lost_device.tsx";
import { ProcedurePage } from "./procedure.tsx";
import { RepliesPage } from "./replies.tsx";
import { TextsPage } from "./texts.tsx";

export function ManageView(): JSX.Element {
  const app = useApp();
  const pages = pagesOf(app.me.value?.person.roles ?? []);
  const chosen = app.manage.page.value;
  const page = pages.includes(chosen) ? chosen : pages[0];
  const title = useRef<HTMLHeadingElement>(null);
  const shown = useRef(page);
  // Who chose a page by keyboard goes on reading there, not at the top of the list.
  useEffect(() => {
    if (shown.current !== page) title.current?.focus();
    shown.current = page;
  }, [page]);
  if (page === undefined) return <main class="page" />;
  return (
    <div class="manage">
      <nav class="manage-pages" aria-label={t("Pages for managing")}>
        {GROUPS.map(({ group, pages: within }) => {
          const allowed = within.filter((one) => pages.includes(one));
          if (allowed.length === 0) return null;
          return (
            <div key={group} class="manage-group">
              <p id={`manage-${group}`}>{groupText(group)}</p>
              <ul aria-labelledby={`manage-${group}`}>
                {allowed.map((one) => (
                  <li key={one}>
                    <PageButton page={one} here={one === page} />
                  </li>
                ))}
              </ul>
            </div>
          );
        })}
      </nav>
      <main class="page wide manage-page">
        <h1 ref={title} tabIndex={-1}>
          {pageText(page)}
        </h1>
        <Page page={page} />
      </main>
    </div>
  );
}

function PageButton({ page, here }: { page: ManagePage; here: boolean }): JSX.Element {
  const app = useApp();
  return (
    <button
      type="button"
      class="manage-choice"
      aria-current={here ? "page" : undefined}
      onClick={() => {
        app.manage.page.value = page;
      }}
    >
      {pageText(page)}
      {app.manage.unsaved(page) && <span class="hint-mark">{t("not saved")}</span>}
    </button>
  );
}

function Page({ page }: { page: ManagePage }): JSX.Element {
  switch (page) {
    case "hours":
      return <HoursPage />;
    case "texts":
      return <TextsPage />;
    case "lines":
      return <LinesPage />;
    case "quick_replies":
      return <RepliesPage />;
    case "choices":
      return <ChoicesPage />;
    case "procedure":
      return <ProcedurePage />;
    case "limits":
      return <LimitsPage />;
    case "lost_device":
      return <LostDevicePage />;
    case "actions":
      return <ActionsPage />;
    case "figures":
      return <FiguresPage />;
  }
}
