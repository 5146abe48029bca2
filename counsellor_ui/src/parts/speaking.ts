// SPDX-License-Identifier: AGPL-3.0-or-later
/** In which language the desk speaks. */

import { catalogues } from "../../../chat/browser/locale/index.desk.gen.ts";
import { language, useCatalogue } from "../../../chat/browser/texts.ts";

/** The first of the browser's languages that there is; English needs no catalogue. */
export async function chooseLanguage(): Promise<void> {
  const wanted = navigator.languages.map((tag) => tag.split("-")[0] ?? tag);
  const chosen = wanted.find((tag) => tag === "en" || tag in catalogues) ?? "en";
  const load = catalogues[chosen];
  if (load !== undefined) useCatalogue(await load().catch(() => null));
  document.documentElement.lang = language();
}
