// SPDX-License-Identifier: AGPL-3.0-or-later
/** The script of the page that the tests drive: the help-seeker's views, one state after the other, without a service. */

import { showOpening } from "../../../../chat/browser/help_seeker/opens.ts";
import { Page } from "../../../../chat/browser/help_seeker/page.ts";
import * as sealing from "../../../../chat/browser/help_seeker/seal.ts";
import { first } from "../../../../chat/browser/help_seeker/state.ts";
import { catalogues, laterTexts } from "../../../../chat/browser/locale/index.gen.ts";
import { addTexts, useCatalogue } from "../../../../chat/browser/texts.ts";
import { STATES } from "./states.ts";

function part(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new TypeError("this script belongs to the first page");
  return found;
}

const load = catalogues[document.documentElement.lang];
if (load !== undefined) useCatalogue(await load());
addTexts((await laterTexts[document.documentElement.lang]?.()) ?? {});
showOpening();

const nothing = (): undefined => undefined;
const page = new Page(part("first"), part("talk"), {
  say: () => Promise.resolve(true),
  typing: nothing,
  keepDraft: nothing,
  end: nothing,
  answer: nothing,
  share: nothing,
  again: nothing,
  describe: nothing,
  resume: nothing,
  abandon: nothing,
  feel: () => true,
  reload: nothing,
  leave: nothing,
});
page.use(sealing);

const trial = {
  names: [...STATES.keys()],
  /** The first page, then this state. Resolves with how many minutes are to go by. */
  async show(name: string): Promise<number> {
    const shown = STATES.get(name);
    if (shown === undefined) throw new TypeError("there is no such state");
    page.show(first);
    if (shown.before !== undefined) page.show(shown.before);
    page.show(shown.state);
    const field = document.querySelector("textarea");
    if (shown.types !== undefined && field !== null) {
      field.value = shown.types;
      field.form?.querySelector<HTMLButtonElement>(".field button")?.click();
    }
    if (shown.press !== undefined) {
      const pressed = [...document.querySelectorAll<HTMLButtonElement>(".bar button")];
      pressed.at(shown.press === "end" ? -1 : 0)?.click();
    }
    if (shown.unfolds === true) {
      for (const fold of document.querySelectorAll<HTMLDetailsElement>(".fold")) fold.open = true;
    }
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    return shown.minutes ?? 0;
  },
};

declare global {
  interface Window {
    helpSeekerTrial: typeof trial;
  }
}

window.helpSeekerTrial = trial;
document.documentElement.dataset["ready"] = "true";
const start = document.getElementById("start");
if (start instanceof HTMLButtonElement) start.disabled = false;
