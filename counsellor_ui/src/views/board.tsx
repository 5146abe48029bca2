// SPDX-License-Identifier: AGPL-3.0-or-later
/** For supervisors: who is there, what is open and for how long, what is dangerous. Nothing anybody wrote. */

import type { ComponentChildren, JSX } from "preact";
import { t, tn } from "../../../chat/browser/texts.ts";
import { DutyStatus, Risk } from "../../../chat/browser/wire.gen.ts";
import { useApp } from "../parts/context.ts";
import { memo } from "../parts/memo.ts";
import { languageText } from "../parts/times.ts";
import type { Colleague, Talk } from "../state/board.ts";
import { onDuty } from "../state/board.ts";
import { riskText } from "../state/content.ts";
import { durationText, MINUTE } from "../state/durations.ts";
import { statusText } from "../state/duty.ts";
import { longest } from "../state/waiting_room.ts";
import { IntakeView } from "./intake.tsx";

export function BoardView(): JSX.Element {
  const app = useApp();
  const { people, talks } = app.day.board.value;
  return (
    <main class="page wide board">
      <h1>{t("Board")}</h1>
      <Summary />
      <section aria-labelledby="board-talks">
        <h2 id="board-talks">
          {t("Open conversations")} <span class="count">{talks.length}</span>
        </h2>
        {talks.length === 0 ? <p class="small">{t("No conversation is open.")}</p> : <Talks />}
      </section>
      <section aria-labelledby="board-people">
        <h2 id="board-people">
          {t("Who is here")} <span class="count">{people.length}</span>
        </h2>
        {people.length === 0 ? <p class="small">{t("Nobody's desk is open.")}</p> : <People />}
      </section>
      <IntakeView />
    </main>
  );
}

function Summary(): JSX.Element {
  const app = useApp();
  const { room } = app.desk.value;
  const most = longest(room);
  const duty = onDuty(app.day.board.value);
  return (
    <p class="board-summary">
      <span>{tn("{n} on duty", "{n} on duty", duty)}</span>
      <span>{tn("{n} waits", "{n} wait", room.total)}</span>
      {most !== null && (
        <span>{t("the longest for {time}", { time: durationText(app.clock.value - most.since) })}</span>
      )}
    </p>
  );
}

function Table({
  label,
  heads,
  children,
}: {
  label: string;
  heads: readonly string[];
  children: ComponentChildren;
}): JSX.Element {
  return (
    // biome-ignore lint/a11y/useSemanticElements: the section around it has a title of its own
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways where it does not fit (WCAG 2.1.1)
    <div class="table-frame" role="group" aria-label={label} tabIndex={0}>
      <table class="table">
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

function Talks(): JSX.Element {
  const app = useApp();
  const { talks } = app.day.board.value;
  const { join } = app.members;
  const name = (staff: string | null): string =>
    staff === null ? "" : (app.day.aliasOf(staff) ?? t("Not here now"));
  return (
    <Table
      label={t("Open conversations")}
      heads={[t("Counsellor"), t("Language"), t("Open for"), t("Risk"), t("Supervisor"), t("Joining")]}
    >
      {talks.map((talk) => (
        <TalkRow
          key={talk.sid}
          talk={talk}
          counsellor={name(talk.staff)}
          supervisor={name(talk.supervisor)}
          join={talk.supervisor === null && talk.staff !== app.staff ? join : null}
        />
      ))}
    </Table>
  );
}

const TalkRow = memo(function TalkRow({
  talk,
  counsellor,
  supervisor,
  join,
}: {
  talk: Talk;
  counsellor: string;
  supervisor: string;
  /** Null: somebody supervises it, or it is one's own. */
  join: ((sid: string) => void) | null;
}): JSX.Element {
  return (
    <tr class={`risk-${talk.risk}`}>
      <th scope="row">{counsellor}</th>
      <td>{languageText(talk.language)}</td>
      <td class="number">{durationText(talk.minutes * MINUTE)}</td>
      <td>
        {talk.risk === Risk.NONE ? (
          <span class="nothing">{riskText(talk.risk)}</span>
        ) : (
          <strong>{riskText(talk.risk)}</strong>
        )}
      </td>
      <td>{supervisor}</td>
      <td>
        {join !== null && (
          <button type="button" class="button small-button" onClick={() => join(talk.sid)}>
            {t("Ask to join")}
            <span class="visually-hidden"> {counsellor}</span>
          </button>
        )}
      </td>
    </tr>
  );
});

function People(): JSX.Element {
  const app = useApp();
  const { people } = app.day.board.value;
  const now = app.clock.value;
  return (
    <Table
      label={t("Who is here")}
      heads={[t("Name"), t("Duty"), t("Languages"), t("Conversations"), t("Heavy today")]}
    >
      {people.map((person) => (
        <PersonRow
          key={person.device}
          person={person}
          minutes={Math.max(0, Math.floor((now - person.since) / MINUTE))}
        />
      ))}
    </Table>
  );
}

const PersonRow = memo(function PersonRow({
  person,
  minutes,
}: {
  person: Colleague;
  minutes: number;
}): JSX.Element {
  const { alias, supervisor, status, languages, conversations, heavy } = person;
  return (
    <tr class={`duty-${status}`}>
      <th scope="row">
        {alias} {supervisor && <span class="small">{t("Supervisor")}</span>}
      </th>
      <td>
        <span class="duty-mark" aria-hidden="true" /> {statusText(status)}
        {status !== DutyStatus.OFF && <span class="small">, {durationText(minutes * MINUTE)}</span>}
      </td>
      <td>{languages.map(languageText).join(", ")}</td>
      <td class="number">{conversations}</td>
      <td class="number">{heavy === 0 ? <span class="nothing">0</span> : heavy}</td>
    </tr>
  );
});
