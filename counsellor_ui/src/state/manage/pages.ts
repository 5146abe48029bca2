// SPDX-License-Identifier: AGPL-3.0-or-later
/** The pages for managing, in the order they are listed. */

import { t } from "../../../../chat/browser/texts.ts";
import type { Role } from "../people.ts";

export const GROUPS = [
  { group: "seen", pages: ["hours", "texts", "lines"] },
  { group: "desk", pages: ["quick_replies", "choices", "procedure", "limits"] },
  { group: "people", pages: ["lost_device", "actions"] },
  { group: "report", pages: ["figures"] },
] as const;

export type Group = (typeof GROUPS)[number]["group"];
export type ManagePage = (typeof GROUPS)[number]["pages"][number];

export function groupText(group: Group): string {
  switch (group) {
    case "seen":
      return t("What people see");
    case "desk":
      return t("At the desk");
    case "people":
      return t("People");
    case "report":
      return t("Looking back");
  }
}

export function pageText(page: ManagePage): string {
  switch (page) {
    case "hours":
      return t("Opening hours");
    case "texts":
      return t("Texts");
    case "lines":
      return t("Helplines");
    case "quick_replies":
      return t("Quick replies");
    case "choices":
      return t("Wrap-up choices");
    case "procedure":
      return t("Procedure");
    case "limits":
      return t("Limits");
    case "lost_device":
      return t("A lost device");
    case "actions":
      return t("Staff actions");
    case "figures":
      return t("Figures");
  }
}

/** The name of a setting, as the staff actions hold it, in words; one that this desk does not know stays as it is. */
export function settingText(name: string): string {
  const page = GROUPS.flatMap(({ pages }): readonly ManagePage[] => pages).find((one) => one === name);
  return page === undefined ? name : pageText(page);
}

/** Which pages somebody may open. The service decides by itself; this only spares a refusal. */
export function pagesOf(roles: readonly Role[]): readonly ManagePage[] {
  if (roles.includes("manager")) return GROUPS.flatMap(({ pages }): readonly ManagePage[] => pages);
  return roles.includes("operator") ? ["hours", "limits"] : [];
}
