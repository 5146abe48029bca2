// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { toBase64url } from "../../chat/browser/sealing/api.ts";
import type { Enrolment, Progress } from "../../counsellor_ui/src/state/enrolment.ts";
import { next, readLink } from "../../counsellor_ui/src/state/enrolment.ts";

function server(state: Enrolment["state"], passkey: boolean): Enrolment {
  return {
    state,
    passkey,
    staff: "AAAAAAAAAAAAAAAAAAAAAA",
    alias: "Anna",
    roles: ["counsellor"],
    further_device: false,
    expires: 2_000_000_000,
    certificates: { manager: null, staff: null, issuer: null },
    demo: true,
  };
}

const mine = (key: boolean, passkey: boolean): Progress => ({ key, passkey });

test("key, passkey, request, wait, ready: one after the other", () => {
  assert.equal(next(server("open", false), mine(false, false)), "begin");
  assert.equal(next(server("open", false), mine(true, false)), "passkey");
  assert.equal(next(server("open", true), mine(true, true)), "request");
  assert.equal(next(server("requested", true), mine(true, true)), "wait");
  assert.equal(next(server("certified", true), mine(true, true)), "ready");
});

test("a passkey that this browser did not make means that somebody else used the link", () => {
  for (const state of ["open", "requested", "certified"] as const) {
    assert.equal(next(server(state, true), mine(false, false)), "used_elsewhere");
    assert.equal(next(server(state, true), mine(true, false)), "used_elsewhere");
  }
});

test("a link is read whole, as its fragment or as the bare code", () => {
  const bytes = Uint8Array.from({ length: 32 }, (_, i) => i);
  const code = toBase64url(bytes);
  const expected = { invId: bytes.slice(0, 16), invite: bytes.slice(16) };

  assert.deepEqual(readLink(`https://desk.example.org/enrol#${code}`), expected);
  assert.deepEqual(readLink(`#${code}`), expected);
  assert.deepEqual(readLink(`  ${code}\n`), expected);
});

test("anything else is no link", () => {
  const short = toBase64url(new Uint8Array(31));
  const long = toBase64url(new Uint8Array(33));

  for (const text of ["", "#", "https://desk.example.org/enrol", short, long, "*".repeat(43)]) {
    assert.equal(readLink(text), null);
  }
});
