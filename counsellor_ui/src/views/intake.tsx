// SPDX-License-Identifier: AGPL-3.0-or-later
/** For supervisors: who may begin to wait, by language, and closing it by hand. Whoever waits is still helped. */

import type { JSX } from "preact";
import { t } from "../../../chat/browser/texts.ts";
import { http } from "../desk/http.ts";
import { Action, TroubleLine } from "../parts/action.tsx";
import { useLoaded } from "../parts/loaded.ts";
import { languageText } from "../parts/times.ts";
import type { Intake } from "../state/intake.ts";
import { standsText } from "../state/intake.ts";

/** How often it is looked at while the board is shown, in milliseconds: a colleague may close it, too. */
const LOOK_EVERY = 10_000;

export function IntakeView(): JSX.Element {
  const intake = useLoaded(async () => (await http.intake()).languages, LOOK_EVERY);
  const languages = intake.value ?? [];
  const close = async (language: string | null, closed: boolean): Promise<void> => {
    await http.closeIntake(language, closed);
    await intake.again();
  };
  return (
    <section aria-labelledby="board-intake">
      <h2 id="board-intake">{t("Intake")}</h2>
      <TroubleLine trouble={intake.trouble} />
      <ul class="intake">
        {languages.map((one) => (
          <LanguageRow key={one.language} one={one} close={close} />
        ))}
      </ul>
      {languages.length > 1 && <All languages={languages} close={close} />}
      <p class="small">
        {t("Whoever waits already is still helped. Closed by hand, it stays closed for a day at most.")}
      </p>
    </section>
  );
}

type Close = (language: string | null, closed: boolean) => Promise<void>;

function LanguageRow({ one, close }: { one: Intake; close: Close }): JSX.Element {
  const name = languageText(one.language);
  return (
    <li>
      <span class="intake-language">{name}</span>
      <span class={one.stands === "open" ? "" : "small"}>{standsText(one.stands)}</span>
      <Action work={() => close(one.language, !one.by_hand)} look="quiet">
        {one.by_hand ? t("Open again") : t("Close intake")}
        <span class="visually-hidden"> {name}</span>
      </Action>
    </li>
  );
}

function All({ languages, close }: { languages: readonly Intake[]; close: Close }): JSX.Element {
  const closed = languages.every((one) => one.by_hand);
  return (
    <Action work={() => close(null, !closed)}>
      {closed ? t("Open all languages again") : t("Close all languages")}
    </Action>
  );
}
