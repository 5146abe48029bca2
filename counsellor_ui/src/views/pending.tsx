// SPDX-License-Identifier: AGPL-3.0-or-later
/** Invitations at work: who has not opened the link yet, and who asks to be certified. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../../../chat/browser/texts.ts";
import { cancel, certify, madeHere } from "../desk/team.ts";
import { Action } from "../parts/action.tsx";
import { useApp } from "../parts/context.ts";
import { dateText } from "../parts/times.ts";
import type { Invitation } from "../state/people.ts";
import { needsNothing, rolesText, talks } from "../state/people.ts";

interface PendingProps {
  readonly invitations: readonly Invitation[];
  readonly changed: () => Promise<void>;
}

export function Pending({ invitations, changed }: PendingProps): JSX.Element | null {
  const live = invitations.filter(({ state }) => state === "open" || state === "requested");
  if (live.length === 0) return null;
  return (
    <section aria-labelledby="pending-title">
      <h2 id="pending-title">{t("Invitations")}</h2>
      <ul class="rows">
        {live.map((invitation) => (
          <InvitationRow key={invitation.id} invitation={invitation} changed={changed} />
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  readonly invitation: Invitation;
  readonly changed: () => Promise<void>;
}

function InvitationRow({ invitation, changed }: RowProps): JSX.Element {
  const app = useApp();
  const drop = async (): Promise<void> => {
    await cancel(app.store, invitation);
    await changed();
  };
  const asks = invitation.request;
  return (
    <li class={asks === null ? "row-item" : "row-item asks"}>
      <p>
        <strong>{asks === null || invitation.further_device ? invitation.alias : asks.alias}</strong>
        <span class="small">
          {invitation.further_device ? t("A further device") : rolesText(invitation.roles)}
        </span>
        <span class="small">
          {asks === null
            ? t("The link has not been used. Good until {date}.", {
                date: dateText(invitation.expires * 1000),
              })
            : t("Asks to be certified")}
        </span>
        {asks !== null && !invitation.further_device && asks.alias !== invitation.alias && (
          <span class="small">
            {t("You invited {alias}; this is the name the person chose.", { alias: invitation.alias })}
          </span>
        )}
      </p>
      {asks !== null && <Certify invitation={invitation} changed={changed} />}
      <Action work={drop}>{t("Cancel")}</Action>
    </li>
  );
}

/** The check comes first, in this browser; a link made elsewhere has to be pasted for it. */
function Certify({ invitation, changed }: RowProps): JSX.Element {
  const app = useApp();
  const issuer = app.mine.value?.issuer ?? null;
  const [here, setHere] = useState<boolean | null>(null);
  const [pasted, setPasted] = useState("");
  useEffect(() => void madeHere(app.store, invitation).then(setHere), [invitation.id]);
  if (issuer === null) return <p class="small">{t("This device can't certify.")}</p>;
  const accept = needsNothing(invitation);
  if (!accept && (!invitation.missing.includes("staff") || !talks(invitation.roles))) {
    return <p class="small">{t("Waits for a certificate from the root key of your organisation.")}</p>;
  }
  const field = `link-${invitation.id}`;
  const work = async (): Promise<void> => {
    await certify(app.store, issuer, invitation, here === true ? null : pasted);
    await changed();
  };
  return (
    <>
      {here === false && (
        <p class="field">
          <label for={field}>
            {t("This link was made in another browser. Paste it here, to check the request:")}
          </label>
          <input
            id={field}
            type="text"
            class="code"
            autoComplete="off"
            value={pasted}
            onInput={(event) => setPasted(event.currentTarget.value)}
          />
        </p>
      )}
      <Action look="primary" work={work}>
        {accept ? t("Accept") : t("Certify")}
      </Action>
    </>
  );
}
