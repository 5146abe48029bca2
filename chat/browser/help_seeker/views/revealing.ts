// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The notice before a text is sent that may show who somebody is. Nothing was sent; both answers are equally easy.
 *
 * Loaded with the cryptography, not with the first page.
 */

import type * as Texts from "../../texts.ts";
import type { Kind } from "../reveals.ts";
import type { Kit } from "./kit.ts";

type Say = typeof Texts.t;

export function revealingView(
  { t, h, button }: Kit,
  kinds: readonly Kind[],
  change: () => void,
  send: () => void,
): HTMLElement {
  return h(
    "div",
    {},
    h("h2", {}, t("This may show who you are")),
    h("p", {}, t("We noticed: {what}.", { what: listed(kinds.map((kind) => kindText(t, kind))) })),
    h("p", {}, t("Nothing was sent yet. If you leave it out, you stay anonymous. You decide.")),
    h(
      "div",
      { class: "actions" },
      button("button", t("Change it"), change),
      button("button", t("Send it anyway"), send),
    ),
  );
}

/** With the commas and the "and" of the page's language. */
function listed(texts: readonly string[]): string {
  return new Intl.ListFormat(document.documentElement.lang).format(texts);
}

function kindText(t: Say, kind: Kind): string {
  switch (kind) {
    case "phone":
      return t("a telephone number");
    case "email":
      return t("an e-mail address");
    case "name":
      return t("a name");
    case "address":
      return t("where somebody lives");
    case "handle":
      return t("a name that you use somewhere else");
  }
}
