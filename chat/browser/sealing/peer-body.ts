// SPDX-License-Identifier: AGPL-3.0-or-later
// What two desks send each other over the side channel. The server passes it on whole and keeps nothing.
//
//   body  = 1 | kind u8 | sid[16] | content            chain = u8 length | staff | u8 length | manager
//   1 offer:    offer[1336] | chain                    5 took:   epoch u32 | n u32
//   2 hello:    m1[2480] | chain                       6 resume: nothing
//   3 reply:    m2[1168] | ready[1063]                 7 over:   nothing
//   4 envelope: 1063 or 4135 bytes

import { concat, Reader, u8, u32 } from "./bytes.ts";
import { SealingError } from "./errors.ts";
import type { Bytes } from "./types.ts";

const VERSION = 1;
const KINDS = ["offer", "hello", "reply", "envelope", "took", "resume", "over"] as const;
const SIZES = { offer: 1336, m1: 2480, m2: 1168, small: 1063, large: 4135 } as const;

interface Chain {
  readonly staff: Bytes;
  readonly manager: Bytes;
}

export type PeerBody = { readonly sid: Bytes } & (
  | ({ readonly kind: "offer"; readonly offer: Bytes } & Chain)
  | ({ readonly kind: "hello"; readonly m1: Bytes } & Chain)
  | { readonly kind: "reply"; readonly m2: Bytes; readonly ready: Bytes }
  | { readonly kind: "envelope"; readonly envelope: Bytes }
  /** Everything up to here was taken in. */
  | { readonly kind: "took"; readonly epoch: number; readonly n: number }
  /** Something is missing: send again what was not taken in. */
  | { readonly kind: "resume" }
  /** This browser does not know the channel, or closed it. */
  | { readonly kind: "over" }
);

export function encodePeerBody(body: PeerBody): Bytes {
  return concat(u8(VERSION), u8(KINDS.indexOf(body.kind) + 1), body.sid, contentOf(body));
}

function contentOf(body: PeerBody): Bytes {
  switch (body.kind) {
    case "offer":
      return concat(body.offer, chainBytes(body));
    case "hello":
      return concat(body.m1, chainBytes(body));
    case "reply":
      return concat(body.m2, body.ready);
    case "envelope":
      return body.envelope;
    case "took":
      return concat(u32(body.epoch), u32(body.n));
    case "resume":
    case "over":
      return new Uint8Array(0);
  }
}

function chainBytes({ staff, manager }: Chain): Bytes {
  return concat(u8(staff.length), staff, u8(manager.length), manager);
}

/** Reads the layout only; trailing bytes are refused. @throws SealingError unknown_version, bad_length */
export function decodePeerBody(bytes: Bytes): PeerBody {
  const reader = new Reader(bytes);
  if (reader.u8() !== VERSION) throw new SealingError("unknown_version");
  const kind = KINDS[reader.u8() - 1];
  if (kind === undefined) throw new SealingError("unknown_version");
  const body: PeerBody = { sid: reader.take(16), ...readContent(kind, reader) };
  reader.end();
  return body;
}

type Content = PeerBody extends infer Body ? (Body extends PeerBody ? Omit<Body, "sid"> : never) : never;

function readContent(kind: (typeof KINDS)[number], reader: Reader): Content {
  switch (kind) {
    case "offer":
      return { kind, offer: reader.take(SIZES.offer), ...readChain(reader) };
    case "hello":
      return { kind, m1: reader.take(SIZES.m1), ...readChain(reader) };
    case "reply":
      return { kind, m2: reader.take(SIZES.m2), ready: reader.take(SIZES.small) };
    case "envelope": {
      const envelope = reader.rest();
      if (envelope.length !== SIZES.small && envelope.length !== SIZES.large)
        throw new SealingError("bad_length");
      return { kind, envelope };
    }
    case "took":
      return { kind, epoch: reader.u32(), n: reader.u32() };
    case "resume":
    case "over":
      return { kind };
  }
}

function readChain(reader: Reader): Chain {
  return { staff: reader.take(reader.u8()), manager: reader.take(reader.u8()) };
}
