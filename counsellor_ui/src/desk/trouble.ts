// SPDX-License-Identifier: AGPL-3.0-or-later
/** From whatever was thrown to the closed set of what the desk can say about it. */

import { SealingError } from "../../../chat/browser/sealing/api.ts";
import type { Trouble } from "../state/refusals.ts";
import { ApiError } from "./http.ts";
import { PasskeyCancelled } from "./passkeys.ts";
import { Refused } from "./team.ts";

export function troubleOf(error: unknown): Trouble {
  if (error instanceof ApiError || error instanceof SealingError || error instanceof Refused)
    return error.code;
  if (error instanceof PasskeyCancelled) return "passkey_cancelled";
  return "internal";
}
