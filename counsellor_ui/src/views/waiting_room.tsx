// SPDX-License-Identifier: AGPL-3.0-or-later
/** Who waits, how long, in which language. There is nothing else to know. */

import type { JSX } from "preact";
import { t, tn } from "../../../chat/browser/texts.ts";
import { useApp } from "../parts/context.ts";
import { languageText } from "../parts/times.ts";
import { durationText } from "../state/durations.ts";
import type { Entry } from "../state/waiting_room.ts";
import { longest, nextOf } from "../state/waiting_room.ts";
import { ROOM_ID } from "./focus.ts";

export function WaitingRoomView(): JSX.Element {
  const app = useApp();
  const { room } = app.desk.value;
  const most = longest(room);
  const up = app.link.value === "up";
  const nobody = !up || nextOf(room) === null;
  const more = room.total - room.entries.length;
  return (
    <section class="room" aria-labelledby={`${ROOM_ID}-title`}>
      <h2 id={`${ROOM_ID}-title`}>
        {t("Waiting room")} <span class="count">{room.total}</span>
      </h2>
      <button
        id={ROOM_ID}
        type="button"
        class="button primary wide"
        aria-disabled={nobody}
        onClick={() => !nobody && app.helpNext()}
      >
        {t("Help the next person")}
      </button>
      <p class="visually-hidden" role="status">
        {room.total > 0 && tn("{n} person waits", "{n} people wait", room.total)}
      </p>
      {room.entries.length === 0 ? (
        <p class="small">{up ? t("Nobody is waiting.") : t("Not known while we are not connected.")}</p>
      ) : (
        <ol class="entries">
          {room.entries.map((entry, i) => (
            <EntryRow key={entry.sid} entry={entry} place={i + 1} first={entry === most} up={up} />
          ))}
        </ol>
      )}
      {more > 0 && <p class="small">{tn("And {n} more person", "And {n} more people", more)}</p>}
    </section>
  );
}

interface EntryProps {
  readonly entry: Entry;
  readonly place: number;
  /** Waits longest of those who are there. */
  readonly first: boolean;
  readonly up: boolean;
}

function EntryRow({ entry, place, first, up }: EntryProps): JSX.Element {
  const app = useApp();
  const taking = app.desk.value.room.taking.includes(entry.sid);
  const waited = durationText(app.clock.value - entry.since);
  const spoken = languageText(entry.language);
  return (
    <li class={first ? "entry longest" : "entry"}>
      <span class="entry-wait">{waited}</span>
      <span class="entry-language">{spoken}</span>
      {!entry.present && <span class="entry-away">{t("Away, place kept")}</span>}
      {first && <span class="entry-mark">{t("Waits longest")}</span>}
      <button
        type="button"
        class="button small-button"
        disabled={!up || !entry.present || taking}
        aria-label={t("Take place {place}: {language}, waiting {waited}", {
          place,
          language: spoken,
          waited,
        })}
        onClick={() => app.take(entry.sid)}
      >
        {taking ? t("Taking") : t("Take")}
      </button>
    </li>
  );
}
