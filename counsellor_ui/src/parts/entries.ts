// SPDX-License-Identifier: AGPL-3.0-or-later
/** Where the keyboard goes in a list that grows and shrinks: to what was added; to the list when one went. */

import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** Give the list this ref and `tabIndex={-1}`; `count` is how many entries it has. */
export function useEntries<E extends HTMLElement>(count: number): RefObject<E | null> {
  const place = useRef<E>(null);
  const before = useRef(count);
  useLayoutEffect(() => {
    const grown = count - before.current;
    before.current = count;
    const active = document.activeElement;
    if (grown === 1 && active instanceof HTMLButtonElement) {
      const fields = [...(place.current?.querySelectorAll<HTMLElement>("[data-entry]") ?? [])];
      fields.at(-1)?.querySelector<HTMLElement>("input, textarea, select")?.focus();
    }
    // The button that took the entry away went with it.
    if (grown < 0 && (active === null || active === document.body)) place.current?.focus();
  }, [count]);
  return place;
}
