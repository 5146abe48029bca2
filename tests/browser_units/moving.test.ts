// SPDX-License-Identifier: AGPL-3.0-or-later
// A worker ends, and asks this page to go on over another connection.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./line.ts";
import { says, talking } from "./talk.ts";

test("asked to go on elsewhere while both write: nobody sees it, nothing is lost, nothing comes twice", async () => {
  const given = await talking();
  const { server, tab, conversation } = given;
  const links: string[] = [];
  const said: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    server.reachable = false; // the next one opens later
    server.says({ frame: "Moving" });
    tab.pass(0);
    said.push(`Before (${round})`, `Between (${round})`);
    await says(given, `Before (${round})`);
    await server.counsellor.seat.compose(`It rains (${round})`);
    server.lose = "Put";
    await conversation.say(`Between (${round})`);
    server.reachable = true;
    server.pipes.at(-1)?.open();
    await until(() => server.shown.length === said.length, "shown");
  }
  await says(given, "And after it");
  await until(() => tab.state.lines.filter(({ from }) => from === "peer").length === 3, "heard");
  for (const event of tab.events) if (event.kind === "link") links.push(event.link);

  assert.deepEqual(server.shown, [...said, "And after it"]);
  assert.deepEqual(links, ["connecting", "up"]);
  assert.equal(server.pipes.length, 4);
});

test("what is over is not gone on with elsewhere", async () => {
  const given = await talking();
  await given.conversation.end();
  await until(() => given.tab.state.erased, "confirmed");
  given.server.pipes.at(-1)?.deliver({ frame: "Moving" });
  given.tab.pass(0);

  assert.equal(given.server.pipes.length, 1);
});
