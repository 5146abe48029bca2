// SPDX-License-Identifier: AGPL-3.0-or-later
/** The page that the tests drive: the whole desk, one state after the other, without a service. It speaks the browser's language. */

import "../../../counsellor_ui/src/desk.css";
import { render } from "preact";
import { AppContext } from "../../../counsellor_ui/src/parts/context.ts";
import { chooseLanguage } from "../../../counsellor_ui/src/parts/speaking.ts";
import { Root } from "../../../counsellor_ui/src/views/root.tsx";
import { Stage } from "./fake.ts";
import { STATES } from "./states.ts";

await chooseLanguage();
const stage = new Stage();
const place = document.getElementById("desk");

const trial = {
  stage,
  names: [...STATES.keys()],
  /** Everything as after signing in, then this state. */
  async show(name: string): Promise<void> {
    await stage.enter();
    STATES.get(name)?.(stage);
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  },
};

declare global {
  interface Window {
    trial: typeof trial;
  }
}

if (place !== null) {
  render(
    <AppContext.Provider value={stage.app}>
      <Root />
    </AppContext.Provider>,
    place,
  );
  await stage.app.start();
  await stage.enter();
  window.trial = trial;
  place.dataset["ready"] = "true";
}
