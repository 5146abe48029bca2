// SPDX-License-Identifier: AGPL-3.0-or-later
/** After the end: four lists to choose from, no word to type. The text above stays until it is sent. */

import type { JSX } from "preact";
import { t } from "../../../chat/browser/texts.ts";
import { useApp } from "../parts/context.ts";
import type { Choice, Content } from "../state/content.ts";
import type { Conversation } from "../state/conversation.ts";
import type { WrapUp, WrapUpChange } from "../state/wrap_up.ts";
import { isWhole } from "../state/wrap_up.ts";
import { focusReply, focusRoom, wrapUpId } from "./focus.ts";

export function WrapUpForm({
  c,
  wrapUp,
  name,
}: {
  c: Conversation;
  wrapUp: WrapUp;
  name: string;
}): JSX.Element {
  const app = useApp();
  const content = app.content.value as Content; // without it no wrap-up begins
  const change = (what: WrapUpChange): void =>
    app.dispatch({ kind: "conversation", sid: c.sid, event: { kind: "wrap_up", change: what } });
  const whole = isWhole(wrapUp);
  const sending = wrapUp.state === "sending";
  const send = async (): Promise<void> => {
    if (!whole || sending) return;
    await app.closing.send(c.sid);
    if (app.desk.value.conversations.some(({ sid }) => sid === c.sid)) return;
    if (app.desk.value.selected === null) focusRoom();
    else focusReply(app.desk.value.selected);
  };
  const hint = `${wrapUpId(c.sid)}-hint`;
  return (
    <form
      class="wrap-up"
      aria-label={t("Wrap up {conversation}", { conversation: name })}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Group
        legend={t("What was it about?")}
        name={`matter-${c.sid}`}
        id={wrapUpId(c.sid)}
        choices={content.matters}
        chosen={wrapUp.matter}
        choose={(code) => change({ kind: "matter", code })}
      />
      <Group
        legend={t("Risk")}
        name={`wrap-risk-${c.sid}`}
        choices={content.risks}
        chosen={wrapUp.risk}
        choose={(code) => change({ kind: "risk", code })}
      />
      <Group
        legend={t("How did it end?")}
        name={`outcome-${c.sid}`}
        choices={content.outcomes}
        chosen={wrapUp.outcome}
        choose={(code) => change({ kind: "outcome", code })}
      />
      <fieldset class="choices">
        <legend>{t("Told about")}</legend>
        {content.referrals.map(({ code, text }) => (
          <label key={code} class="choice">
            <input
              type="checkbox"
              checked={wrapUp.referred.includes(code)}
              onChange={(event) => change({ kind: "referred", code, on: event.currentTarget.checked })}
            />
            {text}
          </label>
        ))}
      </fieldset>
      <label class="choice alone">
        <input
          type="checkbox"
          checked={wrapUp.heavy}
          onChange={(event) => change({ kind: "heavy", on: event.currentTarget.checked })}
        />
        {t("This was heavy for me")}
      </label>
      <p id={hint} class="small" role="status">
        {wrapUp.state === "unsent"
          ? t("It could not be sent. We try again by ourselves.")
          : !whole && t("Choose one in each of the first three.")}
      </p>
      <button type="submit" class="button primary" aria-disabled={!whole || sending} aria-describedby={hint}>
        {sending ? t("Sending") : t("Send, and put the text away")}
      </button>
    </form>
  );
}

interface GroupProps {
  readonly legend: string;
  readonly name: string;
  /** Of the choice the keyboard comes to first. */
  readonly id?: string;
  readonly choices: readonly Choice[];
  readonly chosen: string | null;
  readonly choose: (code: string) => void;
}

function Group({ legend, name, id, choices, chosen, choose }: GroupProps): JSX.Element {
  return (
    <fieldset class="choices">
      <legend>{legend}</legend>
      {choices.map(({ code, text }, i) => (
        <label key={code} class="choice">
          <input
            id={i === 0 ? id : undefined}
            type="radio"
            name={name}
            checked={chosen === code}
            onChange={() => choose(code)}
          />
          {text}
        </label>
      ))}
    </fieldset>
  );
}
