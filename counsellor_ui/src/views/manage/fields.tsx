// SPDX-License-Identifier: AGPL-3.0-or-later
/** Fields of the pages for managing: a name above, a hint and what is wrong below, tied to the field. */

import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { t, tn } from "../../../../chat/browser/texts.ts";

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly hint?: string | undefined;
  readonly problem?: string | null | undefined;
  /** Characters. */
  readonly longest?: number | undefined;
  readonly rows?: number | undefined;
  /** The language the text is in. */
  readonly language?: string | undefined;
  readonly left?: (value: string) => void;
  readonly kind?: "text" | "date";
  readonly short?: boolean;
  /** What may be chosen instead of typed. */
  readonly list?: readonly string[];
}

export function Field(props: FieldProps): JSX.Element {
  const { label, value, change, hint, problem, longest, rows, language, left, kind, short, list } = props;
  const id = useId();
  // The service counts code points, as people count characters.
  const over = longest === undefined ? 0 : [...value].length - longest;
  const wrong = over > 0 ? tooLong(over) : (problem ?? null);
  const common = {
    id,
    value,
    lang: language,
    spellcheck: rows !== undefined,
    autoComplete: "off",
    "aria-invalid": wrong !== null,
    "aria-describedby": `${id}-hint ${id}-wrong`,
  };
  return (
    <p class={short === true ? "field short" : "field"}>
      <label for={id}>{label}</label>
      {rows === undefined ? (
        <input
          {...common}
          type={kind ?? "text"}
          list={list === undefined ? undefined : `${id}-list`}
          onInput={(event) => change(event.currentTarget.value)}
          onBlur={(event) => left?.(event.currentTarget.value)}
        />
      ) : (
        <textarea {...common} rows={rows} onInput={(event) => change(event.currentTarget.value)} />
      )}
      {list !== undefined && (
        <datalist id={`${id}-list`}>
          {list.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
      <span id={`${id}-hint`} class="small">
        {hint}
      </span>
      <span id={`${id}-wrong`} class="wrong">
        {wrong}
      </span>
    </p>
  );
}

function tooLong(over: number): string {
  return tn("{n} character too long.", "{n} characters too long.", over);
}

interface MoveProps {
  /** Whose place it is, for who can't see it. */
  readonly name: string;
  readonly first: boolean;
  readonly last: boolean;
  readonly move: (by: 1 | -1) => void;
}

/** Up and down by one place; works by keyboard, where dragging does not. */
export function Move({ name, first, last, move }: MoveProps): JSX.Element {
  const go = (by: 1 | -1, end: boolean, button: HTMLButtonElement): void => {
    if (end) return;
    move(by);
    // An entry that moves in the page loses the keyboard's focus.
    requestAnimationFrame(() => button.focus());
  };
  return (
    <span class="move">
      <button
        type="button"
        class="button small-button"
        aria-disabled={first}
        aria-label={t("Up: {name}", { name })}
        onClick={(event) => go(-1, first, event.currentTarget)}
      >
        {t("Up")}
      </button>
      <button
        type="button"
        class="button small-button"
        aria-disabled={last}
        aria-label={t("Down: {name}", { name })}
        onClick={(event) => go(1, last, event.currentTarget)}
      >
        {t("Down")}
      </button>
    </span>
  );
}
