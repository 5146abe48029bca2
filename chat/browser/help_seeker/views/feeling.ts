// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * How heavy it feels, before a talk and after it: one tap each, to be skipped as easily. The counsellor never sees
 * it; it becomes one count of the day. Loaded with the cryptography, not with the first page.
 */

import type * as Texts from "../../texts.ts";
import type { State } from "../state.ts";
import type { Kit } from "./kit.ts";

type Say = typeof Texts.t;

/** While waiting for a first counsellor. Who had one already has begun to talk. */
export function asksBefore(state: State): boolean {
  return state.at === "waiting" && state.back === null;
}

/** After a talk whose end the server has confirmed, while the connection that heard so is there. */
export function asksAfter(state: State): boolean {
  const talked = state.at === "ended" && state.counsellor !== null && state.erased && state.link === "up";
  return talked && ["you", "counsellor", "serverSaysCounsellor"].includes(state.ending ?? "");
}

/** `tap` gets a number from 0, not heavy, to 4, very heavy; false when it is too late. */
export function feelingView(
  { t, h, button }: Kit,
  after: boolean,
  tap: (weight: number) => boolean,
): HTMLElement {
  const title = after ? t("How heavy does it feel now?") : t("How heavy does it feel at this moment?");
  const section = h("section", { class: "feeling", "aria-label": title }, h("p", { class: "asks" }, title));
  const tapped = (weight: number): void => {
    // No more: whoever said it before a reload has said it already, and only one is counted.
    const said = tap(weight) ? t("Thank you.") : t("It is too late to count this now. That is all right.");
    section.replaceChildren(h("p", { class: "quiet", role: "status", tabindex: "-1" }, said));
    section.querySelector("p")?.focus({ preventScroll: true });
  };
  section.append(
    h(
      "div",
      { class: "weights" },
      ...weights(t).map((text, weight) => button("button", text, () => tapped(weight))),
    ),
    h(
      "p",
      { class: "quiet" },
      t("You can skip this. The counsellor never sees it. We only count how many say what on a day."),
    ),
  );
  return section;
}

function weights(t: Say): readonly string[] {
  return [t("Not heavy"), t("A little heavy"), t("Fairly heavy"), t("Heavy"), t("Very heavy")];
}
