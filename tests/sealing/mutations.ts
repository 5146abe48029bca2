// SPDX-License-Identifier: AGPL-3.0-or-later
// Planted faults. Each changes the sealing in a way the tests have to notice (mutations.test.ts). What is replaced
// stands exactly once in its file, so the list breaks loudly when the code is rewritten.

export interface Change {
  /** In chat/browser/sealing. */
  readonly file: string;
  readonly old: string;
  readonly now: string;
}

export interface Mutation {
  readonly name: string;
  /** The test file that has to find it, without `.test.ts`. */
  readonly by: "crash" | "model" | "reload" | "seat" | "handshake" | "offer" | "ledger" | "envelope";
  readonly changes: readonly Change[];
}

const one = (name: string, by: Mutation["by"], file: string, old: string, now: string): Mutation => ({
  name,
  by,
  changes: [{ file, old, now }],
});

export const MUTATIONS: readonly Mutation[] = [
  // --- the order of keeping, sending, showing, acknowledging ---
  one(
    "a line is sent before it is kept",
    "crash",
    "seat.ts",
    `    await this.keep();
    if (this.isShown(entry)) this.ports.changed({ kind: "line", line: this.lineOf(entry) });
    if (this.sending !== null) await this.seal(kind, entry);
    return entry;`,
    `    if (this.sending !== null) await this.seal(kind, entry);
    await this.keep();
    if (this.isShown(entry)) this.ports.changed({ kind: "line", line: this.lineOf(entry) });
    return entry;`,
  ),
  one(
    "a line is shown before it is kept",
    "crash",
    "seat.ts",
    `    await this.keep();
    if (this.isShown(entry)) this.ports.changed({ kind: "line", line: this.lineOf(entry) });`,
    `    if (this.isShown(entry)) this.ports.changed({ kind: "line", line: this.lineOf(entry) });
    await this.keep();`,
  ),
  one(
    "a line taken in is acknowledged before it is kept",
    "crash",
    "seat.ts",
    `    await this.keep();
    this.took();
    for (const entry of arrived) this.tellState(entry);
    if (taken === "gap")`,
    `    await this.seal(Kind.ack, null);
    await this.keep();
    this.took();
    for (const entry of arrived) this.tellState(entry);
    if (taken === "gap")`,
  ),
  one(
    "a line taken in is never kept",
    "crash",
    "seat.ts",
    `    await this.keep();
    this.took();
    for (const entry of arrived)`,
    `    this.took();
    for (const entry of arrived)`,
  ),
  one(
    "the server drops a line before it is kept",
    "crash",
    "seat.ts",
    `    await this.keep();
    this.took();
    for (const entry of arrived)`,
    `    this.took();
    await this.keep();
    for (const entry of arrived)`,
  ),
  one(
    "the help-seeker's ready goes before the new epoch is kept",
    "crash",
    "help-seeker-seat.ts",
    `    await this.keep();
    this.startSending(keys.sending);
    await this.seal(Kind.ready, null, this.ledger.takenMid);`,
    `    this.startSending(keys.sending);
    await this.seal(Kind.ready, null, this.ledger.takenMid);
    await this.keep();`,
  ),
  one(
    "the help-seeker's new epoch is not kept",
    "crash",
    "help-seeker-seat.ts",
    `    await this.keep();
    this.startSending(keys.sending);`,
    "    this.startSending(keys.sending);",
  ),
  one(
    "the staff browser's bond is not kept before its ready",
    "crash",
    "staff-seat.ts",
    `    this.#waitingSince = this.now();
    await this.keep();`,
    "    this.#waitingSince = this.now();",
  ),
  // --- no key twice ---
  {
    name: "a blob holds the sending chain",
    by: "crash",
    changes: [
      {
        file: "chain.ts",
        old: "  wipe(): void {\n    this.#ck.fill(0);",
        now: `  copy(): SendingChain {
    const twin = new SendingChain(this.#slot, this.#dir, this.epoch, this.#ck.slice());
    twin.#n = this.#n;
    return twin;
  }

  wipe(): void {
    this.#ck.fill(0);`,
      },
      {
        file: "seat.ts",
        old: "export abstract class Seat {",
        now: "const blobs: (SendingChain | null)[] = [];\nexport abstract class Seat {",
      },
      {
        file: "seat.ts",
        old: "    this.ports = ports;",
        now: "    this.ports = ports;\n    if (state.bond !== null) this.sending = blobs[this.#dir]?.copy() ?? null;",
      },
      {
        file: "seat.ts",
        old: "    this.#unkept = false;\n    try {",
        now: "    this.#unkept = false;\n    blobs[this.#dir] = this.sending?.copy() ?? null;\n    try {",
      },
    ],
  },
  one(
    "calls of a seat run side by side",
    "seat",
    "queue.ts",
    "const result = this.#last.then(job);",
    "const result = job();",
  ),
  one(
    "the chain moves on after sealing",
    "seat",
    "chain.ts",
    "    this.#ck.fill(0);\n    this.#ck = next;\n    this.#n += 1;",
    "    if (inner.kind !== 2) this.#ck = next;\n    this.#n += 1;",
  ),
  // --- numbers and ids ---
  one(
    "a line that was shown is shown again",
    "model",
    "ledger.ts",
    'if (this.#seen.has(hex(mid))) return "again";',
    "",
  ),
  one("the counter is not set to the ready's ack", "model", "ledger.ts", "    this.counter = ack;\n", ""),
  one(
    "the counter is only raised",
    "model",
    "ledger.ts",
    "this.counter = ack;",
    "this.counter = Math.max(this.counter, ack);",
  ),
  one(
    "a fork is not noticed by the mid",
    "reload",
    "ledger.ts",
    "const same = ack === 0 || own.some((entry) => entry.seq === ack && equal(entry.mid, mid));",
    "const same = true;",
  ),
  one(
    "a fork numbers only what is above the ack",
    "reload",
    "ledger.ts",
    "if (!same || entry.seq > ack) entry.seq = 0;",
    "if (entry.seq > ack) entry.seq = 0;",
  ),
  one(
    "what is above the ack keeps its number",
    "crash",
    "ledger.ts",
    "if (!same || entry.seq > ack) entry.seq = 0;",
    "if (!same) entry.seq = 0;",
  ),
  one(
    "a hole in the numbers is taken in",
    "ledger",
    "ledger.ts",
    'if (seq > this.taken + 1) return "gap";',
    "",
  ),
  one(
    "a late ready gives numbers to what can't be sent",
    "reload",
    "ledger.ts",
    `  resumeWithoutChain(ack: number, mid: Bytes): Entry[] {
    return this.#agree(ack, mid);`,
    `  resumeWithoutChain(ack: number, mid: Bytes): Entry[] {
    const arrived = this.#agree(ack, mid);
    this.number();
    return arrived;`,
  ),
  // --- what "delivered" means, and what is repaired ---
  one(
    "what the server stored counts as delivered",
    "crash",
    "ledger.ts",
    'if (entry.sent) return "sent";',
    'if (entry.sent) return "delivered";',
  ),
  one(
    "what is sealed counts as delivered",
    "crash",
    "ledger.ts",
    'return entry.seq > 0 ? "kept" : "waiting";',
    'return entry.seq > 0 ? "delivered" : "waiting";',
  ),
  one("a gap is not repaired", "seat", "seat.ts", 'if (outcome.kind === "gap") await this.wantResume();', ""),
  one(
    "a lost socket's envelopes are not sent again",
    "envelope",
    "seat.ts",
    'for (const { envelope } of this.#unstored) this.ports.send({ kind: "envelope", envelope });',
    "",
  ),
  one(
    "a reload forgets the receiving chain",
    "crash",
    "state.ts",
    "    optional(receiving && concat(u32(receiving.epoch), u32(receiving.n), receiving.ck)),",
    "    optional(receiving && null),",
  ),
  one(
    "an offer's epoch is not kept",
    "crash",
    "staff-seat.ts",
    "    await this.keep(); // the epoch must not be used again\n",
    "",
  ),
  one(
    "the bond is not mixed into a resume",
    "handshake",
    "help-seeker-seat.ts",
    "const psk = offer.purpose === Purpose.resume ? (this.bond ?? NO_BOND) : NO_BOND;",
    "const psk = NO_BOND;",
  ),
];
