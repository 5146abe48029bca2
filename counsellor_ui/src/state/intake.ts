// SPDX-License-Identifier: AGPL-3.0-or-later
/** How intake of a language stands, and why it is closed. */

import { t } from "../../../chat/browser/texts.ts";

/** Closed: by the opening hours, by somebody's hand, or since nobody is on duty in this language. */
export type Stands = "open" | "out_of_hours" | "by_hand" | "nobody";

export interface Intake {
  readonly language: string;
  readonly stands: Stands;
  /** Whether somebody closed it, whatever else keeps it closed. */
  readonly by_hand: boolean;
}

export function standsText(stands: Stands): string {
  switch (stands) {
    case "open":
      return t("Open");
    case "out_of_hours":
      return t("Closed by the opening hours");
    case "by_hand":
      return t("Closed by hand");
    case "nobody":
      return t("Closed, since nobody is on duty");
  }
}
