// SPDX-License-Identifier: AGPL-3.0-or-later
/** The desk's composition root: choose the language, start the app, draw it. */

import "./desk.css";
import { render } from "preact";
import { App } from "./app.ts";
import { AppContext } from "./parts/context.ts";
import { chooseLanguage } from "./parts/speaking.ts";
import { Root } from "./views/root.tsx";

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
