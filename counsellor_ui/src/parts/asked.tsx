// SPDX-License-Identifier: AGPL-3.0-or-later
/** An act that can't be undone: asked once more, in place. */

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "../../../chat/browser/texts.ts";
import { Action } from "./action.tsx";

interface AskedProps {
  /** The first button, which only asks. */
  readonly first: string;
  readonly question: string;
  readonly work: () => Promise<unknown>;
  readonly children: ComponentChildren;
  /** Classes of the first button. */
  readonly look?: string;
}

export function Asked({ first, question, work, children, look }: AskedProps): JSX.Element {
  const [asked, setAsked] = useState(false);
  if (!asked) {
    return (
      <button type="button" class={look ?? "button small-button"} onClick={() => setAsked(true)}>
        {first}
      </button>
    );
  }
  return (
    <span class="asked">
      <span role="alert">{question}</span>
      <Action look="danger" work={work}>
        {children}
      </Action>
      <button type="button" class="button" onClick={() => setAsked(false)}>
        {t("Keep")}
      </button>
    </span>
  );
}
