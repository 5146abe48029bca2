// SPDX-License-Identifier: AGPL-3.0-or-later
/** Into whose hands, and what they may be told. The help-seeker is asked in every case. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { bytesOf, flaw, tidy } from "../../../chat/browser/guard.ts";
import { MAX_LINE } from "../../../chat/browser/sealing/api.ts";
import { t } from "../../../chat/browser/texts.ts";
import { Action } from "../parts/action.tsx";
import { useApp } from "../parts/context.ts";
import { Dialog } from "../parts/dialog.tsx";
import { languageText } from "../parts/times.ts";
import { find } from "../state/desk.ts";
import { labelText } from "../state/labels.ts";
import { focusReply } from "./focus.ts";

/** Chosen instead of a colleague. */
const WHOEVER = "";

export function HandoverDialog({ sid }: { sid: string }): JSX.Element | null {
  const app = useApp();
  const c = find(app.desk.value, sid);
  const [to, setTo] = useState<string | null>(null);
  const [summary, setSummary] = useState("");
  const close = (): void => {
    app.joining.handing.value = null;
  };
  if (c === null || c.stage === "ended") return null;
  const text = tidy(summary);
  const tooLong = bytesOf(text) > MAX_LINE;
  const problem = text !== "" && (tooLong || flaw(text) === "link");
  const ask = async (): Promise<void> => {
    if (to === null || problem) return;
    const asked =
      to === WHOEVER ? await app.joining.giveBack(sid, text) : await app.joining.handOver(sid, to, text);
    if (!asked) return;
    close();
    focusReply(sid);
  };
  return (
    <Dialog title={t("Who goes on with {conversation}?", { conversation: labelText(c.label) })} close={close}>
      <p>{t("The other person is asked, by name. If they say no, they stay with you.")}</p>
      <fieldset class="choices">
        <legend>{t("To whom")}</legend>
        {app.joining.others.map((person) => (
          <label key={person.staff} class="choice">
            <input
              type="radio"
              name="handover-to"
              checked={to === person.staff}
              onChange={() => setTo(person.staff)}
            />
            {person.alias}
            <span class="small">
              {person.languages.includes(c.language)
                ? t("speaks {language}", { language: languageText(c.language) })
                : t("not on duty for {language}", { language: languageText(c.language) })}
            </span>
          </label>
        ))}
        <label class="choice">
          <input type="radio" name="handover-to" checked={to === WHOEVER} onChange={() => setTo(WHOEVER)} />
          {t("Whoever is next: first in the waiting room")}
        </label>
      </fieldset>
      <p class="field">
        <label for="handover-summary">{t("A summary for them, if you like")}</label>
        <textarea
          id="handover-summary"
          rows={4}
          dir="auto"
          autoComplete="off"
          value={summary}
          aria-describedby="handover-hint"
          onInput={(event) => setSummary(event.currentTarget.value)}
        />
        <span id="handover-hint" class="small" role="status">
          {problem
            ? tooLong
              ? t("This is too long for one message.")
              : t("Links are not sent. Say where it can be found instead.")
            : t("The other person reads it first, and it is passed on only if they say yes.")}
        </span>
      </p>
      <p class="row">
        <button type="button" class="button" onClick={close}>
          {t("Keep the conversation")}
        </button>
        {to !== null && !problem && (
          <Action look="primary" work={ask}>
            {t("Ask them")}
          </Action>
        )}
      </p>
    </Dialog>
  );
}
