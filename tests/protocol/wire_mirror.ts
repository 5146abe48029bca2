// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The browser's codec behind a line protocol, for test_typescript.py: `union hex` comes in, and goes
 * back as `{frame, hex}` (decoded, and encoded again) or as `refused`.
 */

import { createInterface } from "node:readline";
import * as wire from "../../chat/browser/wire.gen.ts";

const codecs = {
  FromHelpSeeker: [wire.decodeFromHelpSeeker, wire.encodeFromHelpSeeker],
  ToHelpSeeker: [wire.decodeToHelpSeeker, wire.encodeToHelpSeeker],
  FromDesk: [wire.decodeFromDesk, wire.encodeFromDesk],
  ToDesk: [wire.decodeToDesk, wire.encodeToDesk],
} as const;

function mirror(line: string): string {
  const [union, hex = ""] = line.split(" ");
  const [decode, encode] = codecs[union as keyof typeof codecs];
  let frame: Parameters<typeof encode>[0];
  try {
    frame = decode(Buffer.from(hex, "hex"));
  } catch (error) {
    if (error instanceof wire.WireError) return '"refused"';
    throw error;
  }
  const again = Buffer.from((encode as (frame: object) => Uint8Array)(frame)).toString("hex");
  const plain = (_: string, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value;
  return JSON.stringify({ frame, hex: again }, plain);
}

for await (const line of createInterface({ input: process.stdin })) process.stdout.write(`${mirror(line)}\n`);
