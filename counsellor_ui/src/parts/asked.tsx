// SPDX-License-Identifier: AGPL-3.0-or-later
/** An act that can't be undone: asked once more, in place. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../../chat/browser/texts.ts";
import { Action } from "./action.tsx";

interface AskedProps {
  /** The first button, which only asks. */
  readonly first: string;
  readonly question: string;
  /** What happens then, a sentence each. */
  readonly points?: readonly string[];
  readonly work: () => Promise<unknown>;
  readonly children: ComponentChildren;
}

export function Asked({ first, question, points, work, children }: AskedProps): JSX.Element {
  const [asked, setAsked] = useState<boolean | null>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const keep = useRef<HTMLButtonElement>(null);
  // The button that was pressed goes: the keyboard goes on at the harmless answer, and back from there.
  useEffect(() => {
    if (asked !== null) (asked ? keep : opener).current?.focus();
  }, [asked]);
  if (asked !== true) {
    return (
      <button ref={opener} type="button" class="button small-button" onClick={() => setAsked(true)}>
        {first}
      </button>
    );
  }
  return (
    <span class="asked">
      <span role="alert" class="asked-what">
        <span>{question}</span>
        {points?.map((point) => (
          <span key={point} class="asked-point">
            {point}
          </span>
        ))}
      </span>
      <Action look="danger" work={work}>
        {children}
      </Action>
      <button ref={keep} type="button" class="button" onClick={() => setAsked(false)}>
        {t("Keep")}
      </button>
    </span>
  );
}
