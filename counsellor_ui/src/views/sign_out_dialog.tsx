// SPDX-License-Identifier: AGPL-3.0-or-later
/** Signing out while conversations are open is asked once more. */

import type { JSX } from "preact";
import { t, tn } from "../../../chat/browser/texts.ts";
import { Action } from "../parts/action.tsx";
import { useApp } from "../parts/context.ts";
import { Dialog } from "../parts/dialog.tsx";

export function SignOutDialog(): JSX.Element {
  const app = useApp();
  const open = app.desk.value.conversations.filter((c) => c.stage !== "ended").length;
  const close = (): void => {
    app.leaving.value = false;
  };
  return (
    <Dialog title={t("Sign out?")} close={close}>
      {open > 0 && (
        <p>
          {tn(
            "{n} conversation is open and will be left alone.",
            "{n} conversations are open and will be left alone.",
            open,
          )}
        </p>
      )}
      {app.manage.anyUnsaved.value && <p>{t("What you have changed and not saved will be lost.")}</p>}
      <p class="row">
        <button type="button" class="button" onClick={close}>
          {t("Stay signed in")}
        </button>
        <Action look="danger" work={() => app.signOut()}>
          {open > 0 ? t("Sign out and leave them") : t("Sign out and lose it")}
        </Action>
      </p>
    </Dialog>
  );
}
