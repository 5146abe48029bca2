// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { makeBody, toBase64url } from "../../chat/browser/sealing/api.ts";
import { due, endOf, lastEnd, live } from "../../counsellor_ui/src/state/certificate_ends.ts";
import { DAY } from "../../counsellor_ui/src/state/durations.ts";
import type { Device, Person } from "../../counsellor_ui/src/state/people.ts";

const NOW = 1_800_000_000;
const GRACE = 7 * DAY;

/** A certificate as the desk reads its dates; nothing here looks at the signature. */
function certificate(notAfter: number): string {
  const fields = { role: 2 as const, id: new Uint8Array(16), ed: new Uint8Array(32), alias: "Ben" };
  const body = makeBody({ ...fields, issuer: new Uint8Array(32), issued: notAfter - 30 * DAY, notAfter });
  return toBase64url(Uint8Array.from([...body, ...new Uint8Array(64)]));
}

function device(id: string, notAfter: number | null, revoked: string | null = null): Device {
  return {
    id,
    staff: "ben",
    alias: "Ben",
    roles: ["counsellor"],
    ed: "",
    created: "2026-01-01",
    revoked,
    own: false,
    this: false,
    certificates: { manager: null, staff: notAfter === null ? null : certificate(notAfter), issuer: null },
  };
}

test("the end of a certificate is read from it, and one that can't be read has none", () => {
  const torn = device("a", null);

  assert.equal(endOf(device("a", NOW + DAY)), NOW + DAY);
  assert.equal(endOf(torn), null);
  assert.equal(endOf({ ...torn, certificates: { ...torn.certificates, staff: "AAAA" } }), null);
});

test("what a removal can't undo ends with the last certificate and its days of grace", () => {
  const devices = [device("a", NOW + 5 * DAY), device("b", NOW + 9 * DAY, "2026-02-01"), device("c", null)];

  assert.equal(lastEnd(devices, NOW, GRACE), NOW + 16 * DAY);
  assert.equal(lastEnd([device("a", NOW - 6 * DAY)], NOW, GRACE), NOW + DAY);
  assert.equal(lastEnd([device("a", NOW - 7 * DAY)], NOW, GRACE), null);
  assert.equal(lastEnd([], NOW, GRACE), null);
});

test("certificates near their end come first by date; removed devices and long ones do not", () => {
  const devices = [
    device("later", NOW + 12 * DAY),
    device("sooner", NOW + 3 * DAY),
    device("ended", NOW - DAY),
    device("long", NOW + 25 * DAY),
    device("removed", NOW + DAY, "2026-02-01"),
  ];
  const ben: Person = { id: "ben", alias: "Ben", roles: ["counsellor"], devices };

  assert.deepEqual(
    due([ben], NOW).map((one) => one.device.id),
    ["ended", "sooner", "later"],
  );
  assert.equal(live(devices).length, 4);
});
