// SPDX-License-Identifier: AGPL-3.0-or-later
/** Enrolling this browser, one step a screen; what is due is decided in state/enrolment.ts. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { isAlias } from "../../../chat/browser/sealing/api.ts";
import { t } from "../../../chat/browser/texts.ts";
import type { Enrolling } from "../desk/enrol.ts";
import { troubleOf } from "../desk/trouble.ts";
import { Action, TroubleLine, useActing } from "../parts/action.tsx";
import { useApp } from "../parts/context.ts";
import type { Due, Enrolment } from "../state/enrolment.ts";
import { next } from "../state/enrolment.ts";
import { rolesText } from "../state/people.ts";
import type { Trouble } from "../state/refusals.ts";
import { troubleText } from "../state/refusals.ts";
import { OfflineRoot } from "./offline_root.tsx";

/** How often a waiting browser asks whether it was certified, in milliseconds. */
const ASK_EVERY = 3_000;

export function EnrolView({ enrolling }: { enrolling: Enrolling }): JSX.Element {
  const [server, setServer] = useState<Enrolment | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const look = async (): Promise<void> => {
    try {
      setServer(await enrolling.state());
      setTrouble(null);
    } catch (error) {
      setTrouble(troubleOf(error));
    }
  };
  const due = server === null ? null : next(server, enrolling.progress);
  useEffect(() => void look(), [enrolling]);
  useEffect(() => {
    if (due !== "wait") return;
    const timer = setInterval(() => void look(), ASK_EVERY);
    return () => clearInterval(timer);
  }, [due]);
  if (trouble === "not_found") return <Gone />;
  return (
    <main class="page">
      <h1>{t("Welcome to the desk")}</h1>
      {trouble !== null && <p role="alert">{troubleText(trouble)}</p>}
      {server !== null && due !== null && (
        <Step due={due} server={server} enrolling={enrolling} changed={setServer} />
      )}
    </main>
  );
}

function Gone(): JSX.Element {
  const app = useApp();
  return (
    <main class="page">
      <h1>{t("This link is no longer good")}</h1>
      <p>{t("It was cancelled, or its time is over. Ask the person who gave it to you for a new one.")}</p>
      <Action work={() => app.forgetLink()}>{t("Go to the desk")}</Action>
    </main>
  );
}

interface DueProps {
  readonly due: Due;
  readonly server: Enrolment;
  readonly enrolling: Enrolling;
  readonly changed: (server: Enrolment) => void;
}

function Step({ due, server, enrolling, changed }: DueProps): JSX.Element {
  switch (due) {
    case "begin":
      return <Begin server={server} enrolling={enrolling} changed={changed} />;
    case "passkey":
      return <Passkey enrolling={enrolling} changed={changed} />;
    case "request":
      return <Request enrolling={enrolling} changed={changed} />;
    case "wait":
      return <Wait server={server} enrolling={enrolling} changed={changed} />;
    case "ready":
      return <Ready />;
    case "used_elsewhere":
      return (
        <div role="alert">
          <h2>{t("This link was used in another browser")}</h2>
          <p>
            {t(
              "If that was not you, tell your manager at once: nothing made with this link may be certified.",
            )}
          </p>
          <p>{t("If it was you, go on there, or ask for a new link.")}</p>
        </div>
      );
  }
}

type StepProps = Omit<DueProps, "due">;

/** Passkey and request follow each other without another press, unless something goes wrong between. */
async function onwards(enrolling: Enrolling, changed: (server: Enrolment) => void): Promise<void> {
  const after = await enrolling.makePasskey();
  changed(after);
  changed(await enrolling.request());
}

function Begin({ server, enrolling, changed }: StepProps): JSX.Element {
  const [alias, setAlias] = useState(enrolling.alias || server.alias);
  const { busy, trouble, run } = useActing();
  const good = isAlias(alias.trim());
  const begin = async (): Promise<void> => {
    await enrolling.makeKey(alias.trim().normalize("NFC"));
    await onwards(enrolling, changed);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (good) void run(begin);
      }}
    >
      <p>{t("You are invited as: {roles}.", { roles: rolesText(server.roles) })}</p>
      {server.further_device ? (
        <p>{t("This browser becomes a further device of {alias}.", { alias: server.alias })}</p>
      ) : (
        <p class="field">
          <label for="alias">{t("The name that help-seekers see")}</label>
          <input
            id="alias"
            type="text"
            autoComplete="off"
            value={alias}
            aria-describedby="alias-hint"
            aria-invalid={!good}
            onInput={(event) => setAlias(event.currentTarget.value)}
          />
          <span id="alias-hint" class="small">
            {t("Choose a first name, your own or another. Letters and spaces only.")}
          </span>
        </p>
      )}
      <p>
        {t(
          "This browser now makes a key that never leaves it, and a passkey to sign in. " +
            "Use a computer that only you unlock.",
        )}
      </p>
      <button type="submit" class="button primary" disabled={!good || busy}>
        {busy ? t("One moment") : t("Make my key and passkey")}
      </button>
      <TroubleLine trouble={trouble} />
    </form>
  );
}

function Passkey({ enrolling, changed }: Omit<StepProps, "server">): JSX.Element {
  return (
    <div>
      <p>{t("Your key is ready. Now make a passkey, to sign in with.")}</p>
      <Action look="primary" work={() => onwards(enrolling, changed)}>
        {t("Make the passkey")}
      </Action>
    </div>
  );
}

function Request({ enrolling, changed }: Omit<StepProps, "server">): JSX.Element {
  return (
    <div>
      <p>{t("Your passkey is ready. Now ask for the certificate.")}</p>
      <Action look="primary" work={async () => changed(await enrolling.request())}>
        {t("Ask for the certificate")}
      </Action>
    </div>
  );
}

function Wait({ server, enrolling, changed }: StepProps): JSX.Element {
  const operator = server.roles.includes("manager");
  return (
    <div>
      <p role="status">
        {operator
          ? t("Your request is sent. The certificate comes from the root key of your organisation.")
          : t("Your request is sent. Your manager certifies it with one click.")}
      </p>
      <p>{t("You may close this page. Open the desk in this browser again when it is done.")}</p>
      {operator && <OfflineRoot server={server} enrolling={enrolling} changed={changed} />}
    </div>
  );
}

function Ready(): JSX.Element {
  const app = useApp();
  return (
    <div>
      <p role="status">{t("Your certificate is here. Sign in with your passkey.")}</p>
      <Action look="primary" work={() => app.signIn()}>
        {t("Sign in")}
      </Action>
    </div>
  );
}
