// SPDX-License-Identifier: AGPL-3.0-or-later
/** The browser's own modal dialog: it traps the focus, closes on Escape, and gives the focus back. */

import type { ComponentChildren, JSX } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";

interface DialogProps {
  readonly title: string;
  readonly close: () => void;
  readonly children: ComponentChildren;
  /** For what has to be compared side by side. */
  readonly wide?: boolean;
}

export function Dialog({ title, close, children, wide }: DialogProps): JSX.Element {
  const place = useRef<HTMLDialogElement>(null);
  const gone = useRef(false);
  const id = useId();
  useLayoutEffect(() => {
    const dialog = place.current;
    dialog?.showModal();
    return () => {
      gone.current = true;
      dialog?.close(); // while it is open, nothing behind it can take the focus back
    };
  }, []);
  // The event comes a moment after the closing: by then the next dialog may be asked for.
  const closed = (): void => {
    if (!gone.current) close();
  };
  return (
    <dialog
      ref={place}
      class={wide === true ? "dialog wide" : "dialog"}
      aria-labelledby={id}
      onClose={closed}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}
