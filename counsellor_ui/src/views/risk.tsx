// SPDX-License-Identifier: AGPL-3.0-or-later
/** Beside the conversation: how dangerous it is, and what the organisation does then. Ticks stay in this tab. */

import type { JSX } from "preact";
import { t } from "../../../chat/browser/texts.ts";
import { Risk } from "../../../chat/browser/wire.gen.ts";
import { useApp } from "../parts/context.ts";
import type { Procedure } from "../state/content.ts";
import { RISKS, riskText } from "../state/content.ts";
import type { Conversation } from "../state/conversation.ts";
import { focusReply, riskId } from "./focus.ts";

export function RiskCard({ c, name }: { c: Conversation; name: string }): JSX.Element {
  const app = useApp();
  const procedure = app.content.value?.procedure ?? null;
  const close = (): void => {
    app.judging.value = null;
    focusReply(c.sid);
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.key === "Escape") close();
  };
  return (
    <section
      class="risk-card"
      aria-label={t("Risk in {conversation}", { conversation: name })}
      onKeyDown={keys}
    >
      <fieldset class="choices">
        <legend>{t("How dangerous is it, for a child or for this person?")}</legend>
        {RISKS.map((risk) => (
          <label key={risk} class={`choice risk-${risk}`}>
            <input
              id={risk === c.risk ? riskId(c.sid) : undefined}
              type="radio"
              name={`risk-${c.sid}`}
              checked={c.risk === risk}
              onChange={() => app.day.setRisk(c.sid, risk)}
            />
            {riskText(risk)}
          </label>
        ))}
      </fieldset>
      <p class="small">{t("Imminent danger calls every supervisor on duty at once.")}</p>
      {c.risk !== Risk.NONE &&
        (procedure === null ? (
          <p class="small">{t("Your organisation has not written a procedure.")}</p>
        ) : (
          <ProcedureCard c={c} procedure={procedure} />
        ))}
      <p class="row">
        <button type="button" class="button small-button" onClick={() => app.day.askHelp(c.sid)}>
          {t("Call a supervisor")}
        </button>
        <button type="button" class="button small-button quiet" onClick={close}>
          {t("Close")}
        </button>
      </p>
    </section>
  );
}

function ProcedureCard({ c, procedure }: { c: Conversation; procedure: Procedure }): JSX.Element {
  const app = useApp();
  const tick = (code: string, on: boolean): void =>
    app.dispatch({ kind: "conversation", sid: c.sid, event: { kind: "tick", code, on } });
  return (
    <div class="procedure">
      <h3>{t("Procedure")}</h3>
      {procedure.draft && <p class="warning">{t("A draft: your organisation has not approved it.")}</p>}
      <p class="procedure-text">{procedure.text}</p>
      {procedure.checklist.map((step, i) => (
        // The list is the organisation's and does not change while it is shown: its place names a step.
        <label key={step} class="check">
          <input
            type="checkbox"
            checked={c.ticks.includes(String(i))}
            onChange={(event) => tick(String(i), event.currentTarget.checked)}
          />
          {step}
        </label>
      ))}
      <p class="small">{t("What you tick stays in this tab. This desk passes nothing on by itself.")}</p>
    </div>
  );
}
