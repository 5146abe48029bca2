// SPDX-License-Identifier: AGPL-3.0-or-later
// The browser's seat behind a pipe, for test_with_browser.py: one JSON array a line in, what came of it out.
// Bytes are hexadecimal strings that begin with "x".

import { createInterface } from "node:readline";
import { HelpSeekerSeat } from "../../chat/browser/sealing/help-seeker-seat.ts";
import { StaffSeat } from "../../chat/browser/sealing/staff-seat.ts";
import type { Bytes, SeatPorts, StaffIdentity, Trust } from "../../chat/browser/sealing/types.ts";
import { keyOf } from "./people.ts";

let now = 0;
let kept: Bytes = new Uint8Array(0);
let told: unknown[] = [];
let trust: Trust | undefined;
let identity: StaffIdentity | undefined;
let h: HelpSeekerSeat | undefined;
let s: StaffSeat | undefined;

const ports: SeatPorts = {
  send: (out) => told.push({ sent: out }),
  changed: (change) => told.push({ changed: change }),
  persist: async (state) => {
    kept = state;
  },
  now: () => now,
  random: (n) => crypto.getRandomValues(new Uint8Array(n)),
};

function fromWire(value: unknown): unknown {
  if (typeof value === "string" && value.startsWith("x"))
    return new Uint8Array(Buffer.from(value.slice(1), "hex"));
  return Array.isArray(value) ? value.map(fromWire) : value;
}

function toWire(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? `x${Buffer.from(value).toString("hex")}` : value;
}

async function carryOut(command: string, given: unknown[]): Promise<unknown> {
  // What stands in the pipe is written by test_with_browser.py: each command has the arguments of its method.
  const [a, b, c, d] = given as [never, never, never, never];
  switch (command) {
    case "help-seeker":
      trust = { roots: b, revoked: [], built: c, demo: false };
      h = HelpSeekerSeat.fresh(a, 0, trust, ports);
      return;
    case "staff":
      identity = { staff: b, manager: c, sign: keyOf(d).sign };
      s = StaffSeat.fresh(a, 0, identity, ports);
      return;
    case "reload":
      if (trust !== undefined) h = HelpSeekerSeat.restore(kept, trust, ports);
      if (identity !== undefined) s = StaffSeat.restore(kept, identity, ports);
      return (h ?? s)?.connected();
    case "lines":
      return void told.push(...((h ?? s)?.lines() ?? []));
    case "phase":
      return void told.push((h ?? s)?.phase());
    case "setPeerPresent":
      return (h ?? s)?.setPeerPresent(a);
    case "compose":
      return (h ?? s)?.compose(a);
    case "delivered":
      return (h ?? s)?.delivered(a);
    case "connected":
      return (h ?? s)?.connected();
    case "tick":
      return (h ?? s)?.tick();
    case "offered":
      return h?.offered(a, b, c);
    case "replied":
      return h?.replied(a);
    case "offer":
      return s?.offer(a, b);
    case "answered":
      return s?.answered(a);
    case "askedResume":
      return s?.askedResume(a);
    default:
      throw new Error(command);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command, at, ...given] = JSON.parse(line);
  now = at;
  told = [];
  await carryOut(command, given.map(fromWire));
  process.stdout.write(`${JSON.stringify(told, toWire)}\n`);
}
