// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The texts people see, from the gettext catalogue; shared by the help-seeker's page and the desk.
 *
 * The English text is the key, so English needs no catalogue at all. Every other language is one
 * generated module (`python -m chat.web.texts update`), loaded once before the first text is shown.
 * `t` and `tn` must be called with the text itself, not with a variable: that is how it is found.
 */

/** One language: the text, or its plural forms in the order of `form`. */
export interface Catalogue {
  readonly language: string;
  /** Which plural form a number takes. */
  readonly form: (n: number) => number;
  readonly texts: Readonly<Record<string, string | readonly string[]>>;
}

export type Values = Readonly<Record<string, string | number>>;

let current: Catalogue | null = null;
let later: Catalogue["texts"] = {};

/** Use this catalogue from now on; null is English. */
export function useCatalogue(catalogue: Catalogue | null): void {
  current = catalogue;
}

/** More texts of the same language, which the first page did not need. */
export function addTexts(texts: Catalogue["texts"]): void {
  later = texts;
}

/** The language texts are shown in. */
export function language(): string {
  return current?.language ?? "en";
}

function fill(text: string, values: Values | undefined): string {
  if (values === undefined) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : String(value);
  });
}

function find(text: string): string | readonly string[] | undefined {
  return current === null ? undefined : (current.texts[text] ?? later[text]);
}

/** A text, with `{name}` replaced by values. */
export function t(text: string, values?: Values): string {
  const found = find(text);
  return fill(typeof found === "string" ? found : text, values);
}

/** A text that depends on a number; `{n}` stands for it. */
export function tn(one: string, many: string, n: number, values?: Values): string {
  const found = find(one);
  const text =
    current !== null && found !== undefined && typeof found !== "string" ? found[current.form(n)] : undefined;
  return fill(text ?? (n === 1 ? one : many), { n, ...values });
}
