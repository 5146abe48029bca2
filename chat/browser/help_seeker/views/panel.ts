// SPDX-License-Identifier: AGPL-3.0-or-later
/** The screens without a conversation: continue, ended, lost, superseded, refused. */

import { t } from "../../texts.ts";
import { ErrorCode } from "../../wire.gen.ts";
import { lastWords, notDelivered, type State } from "../state.ts";
import { panel } from "../words.ts";
import { button, h } from "./dom.ts";

export interface PanelActions {
  /** Take up this tab's conversation (again). */
  resume(): void;
  /** Forget it instead. */
  abandon(): void;
  /** Load the page anew: the first page then says how things are now. */
  reload(): void;
  leave(): void;
}

export function panelView(state: State, actions: PanelActions): HTMLElement {
  const { title, texts } = panel(state);
  const section = h(
    "section",
    { class: "panel" },
    h("h1", { tabindex: "-1" }, title),
    ...texts.map((text) => h("p", {}, text)),
  );
  const words = state.at === "ended" ? lastWords(state) : [];
  if (words.length > 0) {
    const name = state.counsellor?.alias ?? t("The counsellor");
    section.append(
      h("h2", {}, t("{name} wrote last", { name })),
      h("ul", { class: "unsent" }, ...words.map((line) => h("li", {}, line.text))),
    );
  }
  const unsent = state.at === "ended" || state.at === "lost" ? notDelivered(state) : [];
  if (unsent.length > 0) {
    section.append(
      h("h2", {}, t("Not delivered")),
      h("p", {}, t("The counsellor has not confirmed that this arrived:")),
      h("ul", { class: "unsent" }, ...unsent.map((line) => h("li", {}, line.text))),
    );
  }
  section.append(h("div", { class: "actions" }, ...buttons(state, actions)));
  return section;
}

/** Loading the page again is what helps. */
const AGAIN: ReadonlySet<State["refusal"]> = new Set([ErrorCode.VERSION, ErrorCode.WORK_NEEDED]);

function buttons(state: State, actions: PanelActions): HTMLButtonElement[] {
  switch (state.at) {
    case "continue":
      return [
        button("button primary", t("Continue"), actions.resume),
        button("button", t("No, delete it"), actions.abandon),
      ];
    case "superseded":
      return [button("button primary", t("Continue here"), actions.resume)];
    case "refused":
      if (state.refusal === "load" || AGAIN.has(state.refusal)) {
        return [button("button primary", t("Load the page again"), actions.reload)];
      }
      return [button("button primary", t("Go to the first page"), actions.reload)];
    case "lost":
      return [button("button primary", t("Go to the first page"), actions.reload)];
    default:
      return [
        button("button primary", t("Leave this page"), actions.leave),
        button("button", t("Go to the first page"), actions.reload),
      ];
  }
}
