// SPDX-License-Identifier: AGPL-3.0-or-later
/** Inviting a person: roles and a name give one link, shown once, to be handed over outside the service. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { isAlias } from "../../../chat/browser/sealing/api.ts";
import { t } from "../../../chat/browser/texts.ts";
import { invite } from "../desk/team.ts";
import { TroubleLine, useActing } from "../parts/action.tsx";
import { useApp } from "../parts/context.ts";
import { CopyField } from "../parts/copy.tsx";
import type { Role } from "../state/people.ts";
import { roleHint, roleText } from "../state/people.ts";

const ROLES: readonly Role[] = ["counsellor", "supervisor", "manager", "operator"];

export function InviteForm({ invited }: { invited: () => Promise<void> }): JSX.Element {
  const app = useApp();
  const [roles, setRoles] = useState<readonly Role[]>(["counsellor"]);
  const [alias, setAlias] = useState("");
  const [link, setLink] = useState<string | null>(null);
  const { busy, trouble, run } = useActing();
  const name = alias.trim().normalize("NFC");
  const ready = isAlias(name) && roles.length > 0;
  const toggle = (role: Role): void =>
    setRoles(roles.includes(role) ? roles.filter((other) => other !== role) : [...roles, role]);
  const send = async (): Promise<void> => {
    const me = app.me.value;
    if (me === null) return;
    setLink(await invite(app.store, me.origin, roles, name));
    setAlias("");
    await invited();
  };
  return (
    <section aria-labelledby="invite-title">
      <h2 id="invite-title">{t("Invite a person")}</h2>
      <form
        class="invite"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) void run(send);
        }}
      >
        <p class="field">
          <label for="invite-alias">{t("Name")}</label>
          <input
            id="invite-alias"
            type="text"
            autoComplete="off"
            value={alias}
            onInput={(event) => setAlias(event.currentTarget.value)}
          />
          <span class="small">{t("A suggestion: the person can choose another one.")}</span>
        </p>
        <fieldset class="roles">
          <legend>{t("Roles")}</legend>
          {ROLES.map((role) => (
            <label key={role} class="check role">
              <input
                type="checkbox"
                checked={roles.includes(role)}
                aria-describedby={`role-${role}`}
                onChange={() => toggle(role)}
              />
              <span>{roleText(role)}</span>
              <span id={`role-${role}`} class="small">
                {roleHint(role)}
              </span>
            </label>
          ))}
        </fieldset>
        {roles.includes("manager") && (
          <p class="small">
            {t("A manager's certificate is signed with the root key of your organisation, not here.")}
          </p>
        )}
        <button type="submit" class="button primary" disabled={!ready || busy}>
          {busy ? t("One moment") : t("Make the link")}
        </button>
        <TroubleLine trouble={trouble} />
      </form>
      {link !== null && (
        <div class="once">
          <CopyField
            id="invite-link"
            label={t("The link for this person. It is shown only now.")}
            text={link}
          />
          <p>
            {t(
              "Hand it over yourself, or by a way that is not this service: whoever has it can ask to be certified.",
            )}
          </p>
          <button type="button" class="button" onClick={() => setLink(null)}>
            {t("I have handed it over")}
          </button>
        </div>
      )}
    </section>
  );
}
