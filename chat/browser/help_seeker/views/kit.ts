// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * What the first page has loaded already, for the views that come later. An import there would move it to a
 * file of its own, which the first page waits for.
 */

import { t, tn } from "../../texts.ts";
import { About, ErrorCode, Urgency } from "../../wire.gen.ts";
import { openingHere } from "../opens.ts";
import { button, h, write } from "./dom.ts";

export const kit = { t, tn, h, button, write, openingHere, About, Urgency, ErrorCode } as const;

export type Kit = typeof kit;
