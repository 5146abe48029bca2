// SPDX-License-Identifier: AGPL-3.0-or-later
/** Who waits, how long, in which language, and what they declared by a tap. There is nothing else to know. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t, tn } from "../../../chat/browser/texts.ts";
import { Urgency } from "../../../chat/browser/wire.gen.ts";
import { useApp } from "../parts/context.ts";
import { memo } from "../parts/memo.ts";
import { languageText } from "../parts/times.ts";
import { durationText, MINUTE } from "../state/durations.ts";
import { hindranceText } from "../state/duty.ts";
import type { Entry } from "../state/waiting_room.ts";
import { aboutText, byLanguage, longest, urgencyText } from "../state/waiting_room.ts";
import { ROOM_ID } from "./focus.ts";

/** Rows shown until somebody asks for all: a long queue weighs on whoever sees it. */
const FEW = 5;
const WHY_ID = `${ROOM_ID}-why`;

export function WaitingRoomView(): JSX.Element {
  const app = useApp();
  const { room } = app.desk.value;
  const up = app.link.value === "up";
  const why = app.hindrance.value;
  return (
    <section class="room" aria-labelledby={`${ROOM_ID}-title`}>
      <h2 id={`${ROOM_ID}-title`}>
        {t("Waiting room")} <span class="count">{room.total}</span>
      </h2>
      <button
        id={ROOM_ID}
        type="button"
        class="button primary wide help-next"
        aria-disabled={why !== null}
        aria-describedby={WHY_ID}
        onClick={() => why === null && app.helpNext()}
      >
        {t("Help the next person")}
      </button>
      <p id={WHY_ID} class="small">
        {why !== null && why !== "nobody_waits" && hindranceText(why)}
      </p>
      <p class="visually-hidden" role="status">
        {room.total > 0 && tn("{n} person waits", "{n} people wait", room.total)}
      </p>
      {room.entries.length === 0 ? (
        <p class="small">{up ? t("Nobody is waiting.") : t("Not known while we are not connected.")}</p>
      ) : (
        <>
          <Facts />
          <Entries />
        </>
      )}
    </section>
  );
}

/** How many wait in each language, and how long whoever waits longest. */
function Facts(): JSX.Element {
  const app = useApp();
  const { room } = app.desk.value;
  const most = longest(room);
  return (
    <ul class="room-facts" aria-label={t("The waiting room in short")}>
      {byLanguage(room).map(([language, count]) => (
        <li key={language}>
          {languageText(language)} <span class="count">{count}</span>
        </li>
      ))}
      {most !== null && (
        <li>{t("longest wait {time}", { time: durationText(app.clock.value - most.since) })}</li>
      )}
    </ul>
  );
}

function Entries(): JSX.Element {
  const app = useApp();
  const [all, setAll] = useState(false);
  const { room } = app.desk.value;
  const most = longest(room);
  const up = app.link.value === "up";
  const { languages } = app.day.duty.value;
  // Rows are drawn anew when their minute changes, not every second.
  const now = app.clock.value;
  const take = app.supervises ? app.takeByHand : null;
  const shown = all ? room.entries : room.entries.slice(0, FEW);
  const more = room.total - room.entries.length;
  return (
    <>
      <ol class="entries">
        {shown.map((entry, i) => (
          <EntryRow
            key={entry.sid}
            entry={entry}
            place={i + 1}
            minutes={Math.max(0, Math.floor((now - entry.since) / MINUTE))}
            first={entry === most}
            spoken={languages.length === 0 || languages.includes(entry.language)}
            can={up && entry.present}
            taking={room.taking.includes(entry.sid)}
            take={take}
          />
        ))}
      </ol>
      {all && more > 0 && <p class="small">{tn("And {n} more person", "And {n} more people", more)}</p>}
      {room.entries.length > FEW && (
        <button
          type="button"
          class="button small-button quiet"
          aria-expanded={all}
          onClick={() => setAll(!all)}
        >
          {all ? t("Show only the first") : t("Show all who wait")}
        </button>
      )}
    </>
  );
}

interface EntryProps {
  readonly entry: Entry;
  readonly place: number;
  readonly minutes: number;
  /** Waits longest of those who are there. */
  readonly first: boolean;
  /** In a language that was ticked. */
  readonly spoken: boolean;
  readonly can: boolean;
  readonly taking: boolean;
  /** By hand: a supervisor's; null for everybody else. */
  readonly take: ((sid: string) => void) | null;
}

const EntryRow = memo(function EntryRow({
  entry,
  place,
  minutes,
  first,
  spoken,
  can,
  taking,
  take,
}: EntryProps): JSX.Element {
  const waited = durationText(minutes * MINUTE);
  const language = languageText(entry.language);
  const about = aboutText(entry.about);
  const urgency = urgencyText(entry.urgency);
  return (
    <li class={`entry ${first ? "longest" : ""} ${spoken && entry.present ? "" : "recedes"}`}>
      <span class="entry-wait">{waited}</span>
      <span class="entry-language">{language}</span>
      <span class="entry-facts">
        {urgency !== null && <span class={entry.urgency === Urgency.ACUTE ? "acute" : ""}>{urgency}</span>}
        {entry.first && <span>{t("Had a counsellor before")}</span>}
        {about !== null && <span>{about}</span>}
        {!entry.present && <span>{t("Away, place kept")}</span>}
        {first && <span class="entry-mark">{t("Waits longest")}</span>}
      </span>
      {take !== null && (
        <button
          type="button"
          class="button small-button"
          aria-disabled={!can || taking}
          aria-label={t("Take place {place}: {language}, waiting {waited}", { place, language, waited })}
          onClick={() => can && !taking && take(entry.sid)}
        >
          {taking ? t("Taking") : t("Take")}
        </button>
      )}
    </li>
  );
});
