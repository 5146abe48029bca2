// SPDX-License-Identifier: AGPL-3.0-or-later
/** Fetches the cryptography and the pinned roots, side by side. */

import { laterTexts } from "../locale/index.gen.ts";
import type { Trust } from "../sealing/types.ts";
import { addTexts } from "../texts.ts";
import type * as Seal from "./seal.ts";

export interface Sealed {
  readonly sealing: typeof Seal;
  readonly trust: Trust;
}

/** Rejects when a part did not arrive. */
export async function loadSealing(): Promise<Sealed> {
  // The launcher writes this module and no bundle holds it: a variable keeps its address as it is.
  const address: string = "/assets/trust.js";
  const pinned = import(address) as Promise<{ trust: Parameters<typeof Seal.readTrust>[0] }>;
  const more = laterTexts[document.documentElement.lang]?.().then(addTexts);
  const [sealing, { trust }] = await Promise.all([import("./seal.ts"), pinned, more]);
  return { sealing, trust: sealing.readTrust(trust) };
}
