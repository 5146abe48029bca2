// SPDX-License-Identifier: AGPL-3.0-or-later
/** A text to carry elsewhere, with a button that copies it. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "../../../chat/browser/texts.ts";

export function CopyField({ id, label, text }: { id: string; label: string; text: string }): JSX.Element {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false), // refused: the field is there to copy from by hand
    );
  };
  return (
    <p class="field copy">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        class="code"
        readOnly
        value={text}
        onFocus={(event) => event.currentTarget.select()}
      />
      <button type="button" class="button" onClick={() => void copy()}>
        {t("Copy")}
      </button>
      <span role="status" class="small">
        {copied && t("Copied")}
      </span>
    </p>
  );
}
