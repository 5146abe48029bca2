// SPDX-License-Identifier: AGPL-3.0-or-later
// The text of the vectors (tests/vectors/README.md), read and written; for Node and Chromium alike.

import { fromHex, hex } from "../../chat/browser/sealing/bytes.ts";
import type { Bytes } from "../../chat/browser/sealing/types.ts";

const WORDS = new Set(["case", "expect", "fingerprint", "text"]);

/** One case: its kind, what it is about, and its fields in order. */
export class Case {
  readonly kind: string;
  readonly about: string;
  readonly #fields: readonly (readonly [string, string])[];

  constructor(title: string, fields: readonly (readonly [string, string])[]) {
    const [kind = "", ...about] = title.split(" ");
    this.kind = kind;
    this.about = about.join(" ");
    this.#fields = fields;
  }

  has(name: string): boolean {
    return this.#fields.some(([key]) => key === name);
  }

  word(name: string): string {
    const found = this.#fields.find(([key]) => key === name);
    if (found === undefined) throw new Error(`${this.kind} ${this.about}: no ${name}`);
    return found[1];
  }

  text(name: string): string {
    return JSON.parse(this.word(name));
  }

  number(name: string): number {
    return Number.parseInt(this.word(name), 10);
  }

  bytes(name: string): Bytes {
    return toBytes(this.word(name));
  }

  all(name: string): Bytes[] {
    return this.#fields.filter(([key]) => key === name).map(([, value]) => toBytes(value));
  }
}

function toBytes(value: string): Bytes {
  return value === "-" ? new Uint8Array(0) : fromHex(value);
}

export function parse(text: string): Case[] {
  const blocks = text
    .split("\n\n")
    .map((block) => block.split("\n").filter((line) => line !== "" && !line.startsWith("#")));
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => {
      const fields = lines.map((line) => {
        const at = line.indexOf(": ");
        return [line.slice(0, at), line.slice(at + 2)] as const;
      });
      const [first, ...rest] = fields;
      if (first?.[0] !== "case") throw new Error("a case begins with its name");
      return new Case(first[1], rest);
    });
}

export type Value = Bytes | number | string | readonly Bytes[];

/** One case as text. Numbers get names that end in _n, as the format wants. */
export function write(kind: string, about: string, fields: Readonly<Record<string, Value>>): string {
  const lines = [`case: ${kind} ${about}`];
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === "string" && !WORDS.has(name)) throw new Error(`${name} is no word`);
    if (typeof value === "number" && !name.endsWith("_n")) throw new Error(`${name} is no number`);
    const values: readonly (Bytes | number | string)[] = Array.isArray(value) ? value : [value as Bytes];
    for (const one of values) lines.push(`${name}: ${typeof one === "object" ? hex(one) || "-" : one}`);
  }
  return `${lines.join("\n")}\n`;
}
