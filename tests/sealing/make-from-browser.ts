// SPDX-License-Identifier: AGPL-3.0-or-later
// Writes tests/vectors/from-browser.txt: `node tests/sealing/make-from-browser.ts`.

import { writeFileSync } from "node:fs";
import { fromBrowser } from "./from-browser.ts";
import { FOLDER } from "./vector-folder.ts";

writeFileSync(new URL("from-browser.txt", FOLDER), await fromBrowser());
