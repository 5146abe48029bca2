// SPDX-License-Identifier: AGPL-3.0-or-later
/** The head of the desk: where one can go, who is signed in, whether we are connected. */

import type { JSX } from "preact";
import { t, tn } from "../../../chat/browser/texts.ts";
import { Action } from "../parts/action.tsx";
import { useApp } from "../parts/context.ts";
import type { Standing } from "../state/certificates.ts";
import { pagesOf } from "../state/manage/pages.ts";
import type { Me } from "../state/people.ts";
import { rolesText, talks } from "../state/people.ts";
import type { Place } from "../state/screen.ts";
import { DutyLine } from "./duty_switch.tsx";

export function Head(): JSX.Element {
  const app = useApp();
  const me = app.me.value;
  return (
    <header>
      {app.demo && <p class="demo">{t("Demonstration: keys made on this computer")}</p>}
      <div class="head">
        <p class="wordmark">Kentering</p>
        {me !== null && <SignedIn me={me} />}
      </div>
    </header>
  );
}

function SignedIn({ me }: { me: Me }): JSX.Element {
  const app = useApp();
  const manages = me.person.roles.includes("manager");
  const sits = app.mine.value?.identity != null && app.stopped.value === null;
  return (
    <>
      <nav class="places" aria-label={t("Places")}>
        {(talks(me.person.roles) || manages) && <PlaceButton place="desk">{t("Desk")}</PlaceButton>}
        {app.supervises && <PlaceButton place="board">{t("Board")}</PlaceButton>}
        {manages && <PlaceButton place="team">{t("Team")}</PlaceButton>}
        {pagesOf(me.person.roles).length > 0 && <PlaceButton place="manage">{t("Manage")}</PlaceButton>}
        {talks(me.person.roles) && <PlaceButton place="replies">{t("Quick replies")}</PlaceButton>}
        <PlaceButton place="devices">{t("Devices")}</PlaceButton>
      </nav>
      <LinkLine />
      <p class="who">
        <span class="who-name">{me.person.alias}</span>
        {sits ? <DutyLine /> : <span class="who-more">{rolesText(me.person.roles)}</span>}
      </p>
      <button type="button" class="button quiet" onClick={() => (app.sheet.value = true)}>
        {t("Shortcuts")}
      </button>
      {sits && (
        <button type="button" class="button quiet" onClick={() => app.locking.lock()}>
          {t("Lock")}
        </button>
      )}
      <SignOut />
    </>
  );
}

function PlaceButton({ place, children }: { place: Place; children: string }): JSX.Element {
  const app = useApp();
  const here = app.place.value === place;
  return (
    <button
      type="button"
      class="place"
      aria-current={here ? "page" : undefined}
      onClick={() => (app.place.value = place)}
    >
      {children}
    </button>
  );
}

function SignOut(): JSX.Element {
  const app = useApp();
  const open = app.desk.value.conversations.some((c) => c.stage !== "ended");
  const leave = async (): Promise<void> => {
    if (open || app.manage.anyUnsaved.value) app.leaving.value = true;
    else await app.signOut();
  };
  return (
    <Action look="quiet" work={leave}>
      {t("Sign out")}
    </Action>
  );
}

function LinkLine(): JSX.Element {
  const app = useApp();
  if (app.mine.value?.identity == null || app.stopped.value !== null) return <p class="link" role="status" />;
  const state = app.link.value;
  return (
    <p class={`link ${state}`} role="status">
      {state === "up" && t("Connected")}
      {state === "connecting" && t("Connecting")}
      {state === "down" && t("Not connected. We try again.")}
      {state === "down" && (
        <button type="button" class="button quiet" onClick={() => app.retryNow()}>
          {t("Try now")}
        </button>
      )}
    </p>
  );
}

/** What a certificate near or past its end asks of its holder; nothing while all is well. */
export function CertificateLine({
  standing,
  manager,
}: {
  standing: Standing;
  manager: boolean;
}): JSX.Element | null {
  switch (standing.kind) {
    case "good":
      return null;
    case "ending":
      return (
        <p class="warning" role="status">
          {manager
            ? tn(
                "Your manager certificate ends in {n} day. Ask for a new one from the offline root.",
                "Your manager certificate ends in {n} days. Ask for a new one from the offline root.",
                standing.days,
              )
            : tn(
                "Your certificate ends in {n} day. Ask a manager to renew it.",
                "Your certificate ends in {n} days. Ask a manager to renew it.",
                standing.days,
              )}
        </p>
      );
    case "ended":
      return (
        <p class="warning" role="status">
          {t("Your certificate has ended. Ask a manager to renew it.")}
        </p>
      );
    case "missing":
      return (
        <p class="warning" role="status">
          {t("This device has no certificate yet. Ask a manager to certify it.")}
        </p>
      );
    case "refused":
      return (
        <p class="warning" role="alert">
          {t("This device's certificate does not hold. Do not work with it, and tell a manager.")}
        </p>
      );
  }
}
