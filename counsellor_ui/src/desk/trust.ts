// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Whom this desk believes: the roots pinned beside the bundle. The launcher writes the module, so the
 * bundler leaves its address alone.
 */

import type { Trust, TrustModule } from "../../../chat/browser/sealing/api.ts";
import { readTrust } from "../../../chat/browser/sealing/api.ts";

export async function loadTrust(): Promise<Trust> {
  const address = "/assets/trust.js";
  const module = (await import(address)) as { trust: TrustModule };
  return readTrust(module.trust);
}
