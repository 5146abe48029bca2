// SPDX-License-Identifier: AGPL-3.0-or-later
/** Something the API gives, asked for when the view appears and again when an act has changed it. */

import { useEffect, useState } from "preact/hooks";
import { troubleOf } from "../desk/trouble.ts";
import type { Trouble } from "../state/refusals.ts";

export interface Loaded<T> {
  readonly value: T | null;
  readonly trouble: Trouble | null;
  again(): Promise<void>;
}

export function useLoaded<T>(load: () => Promise<T>, every?: number): Loaded<T> {
  const [value, setValue] = useState<T | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const again = async (): Promise<void> => {
    try {
      setValue(await load());
      setTrouble(null);
    } catch (error) {
      setTrouble(troubleOf(error));
    }
  };
  useEffect(() => {
    void again();
    if (every === undefined) return;
    const timer = setInterval(() => void again(), every);
    return () => clearInterval(timer);
  }, []);
  return { value, trouble, again };
}
