// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Among staff: what is said here never reaches a help-seeker.
 *
 * It has its own place beside the waiting room, its own colour, its own field and its own draft. Nothing
 * of a conversation's pane is used here, no shortcut leads into its field, and the field says each time
 * whom it goes to.
 */

import type { JSX } from "preact";
import { flaw, tidy } from "../../../chat/browser/guard.ts";
import { t, tn } from "../../../chat/browser/texts.ts";
import { DutyStatus } from "../../../chat/browser/wire.gen.ts";
import { useApp } from "../parts/context.ts";
import { timeText } from "../parts/times.ts";
import type { SideEnd, SideTalk } from "../state/side_talk.ts";
import { talkWith } from "../state/side_talk.ts";
import { stateText } from "./words.ts";

export function SideChannelView(): JSX.Element {
  const app = useApp();
  const talks = app.side.talks.value;
  const shown = talkWith(talks, talks.shown);
  return (
    <section class="among-staff" aria-labelledby="among-staff-title">
      <h2 id="among-staff-title">{t("Among staff")}</h2>
      <p class="small">{t("Only staff sees this. Nothing written here reaches a help-seeker.")}</p>
      <button
        type="button"
        class="button small-button"
        aria-expanded={app.side.looking.value}
        onClick={() => {
          app.side.looking.value = !app.side.looking.value;
        }}
      >
        {t("Colleagues on duty")}
      </button>
      {(app.side.looking.value || talks.talks.length > 0) && <Colleagues />}
      {shown !== null && <Talk talk={shown} />}
    </section>
  );
}

function Colleagues(): JSX.Element {
  const app = useApp();
  const me = app.staff;
  const talks = app.side.talks.value;
  const there = app.day.board.value.people.filter(
    (person) => person.staff !== me && person.status !== DutyStatus.OFF,
  );
  const gone = talks.talks.filter((talk) => !there.some((person) => person.device === talk.device));
  if (there.length + gone.length === 0) return <p class="small">{t("No colleague is on duty.")}</p>;
  return (
    <ul class="among-staff-list">
      {there.map((person) => (
        <li key={person.device}>
          <button
            type="button"
            class="button small-button"
            aria-pressed={talks.shown === person.device}
            onClick={() => app.side.open(person.device, person.staff)}
          >
            {t("Write to {name}", { name: person.alias })}
            <Unread count={talkWith(talks, person.device)?.unread ?? 0} />
          </button>
        </li>
      ))}
      {gone.map((talk) => (
        <li key={talk.device}>
          <button
            type="button"
            class="button small-button"
            aria-pressed={talks.shown === talk.device}
            onClick={() => app.side.show(talk.device)}
          >
            {talk.name ?? t("A colleague")}
            <Unread count={talk.unread} />
          </button>
        </li>
      ))}
    </ul>
  );
}

function Unread({ count }: { count: number }): JSX.Element | null {
  return count === 0 ? null : <span class="unread">{tn("{n} new", "{n} new", count)}</span>;
}

function Talk({ talk }: { talk: SideTalk }): JSX.Element {
  const app = useApp();
  const name = talk.name ?? app.day.board.value.people.find((p) => p.device === talk.device)?.alias;
  const colleague = name ?? t("A colleague");
  const text = tidy(talk.draft);
  const sendable = talk.stage !== "over" && flaw(text) === null;
  const send = (): void => {
    if (sendable) void app.side.say(talk.device, text);
  };
  const field = "among-staff-field";
  return (
    <div class="among-staff-talk">
      <div
        class="among-staff-log"
        role="log"
        aria-label={t("What {name} and you wrote, among staff", { name: colleague })}
        aria-relevant="additions"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and so must be reached by keyboard (WCAG 2.1.1)
        tabIndex={0}
      >
        {talk.lines.map((line) => (
          <div key={line.mid} class={`side-line ${line.from}`}>
            <p class="small">
              {line.from === "own" ? t("You") : colleague}, {timeText(line.at * 1000)}
              {line.from === "own" && line.state !== "delivered" && `, ${sideStateText(line.state, talk)}`}
            </p>
            <p class="line-text" dir="auto">
              {line.text}
            </p>
          </div>
        ))}
      </div>
      <p class="small" role="status">
        {standingText(talk, colleague)}
      </p>
      {talk.stage !== "over" && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            send();
          }}
        >
          <label for={field} class="small">
            {t("To {name}, only staff sees this", { name: colleague })}
          </label>
          <textarea
            id={field}
            rows={2}
            dir="auto"
            autoComplete="off"
            value={talk.draft}
            onInput={(event) => app.side.draft(talk.device, event.currentTarget.value)}
          />
          <p class="row">
            <button type="submit" class="button small-button" disabled={!sendable}>
              {t("Send to {name}, among staff", { name: colleague })}
            </button>
          </p>
        </form>
      )}
      <p class="row">
        <button type="button" class="button small-button" onClick={() => app.side.show(null)}>
          {t("Hide")}
        </button>
        <button type="button" class="button small-button" onClick={() => void app.side.close(talk.device)}>
          {t("Close and delete")}
        </button>
      </p>
    </div>
  );
}

function sideStateText(state: SideTalk["lines"][number]["state"], talk: SideTalk): string {
  if (talk.stage === "over") return t("Not delivered");
  return state === "sent" ? stateText({ state: "kept" }) : stateText({ state });
}

function standingText(talk: SideTalk, name: string): string {
  switch (talk.stage) {
    case "opening":
      return t("The two browsers are finding each other. What you write waits here.");
    case "open":
      return "";
    case "away":
      return t("{name}'s desk is not open now. What you write waits here.", { name });
    case "over":
      return endText(talk.end, name);
  }
}

function endText(end: SideEnd | null, name: string): string {
  switch (end) {
    case "they_closed":
      return t("{name} closed this. Write again to begin anew.", { name });
    case "lost_here":
      return t(
        "This tab was loaded again, and what was said among staff is gone. Write again to begin anew.",
      );
    case "lost_there":
      return t("{name}'s tab was loaded again, and has lost this. Write again to begin anew.", { name });
    case "refused":
      return t("What came from {name} could not be read, so this was closed.", { name });
    default:
      return t("This is closed.");
  }
}
