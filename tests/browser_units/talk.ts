// SPDX-License-Identifier: AGPL-3.0-or-later
/** A conversation of the tests, from the start to where a test begins. */

import assert from "node:assert/strict";
import { Conversation } from "../../chat/browser/help_seeker/conversation.ts";
import type { Question } from "../../chat/browser/help_seeker/state.ts";
import { certId, parseCertificate } from "../../chat/browser/sealing/certificate.ts";
import type { Bytes, StaffIdentity } from "../../chat/browser/sealing/types.ts";
import { people, Server, type Staff, until } from "./line.ts";
import { Tab } from "./tab.ts";

export interface Talk {
  readonly server: Server;
  readonly tab: Tab;
  readonly conversation: Conversation;
}

export async function begun(server = new Server(), tab = new Tab(server)): Promise<Talk> {
  tab.around.tell({ kind: "start" });
  const conversation = await Conversation.begin(tab.around);
  await until(() => tab.state.at === "waiting", "waiting");
  return { server, tab, conversation };
}

export async function talking(): Promise<Talk> {
  const given = await begun();
  await given.server.take();
  await until(() => given.tab.state.at === "open", "open");
  return given;
}

export async function says(given: Talk, text: string): Promise<void> {
  assert.equal(await given.conversation.say(text), true);
  await until(() => given.server.shown.includes(text), `the counsellor is shown "${text}"`);
}

/** The tab is loaded again: only what was kept is left of it. `copied`: the old one lives on beside it. */
export async function reloaded(given: Talk, copied = false): Promise<Talk> {
  given.server.clock += 10; // a new offer is made at most every 5 s
  const tab = new Tab(given.server, given.tab.keep.text);
  if (!copied) given.tab.die();
  tab.around.tell({ kind: "found" });
  assert.equal(tab.state.at, "continue");
  assert.deepEqual(tab.state.lines, []);
  tab.around.tell({ kind: "start" });
  const conversation = await Conversation.resume(tab.around);
  assert.ok(conversation);
  return { ...given, tab, conversation };
}

export function idOf(who: StaffIdentity): Promise<Bytes> {
  return certId(parseCertificate(who.staff));
}

/** Waits for a question of this kind. */
export async function asked<K extends Question["kind"]>(
  { tab }: Talk,
  kind: K,
): Promise<Extract<Question, { kind: K }>> {
  const find = () => tab.state.questions.find((one) => one.kind === kind);
  await until(() => find() !== undefined, `asked: ${kind}`);
  return find() as Extract<Question, { kind: K }>;
}

export async function answers(given: Talk, kind: Question["kind"], yes: boolean): Promise<void> {
  const question = await asked(given, kind);
  given.conversation.answer(question.key, yes);
}

/** A seat's own clock goes on, so that what is acknowledged at most every two seconds is. */
export async function ticks({ server, tab }: Talk, ...staff: readonly Staff[]): Promise<void> {
  for (let n = 0; n < 3; n += 1) {
    server.clock += 3;
    for (const one of staff) await one.seat.tick();
    tab.pass(1_000);
    await new Promise((resume) => setImmediate(resume));
  }
}

/** Anna proposes Ben, who comes. */
export async function handedOver(announced = true): Promise<Talk> {
  const given = await talking();
  await says(given, "The weather is mild");
  if (announced) await given.server.counsellor.seat.propose(2, await idOf(people.ben));
  await given.server.comes();
  await asked(given, "handover");
  return given;
}

export async function isWith({ tab }: Talk, alias: string): Promise<void> {
  await until(() => tab.state.at === "open" && tab.state.counsellor?.alias === alias, `with ${alias}`);
}
