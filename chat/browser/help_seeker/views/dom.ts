// SPDX-License-Identifier: AGPL-3.0-or-later
/** Making elements. Text goes in as text nodes only: nothing here could parse markup. */

export type Attributes = Readonly<Record<string, string | true>>;

export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    element.setAttribute(name, value === true ? "" : value);
  element.append(...children);
  return element;
}

export function button(kind: string, text: string, press: () => void): HTMLButtonElement {
  const element = h("button", { type: "button", class: kind }, text);
  element.addEventListener("click", press);
  return element;
}

/** Change a text only when it is another, so that screen readers hear no repetition. */
export function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
