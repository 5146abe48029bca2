// SPDX-License-Identifier: AGPL-3.0-or-later
/** When the certificates of people and devices end: for renewing in time, and for saying what a removal can't undo. */

import { fromBase64url, parseCertificate } from "../../../chat/browser/sealing/api.ts";
import { renewalDue } from "./certificates.ts";
import type { Device, Person } from "./people.ts";

/** When a device's staff certificate ends, unix seconds; null when there is none that can be read. */
export function endOf(device: Device): number | null {
  if (device.certificates.staff === null) return null;
  try {
    return parseCertificate(fromBase64url(device.certificates.staff)).notAfter;
  } catch {
    return null;
  }
}

/** Devices that still may be used. */
export function live(devices: readonly Device[]): readonly Device[] {
  return devices.filter((device) => device.revoked === null);
}

/**
 * When the last certificate of these devices ends, unix seconds; null when none is good any more.
 *
 * Until then a server in wrong hands could show it to help-seekers' browsers, whatever was removed. Devices that
 * were removed before count too, and so do the days of grace of those browsers, given in seconds.
 */
export function lastEnd(devices: readonly Device[], now: number, grace: number): number | null {
  const ends = devices.map(endOf).filter((end) => end !== null && end + grace > now);
  return ends.length === 0 ? null : Math.max(...(ends as number[])) + grace;
}

export interface Due {
  readonly person: Person;
  readonly device: Device;
  readonly end: number;
}

/** Certificates in use that should be renewed now, the one that ends first before all others. */
export function due(staff: readonly Person[], now: number): readonly Due[] {
  return staff
    .flatMap((person) =>
      live(person.devices).flatMap((device) => {
        const end = endOf(device);
        return end !== null && renewalDue(end, now) ? [{ person, device, end }] : [];
      }),
    )
    .sort((a, b) => a.end - b.end);
}
