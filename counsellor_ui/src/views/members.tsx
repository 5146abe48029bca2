// SPDX-License-Identifier: AGPL-3.0-or-later
/** Who is in a conversation besides the one who reads this, and what can be done about it. */

import type { JSX } from "preact";
import type { Line } from "../../../chat/browser/sealing/types.ts";
import { t } from "../../../chat/browser/texts.ts";
import { useApp } from "../parts/context.ts";
import type { Conversation } from "../state/conversation.ts";
import { find } from "../state/desk.ts";
import { isUnderway, passingText } from "../state/passing.ts";
import { handOverId } from "./focus.ts";

/** What can be done about who is in it: the counsellor hands over, the supervisor takes over or leaves. */
export function MemberActs({ c, name }: { c: Conversation; name: string }): JSX.Element | null {
  const app = useApp();
  if (asksOnly(c)) return <Leave c={c} name={name} />;
  if (c.slot === 1) {
    const both = find(app.desk.value, c.sid.slice(0, 32));
    const asked = both !== null && both.stage !== "ended";
    return (
      <>
        {c.stage === "open" && !asked && (
          <button
            type="button"
            class="button small-button"
            onClick={() => app.joining.takeOver(c.sid.slice(0, 32))}
          >
            {t("Talk with them yourself")}
            <span class="visually-hidden"> {name}</span>
          </button>
        )}
        <Leave c={c} name={name} />
      </>
    );
  }
  if (c.stage !== "open" || isUnderway(c.passing)) return null;
  return (
    <button
      id={handOverId(c.sid)}
      type="button"
      class="button small-button"
      onClick={() => (app.joining.handing.value = c.sid)}
    >
      {t("Hand over")}
      <span class="visually-hidden"> {name}</span>
    </button>
  );
}

function Leave({ c, name }: { c: Conversation; name: string }): JSX.Element {
  const app = useApp();
  return (
    <button type="button" class="button small-button" onClick={() => void app.end(c.sid)}>
      {t("Leave")}
      <span class="visually-hidden"> {name}</span>
    </button>
  );
}

/** Whether this seat only waits for the help-seeker's yes: leaving it ends nothing. */
export function asksOnly(c: Conversation): boolean {
  return c.asks && c.stage === "taking";
}

export function MemberNotes({ c }: { c: Conversation }): JSX.Element | null {
  if (c.stage === "ended") return null;
  return (
    <>
      {c.asks && c.stage === "taking" && (
        <p>
          {c.slot === 1
            ? t("They are asked whether you may join. Nothing is shown to you before they say yes.")
            : t(
                "They are asked by your name. Nothing from before comes with it, unless they give it to you.",
              )}
        </p>
      )}
      {c.slot === 1 && c.stage === "open" && (
        <p>
          {c.room?.counsellor === false
            ? t("You are here as a supervisor. No counsellor is here at this moment.")
            : t(
                "You are here as a supervisor, and the other person knows it. What the counsellor writes comes to you as the help-seeker's browser shows it.",
              )}
        </p>
      )}
      {c.slot === 0 && c.room?.supervisor === true && (
        <p>
          {t(
            "A supervisor is here: reads what is written from now on, and can write. The other person agreed.",
          )}
        </p>
      )}
      {c.passing !== null && <PassingNote c={c} />}
    </>
  );
}

function PassingNote({ c }: { c: Conversation }): JSX.Element | null {
  const app = useApp();
  if (c.passing === null) return null;
  const underway = isUnderway(c.passing);
  return (
    <p class="passing">
      {passingText(c.passing)}{" "}
      {c.passing.stage !== "agreed" && (
        <button
          type="button"
          class="button small-button"
          onClick={() => void (underway ? app.joining.withdraw(c.sid) : app.joining.putAway(c.sid))}
        >
          {underway ? t("Take it back") : t("All right")}
        </button>
      )}
    </p>
  );
}

/** Whose line it is, where that is not plain: passed on by the help-seeker's browser, or a summary. */
export function authorText(line: Line, name: string): string | null {
  if (line.kind === "summary")
    return line.from === "own"
      ? t("Your summary for whoever comes next. They see it, and may refuse to pass it on.")
      : t("Given by the help-seeker:");
  if (line.kind !== "relay") return null;
  switch (line.origin) {
    case 0:
      return t("The counsellor, as shown by the help-seeker:");
    case 1:
      return t("The supervisor, as shown by the help-seeker:");
    default:
      return t("{name}, as shown by the help-seeker:", { name });
  }
}
