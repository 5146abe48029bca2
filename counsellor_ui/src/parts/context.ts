// SPDX-License-Identifier: AGPL-3.0-or-later
/** The one App, for every view below the root. */

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { App } from "../app.ts";

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === null) throw new Error("a view outside of the app");
  return app;
}
