// SPDX-License-Identifier: AGPL-3.0-or-later
/** When a desk left alone locks itself. Pure; milliseconds of this browser's clock. */

import { MINUTE } from "./durations.ts";

/** Until the organisation has set another. */
export const LOCK_AFTER_MINUTES = 10;

/** Whether nobody touched the desk for the set minutes; 0 minutes: never. */
export function lockDue(lastInput: number, minutes: number, now: number): boolean {
  return minutes > 0 && now - lastInput >= minutes * MINUTE;
}
