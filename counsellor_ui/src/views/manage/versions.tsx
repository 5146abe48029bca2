// SPDX-License-Identifier: AGPL-3.0-or-later
/** Earlier versions: who saved when, what differs from the form, and putting one back into the form. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "../../../../chat/browser/texts.ts";
import { content } from "../../desk/content_http.ts";
import type { Editor } from "../../desk/editor.ts";
import { Action, TroubleLine } from "../../parts/action.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { useLoaded } from "../../parts/loaded.ts";
import { dateText } from "../../parts/times.ts";
import type { Drafts, Kind, Values } from "../../state/manage/content.ts";
import { linesOf } from "../../state/manage/differences.ts";
import { DifferenceList } from "./difference_list.tsx";

interface VersionsProps<K extends Kind> {
  readonly kind: K;
  readonly editor: Editor<Values[K], Drafts[K]>;
  readonly close: () => void;
}

interface Looked<D> {
  readonly version: number;
  readonly draft: D;
}

export function VersionsDialog<K extends Kind>({ kind, editor, close }: VersionsProps<K>): JSX.Element {
  const versions = useLoaded(async () => (await content.versions(kind)).versions);
  const [looked, setLooked] = useState<Looked<Drafts[K]> | null>(null);
  const look = async (version: number): Promise<void> => {
    const { value } = await content.version(kind, version);
    setLooked({ version, draft: editor.draftOf(value) });
  };
  const draft = editor.state.value?.draft;
  const ours = [{ version: 0, at: null, alias: null }];
  return (
    <Dialog title={t("Earlier versions")} close={close} wide>
      <TroubleLine trouble={versions.trouble} />
      <ul class="rows versions">
        {[...(versions.value ?? []), ...ours].map(({ version, at, alias }) => (
          <li key={version} class="row-item" aria-current={looked?.version === version ? "true" : undefined}>
            <p>
              <strong>
                {at === null ? t("As it came with Kentering") : dateText(Date.parse(`${at}T12:00:00Z`))}
              </strong>
              {at !== null && <span class="small">{alias ?? t("somebody who has left")}</span>}
            </p>
            <Action work={() => look(version)}>{t("Compare")}</Action>
          </li>
        ))}
      </ul>
      {looked !== null && draft !== undefined && (
        <section aria-label={t("Compared")} class="compared">
          <DifferenceList
            before={linesOf(kind, looked.draft)}
            after={linesOf(kind, draft)}
            names={[t("That version"), t("In the form now")]}
          />
          <p class="row">
            <button
              type="button"
              class="button"
              onClick={() => {
                editor.edit(looked.draft);
                close();
              }}
            >
              {t("Put it into the form")}
            </button>
            <span class="small">{t("Nothing changes for anybody until you save.")}</span>
          </p>
        </section>
      )}
      <p>
        <button type="button" class="button" onClick={close}>
          {t("Close")}
        </button>
      </p>
    </Dialog>
  );
}
