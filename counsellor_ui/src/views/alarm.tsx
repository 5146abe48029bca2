// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * A colleague calls. It is heard at once and stays in sight, but takes neither the focus nor the screen:
 * who is in the middle of a sentence finishes it.
 */

import type { JSX } from "preact";
import { t } from "../../../chat/browser/texts.ts";
import { AlarmKind } from "../../../chat/browser/wire.gen.ts";
import { useApp } from "../parts/context.ts";
import { languageText } from "../parts/times.ts";
import type { AlarmShown } from "../state/alarms.ts";
import { durationText } from "../state/durations.ts";
import { ALARM_ID } from "./focus.ts";

export function AlarmStrip(): JSX.Element {
  const app = useApp();
  const { shown, own } = app.day.alarms.value;
  return (
    <section class="alarms" aria-label={t("Calls for a supervisor")}>
      <div role="alert">
        {shown.map(
          (alarm) =>
            alarm.answeredBy === null && (
              <p key={alarm.id} class="visually-hidden">
                {callText(alarm, app.day.aliasOf(alarm.staff))}
              </p>
            ),
        )}
      </div>
      {shown.map((alarm, i) => (
        <AlarmRow key={alarm.id} alarm={alarm} first={i === 0} />
      ))}
      <div role="status">{own !== null && <OwnCallRow answeredBy={own.answeredBy} since={own.since} />}</div>
    </section>
  );
}

function callText(alarm: AlarmShown, alias: string | null): string {
  const who = alias ?? t("A colleague");
  return alarm.kind === AlarmKind.IMMINENT
    ? t("{who} sees imminent danger", { who })
    : t("{who} asks for help", { who });
}

function AlarmRow({ alarm, first }: { alarm: AlarmShown; first: boolean }): JSX.Element {
  const app = useApp();
  const talk = app.day.board.value.talks.find(({ sid }) => sid === alarm.sid);
  const answered = alarm.answeredBy;
  return (
    <div class={`alarm ${answered === null ? "open" : "answered"}`}>
      <p>
        <strong>{callText(alarm, app.day.aliasOf(alarm.staff))}</strong>
        <span class="alarm-facts">
          {talk !== undefined &&
            `${languageText(talk.language)}, ${t("open for {minutes} min", { minutes: talk.minutes })}, `}
          {t("called {time} ago", { time: durationText(app.clock.value - alarm.since) })}
        </span>
      </p>
      {answered === null ? (
        <button
          id={first ? ALARM_ID : undefined}
          type="button"
          class="button primary"
          onClick={() => app.day.answerAlarm(alarm.id)}
        >
          {t("I'm on it")}
        </button>
      ) : (
        <>
          <p role="status">{answeredText(answered, app.staff, app.day.aliasOf(answered))}</p>
          <button type="button" class="button small-button" onClick={() => app.day.putAlarmAway(alarm.id)}>
            {t("Put away")}
          </button>
        </>
      )}
    </div>
  );
}

function answeredText(by: string, me: string | null, alias: string | null): string {
  if (by === me) return t("You are on it.");
  return t("{who} is on it.", { who: alias ?? t("A supervisor") });
}

/** What became of one's own call. */
function OwnCallRow({ answeredBy, since }: { answeredBy: string | null; since: number }): JSX.Element {
  const app = useApp();
  return (
    <div class={`alarm own ${answeredBy === null ? "open" : "answered"}`}>
      <p>
        <strong>
          {answeredBy === null
            ? t("Every supervisor on duty is called.")
            : answeredText(answeredBy, app.staff, app.day.aliasOf(answeredBy))}
        </strong>
        {answeredBy === null && (
          <span class="alarm-facts">
            {t("Nobody has answered yet, {time}.", { time: durationText(app.clock.value - since) })}
          </span>
        )}
      </p>
      <button type="button" class="button small-button" onClick={() => app.day.putOwnAway()}>
        {t("Put away")}
      </button>
    </div>
  );
}
