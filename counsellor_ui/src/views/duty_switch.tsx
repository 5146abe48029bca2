// SPDX-License-Identifier: AGPL-3.0-or-later
/** How I stand, at one glance, and the way to change it. Nobody comes on duty by signing in. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t, tn } from "../../../chat/browser/texts.ts";
import { DutyStatus } from "../../../chat/browser/wire.gen.ts";
import { useApp } from "../parts/context.ts";
import { Dialog } from "../parts/dialog.tsx";
import { languageText } from "../parts/times.ts";
import { durationText } from "../state/durations.ts";
import { held, statusText } from "../state/duty.ts";
import { remaining } from "../state/pause.ts";
import { ticked } from "../state/wrap_up.ts";
import { DUTY_ID } from "./focus.ts";

/** Until the organisation has set others: the languages the product is written in. */
const LANGUAGES = ["nl", "fr", "de", "en"];

export function DutySwitch(): JSX.Element {
  const app = useApp();
  const { status, languages, asked } = app.day.duty.value;
  const up = app.link.value === "up";
  const idle = !up || asked;
  const back = (): void => {
    app.closing.declinePause();
    void app.day.goOn(languages);
  };
  return (
    <section class={`duty duty-${status}`} aria-label={t("Your duty")}>
      <span class="duty-mark" aria-hidden="true" />
      <div class="duty-lines">
        <p class="duty-status" role="status">
          <strong>{statusText(status)}</strong>
          {status === DutyStatus.ON && (
            <span class="duty-more">{languages.map((tag) => languageText(tag)).join(", ")}</span>
          )}
          <Clock />
        </p>
        <Load />
      </div>
      {status === DutyStatus.ON && (
        <button
          type="button"
          class="button small-button"
          aria-disabled={idle}
          onClick={() => !idle && app.day.takeBreak()}
        >
          {t("Take a break")}
        </button>
      )}
      {status === DutyStatus.BREAK && (
        <button
          type="button"
          class="button small-button primary"
          aria-disabled={idle}
          onClick={() => !idle && back()}
        >
          {t("Back on duty")}
        </button>
      )}
      <button
        id={DUTY_ID}
        type="button"
        class={`button small-button ${status === DutyStatus.OFF ? "primary" : "quiet"}`}
        aria-disabled={!up}
        aria-haspopup="dialog"
        onClick={() => app.chooseDuty()}
      >
        {status === DutyStatus.OFF ? t("Go on duty") : t("Change")}
      </button>
    </section>
  );
}

/** The same in the head, wherever one is: short, and not read aloud a second time. */
export function DutyLine(): JSX.Element {
  const app = useApp();
  const { status, cap } = app.day.duty.value;
  return (
    <span class={`who-more duty-${status}`}>
      <span class="duty-mark" aria-hidden="true" />
      {statusText(status)}
      {status !== DutyStatus.OFF && `, ${held(app.desk.value)}/${cap}`}
    </span>
  );
}

/** On a break: for how long, or how much is left of a pause that was offered. Not read aloud each second. */
function Clock(): JSX.Element | null {
  const app = useApp();
  const { status, since } = app.day.duty.value;
  if (status !== DutyStatus.BREAK) return null;
  const pause = app.closing.pause.value;
  const now = app.clock.value;
  return (
    <span class="duty-clock" aria-live="off">
      {pause.kind === "taken"
        ? t("{time} left", { time: remaining(pause.until, now) })
        : durationText(now - since)}
    </span>
  );
}

function Load(): JSX.Element | null {
  const app = useApp();
  const { status, cap, heavy } = app.day.duty.value;
  if (cap === 0) return null;
  return (
    <p class="duty-load">
      {status !== DutyStatus.OFF && (
        <span>{t("{held} of {cap} conversations", { held: held(app.desk.value), cap })}</span>
      )}
      {heavy > 0 && <span>{tn("{n} heavy contact today", "{n} heavy contacts today", heavy)}</span>}
    </p>
  );
}

/** Languages to tick, and the three ways to stand. */
export function DutyDialog(): JSX.Element {
  const app = useApp();
  const { status } = app.day.duty.value;
  const there = app.content.value?.languages ?? LANGUAGES;
  const [languages, setLanguages] = useState(app.day.ticks(there));
  const none = languages.length === 0;
  const open = held(app.desk.value);
  const close = (): void => {
    app.day.choosing.value = false;
  };
  const goOn = (): void => {
    if (none) return;
    close();
    app.closing.declinePause();
    void app.day.goOn(languages);
  };
  return (
    <Dialog title={status === DutyStatus.OFF ? t("Go on duty") : t("Your duty")} close={close}>
      <fieldset class="ticks" aria-describedby="duty-none">
        <legend>{t("Languages you talk in today")}</legend>
        {there.map((tag) => (
          <label key={tag} class="check">
            <input
              type="checkbox"
              checked={languages.includes(tag)}
              onChange={(event) => setLanguages(ticked(languages, tag, event.currentTarget.checked))}
            />
            {languageText(tag)}
          </label>
        ))}
      </fieldset>
      <p id="duty-none" class="small" role="status">
        {none && t("Tick at least one language.")}
      </p>
      <p class="small">
        {t(
          "While you are on duty this desk makes a soft sound when somebody waits. If your browser asks, allow notifications: they say that somebody waits, and nothing else.",
        )}
      </p>
      {status !== DutyStatus.OFF && open > 0 && (
        <p class="small">
          {tn(
            "Off duty you keep your {n} conversation, and nobody new comes.",
            "Off duty you keep your {n} conversations, and nobody new comes.",
            open,
          )}
        </p>
      )}
      <p class="row">
        <button type="button" class="button primary" aria-disabled={none} onClick={goOn}>
          {status === DutyStatus.ON ? t("Stay on duty with these") : t("Go on duty")}
        </button>
        {status !== DutyStatus.OFF && (
          <button
            type="button"
            class="button"
            onClick={() => {
              close();
              app.closing.declinePause();
              app.day.goOff();
            }}
          >
            {t("Go off duty")}
          </button>
        )}
        <button type="button" class="button quiet" onClick={close}>
          {t("Cancel")}
        </button>
      </p>
    </Dialog>
  );
}
