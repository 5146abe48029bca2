// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * A button whose work takes a moment and may fail: busy meanwhile, and its trouble said beside it.
 * Busy is `aria-disabled`: a button that is `disabled` would lose the keyboard's focus.
 */

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "../../../chat/browser/texts.ts";
import { troubleOf } from "../desk/trouble.ts";
import type { Trouble } from "../state/refusals.ts";
import { troubleText } from "../state/refusals.ts";

export interface Acting {
  readonly busy: boolean;
  readonly trouble: Trouble | null;
  run(work: () => Promise<unknown>): Promise<void>;
}

export function useActing(): Acting {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const run = async (work: () => Promise<unknown>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setTrouble(null);
    try {
      await work();
    } catch (error) {
      setTrouble(troubleOf(error));
    } finally {
      setBusy(false);
    }
  };
  return { busy, trouble, run };
}

export function TroubleLine({ trouble }: { trouble: Trouble | null }): JSX.Element {
  return (
    <p class="trouble" role="alert" hidden={trouble === null}>
      {trouble === null ? "" : troubleText(trouble)}
    </p>
  );
}

interface ActionProps {
  readonly work: () => Promise<unknown>;
  readonly children: ComponentChildren;
  readonly look?: "primary" | "danger" | "quiet";
  readonly describedBy?: string;
}

export function Action({ work, children, look, describedBy }: ActionProps): JSX.Element {
  const { busy, trouble, run } = useActing();
  return (
    <span class="action">
      <button
        type="button"
        class={`button ${look ?? ""}`}
        aria-disabled={busy}
        aria-describedby={describedBy}
        onClick={() => void run(work)}
      >
        {busy ? t("One moment") : children}
      </button>
      <TroubleLine trouble={trouble} />
    </span>
  );
}
