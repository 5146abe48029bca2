// SPDX-License-Identifier: AGPL-3.0-or-later
/** How help-seekers see it: the same colours, type and words as on their page. */

import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";
import { t } from "../../../../chat/browser/texts.ts";
import type { Hours } from "../../state/manage/hours.ts";
import { standing } from "../../state/manage/hours.ts";
import { momentText } from "../../state/manage/words.ts";

export function Seen({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  const id = useId();
  return (
    <section class="seen-frame" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <div class="seen">
        <p class="seen-top">Kentering</p>
        {children}
      </div>
    </section>
  );
}

/** What stands there when nobody knows when it opens. */
export function closedText(): string {
  return t("Closed at the moment. Nobody is here to talk with you now. Please come back another time.");
}

interface IntakeSeenProps {
  readonly hours: Hours;
  readonly language: string;
  readonly zone: string;
  /** Milliseconds. */
  readonly at: number;
}

/** The first page as it stands now by these hours. */
export function IntakeSeen({ hours, language, zone, at }: IntakeSeenProps): JSX.Element {
  const now = standing(hours, language, zone, at);
  return (
    <Seen title={t("As people see it now, by these hours")}>
      <p class="seen-title">{t("You can talk here about sexual thoughts about children that worry you.")}</p>
      {now.kind !== "closed" && (
        <p>
          <span class="button primary seen-button">{t("Start talking")}</span>
        </p>
      )}
      <p class="seen-intake" role="status">
        {now.kind !== "closed" && t("Now open.")}
        {now.kind === "closed" && now.until === null && closedText()}
        {now.kind === "closed" && now.until !== null && (
          <>
            {t("Closed at the moment. Nobody is here to talk with you now. We open again:")}{" "}
            <strong>{momentText(now.until, zone)}</strong>
          </>
        )}
      </p>
      <p class="seen-note">
        {now.kind === "open" &&
          t("Until {moment}, while somebody is on duty.", { moment: momentText(now.until, zone) })}
        {now.kind === "free" && t("No hours are set: open whenever somebody is on duty.")}
        {now.kind === "closed" &&
          t("Nobody can start in this language until then, also when somebody is on duty.")}
      </p>
    </Seen>
  );
}
