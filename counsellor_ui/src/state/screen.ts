// SPDX-License-Identifier: AGPL-3.0-or-later
/** Which of few screens is shown, and which place of the signed-in person. */

import type { Enrolling } from "../desk/enrol.ts";
import type { Mine } from "../desk/identity.ts";
import type { Me } from "./people.ts";
import type { Trouble } from "./refusals.ts";

export type Screen =
  | { readonly kind: "loading" }
  | { readonly kind: "failed"; readonly trouble: Trouble }
  | { readonly kind: "no_store" }
  /** `unasked`: the service ended it; the person at the desk did not. `lost`: it lost the conversations, too. */
  | { readonly kind: "signed_out"; readonly unasked: boolean; readonly lost?: boolean }
  | { readonly kind: "enrol"; readonly enrolling: Enrolling }
  | { readonly kind: "signed_in"; readonly me: Me; readonly mine: Mine };

export type Place = "desk" | "board" | "team" | "manage" | "replies" | "devices";
