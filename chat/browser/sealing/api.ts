// SPDX-License-Identifier: AGPL-3.0-or-later
// What the pages may use of the sealing; everything else in this folder is its inside.
//
// A help-seeker's page: readTrust, HelpSeekerSeat, and the blob. A desk: StaffSeat, certificates,
// enrolment, the key store, and the blob. On frame Refused with code gap: call `connected()` of the seat.

export { isAlias } from "./alias.ts";
export { joinStates, openBlob, readBlobHead, sealBlob, splitStates, ticketHash, ticketOf } from "./blob.ts";
export { fromBase64url, fromHex, hex, toBase64url } from "./bytes.ts";
export type { SigningKey, VerifiedChain, VerifiedManager } from "./certificate.ts";
export {
  certId,
  GRACE,
  LONGEST,
  makeBody,
  parseCertificate,
  signCertificate,
  USUAL,
  verifyChain,
  verifyManager,
} from "./certificate.ts";
export { checkEnrolmentRequest, enrolmentRequest } from "./enrolment.ts";
export { SealingError } from "./errors.ts";
export { rootFingerprint } from "./fingerprint.ts";
export { type HelpSeekerPhase, HelpSeekerSeat } from "./help-seeker-seat.ts";
export { createStaffKey, forgetStaffKey, loadStaffKey } from "./key-store.ts";
export { managerFingerprint, managerRequest, readCertificateFile } from "./offline-root.ts";
export { decodePeerBody, encodePeerBody, type PeerBody } from "./peer-body.ts";
export { type PeerPhase, PeerSeat } from "./peer-seat.ts";
export { WHOEVER } from "./proposals.ts";
export { MAX_LINE } from "./seat.ts";
export { NEWCOMER_AHEAD, type StaffPhase, StaffSeat } from "./staff-seat.ts";
export { describeTrust, readTrust, type TrustModule } from "./trust.ts";
export type * from "./types.ts";
export { Purpose, Role } from "./types.ts";
