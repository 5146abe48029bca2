// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Colleagues' certificates. The server names them; this browser checks the chain itself before it proposes
 * anybody to a help-seeker, and takes the name from the certificate.
 */

import type { Bytes, Trust } from "../../../chat/browser/sealing/api.ts";
import { fromBase64url, hex, verifyChain } from "../../../chat/browser/sealing/api.ts";
import type { ColleagueDevice } from "../state/people.ts";

export interface Vouched {
  /** 32 hexadecimal digits each. */
  readonly staff: string;
  readonly device: string;
  readonly certId: Bytes;
  readonly alias: string;
  readonly supervisor: boolean;
}

/** Those of the devices whose chain holds and is about the person the server says. */
export async function vouched(
  devices: readonly ColleagueDevice[],
  trust: Trust,
  now: number,
): Promise<readonly Vouched[]> {
  const found = await Promise.all(devices.map((device) => check(device, trust, now)));
  return found.filter((one) => one !== null);
}

async function check(device: ColleagueDevice, trust: Trust, now: number): Promise<Vouched | null> {
  const { staff, issuer } = device.certificates;
  if (staff === null || issuer === null) return null;
  try {
    const chain = await verifyChain(fromBase64url(staff), fromBase64url(issuer), trust, now);
    const person = hex(chain.staff.id);
    if (person !== hex(fromBase64url(device.staff))) return null;
    const { alias, role } = chain.staff;
    const id = hex(fromBase64url(device.device));
    return { staff: person, device: id, certId: chain.staffId, alias, supervisor: role === 3 };
  } catch {
    return null; // does not hold: as if nobody were there
  }
}
