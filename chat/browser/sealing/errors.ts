// SPDX-License-Identifier: AGPL-3.0-or-later
// The one error of this folder: a closed code, and nothing of what was being sealed.

import type { SealingCode } from "./types.ts";

export class SealingError extends Error {
  readonly code: SealingCode;

  constructor(code: SealingCode) {
    super(code);
    this.name = "SealingError";
    this.code = code;
  }
}

/** The code of a refusal; anything else is a fault of ours and is thrown on. */
export function codeOf(error: unknown): SealingCode {
  if (error instanceof SealingError) return error.code;
  throw error;
}
