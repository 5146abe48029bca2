// SPDX-License-Identifier: AGPL-3.0-or-later
/** The desk's composition root: choose the language, start the app, draw it. */

import "./desk.css";
import { render } from "preact";
import { catalogues } from "../../chat/browser/locale/index.desk.gen.ts";
import { language, useCatalogue } from "../../chat/browser/texts.ts";
import { App } from "./app.ts";
import { AppContext } from "./parts/context.ts";
import { Root } from "./views/root.tsx";

/** The first of the browser's languages that there is; English needs no catalogue. */
async function chooseLanguage(): Promise<void> {
  const wanted = navigator.languages.map((tag) => tag.split("-")[0] ?? tag);
  const chosen = wanted.find((tag) => tag === "en" || tag in catalogues) ?? "en";
  const load = catalogues[chosen];
  if (load !== undefined) useCatalogue(await load().catch(() => null));
  document.documentElement.lang = language();
}

const place = document.getElementById("desk");
if (place !== null) {
  await chooseLanguage();
  const app = new App(place.dataset["demo"] === "true");
  place.replaceChildren();
  render(
    <AppContext.Provider value={app}>
      <Root />
    </AppContext.Provider>,
    place,
  );
  await app.start();
}
