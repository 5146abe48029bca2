// SPDX-License-Identifier: AGPL-3.0-or-later
/** Signing in, and being signed in on a browser without the key. */

import type { JSX } from "preact";
import { t } from "../../../chat/browser/texts.ts";
import { Action } from "../parts/action.tsx";
import { useApp } from "../parts/context.ts";
import { noticeText } from "../state/notices.ts";
import type { Me } from "../state/people.ts";

export function SignInView({
  unasked,
  lost = false,
}: {
  unasked: boolean;
  lost?: boolean | undefined;
}): JSX.Element {
  const app = useApp();
  return (
    <main class="page">
      <h1>{t("The counsellors' desk")}</h1>
      {unasked && (
        <p class="warning" role="alert">
          {lost
            ? noticeText("lost")
            : t(
                "The service signed you out. Your open conversations come back when you sign in, if they still go on.",
              )}
        </p>
      )}
      <p>{t("Sign in with the passkey of this device.")}</p>
      <Action look="primary" work={() => app.signIn()}>
        {t("Sign in")}
      </Action>
      <p class="small">{t("New here, or a new device? Open the link that your manager gave you.")}</p>
    </main>
  );
}

/** A passkey can be carried to another computer; the signing key can't. */
export function NoKeyView({ me }: { me: Me }): JSX.Element {
  return (
    <main class="page">
      <h1>{t("This browser does not hold your key")}</h1>
      <p>
        {t(
          "You are signed in as {alias}, but the key of your device is in another browser, or it was cleared.",
          { alias: me.person.alias },
        )}
      </p>
      <p>{t("Go to the browser that has it, or ask a manager for the link for a further device.")}</p>
    </main>
  );
}
