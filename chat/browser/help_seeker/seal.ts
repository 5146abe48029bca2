// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The chunk with the cryptography, loaded while the first page is being read, and with all that is only
 * shown to somebody who talks already. It names what a help-seeker's browser needs of the sealing, so that
 * the staff's part is left out of it.
 */

export {
  fromBase64url,
  HelpSeekerSeat,
  joinStates,
  openBlob,
  readBlobHead,
  readTrust,
  sealBlob,
  splitStates,
  ticketHash,
  ticketOf,
  toBase64url,
} from "../sealing/api.ts";
export { reveals } from "./reveals.ts";
export { pieces } from "./sharing.ts";
export { sayAgain } from "./views/again.ts";
export { askedKey, askedView } from "./views/asked.ts";
export { asksAfter, asksBefore, feelingView } from "./views/feeling.ts";
export { revealingView } from "./views/revealing.ts";
export { WaitingView } from "./views/waiting.ts";
export { Work } from "./work.ts";
