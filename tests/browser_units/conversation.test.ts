// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { LONGEST_WAIT } from "../../chat/browser/connection.ts";
import { Conversation } from "../../chat/browser/help_seeker/conversation.ts";
import { PASSING } from "../../chat/browser/help_seeker/patience.ts";
import { notDelivered } from "../../chat/browser/help_seeker/state.ts";
import { About, EndedBy, ErrorCode, Left, Urgency } from "../../chat/browser/wire.gen.ts";
import { Server, until } from "./line.ts";
import { Tab } from "./tab.ts";
import { begun, reloaded, says, talking } from "./talk.ts";

test("a first message written while waiting is kept here and sent when the counsellor is there", async () => {
  const given = await begun();
  assert.equal(await given.conversation.say("The weather is mild"), true);
  assert.deepEqual(given.tab.lines, ["own: The weather is mild (waiting)"]);
  assert.deepEqual(given.server.heard, ["Start"]);

  await given.server.take();
  await until(() => given.server.shown.length === 1, "shown");

  assert.deepEqual(given.server.shown, ["The weather is mild"]);
  assert.equal(given.tab.state.counsellor?.alias, "Anna");
  assert.match(given.tab.state.counsellor?.fingerprint ?? "", /^\d{5}( \d{5}){5}$/);
});

test("sent is the server's word, delivered the other browser's", async () => {
  const given = await talking();
  await says(given, "The weather is mild");
  await until(() => given.tab.lines[0]?.endsWith("(sent)") ?? false, "sent");

  await given.server.counsellor.seat.compose("And the sky is grey");
  await until(() => given.tab.lines.length === 2, "an answer");

  assert.deepEqual(given.tab.lines, [
    "own: The weather is mild (delivered)",
    "peer: And the sky is grey (delivered)",
  ]);
});

test("a reload asks first, then continues: nothing lost, nothing twice", async () => {
  const given = await talking();
  await says(given, "The weather is mild");
  await given.server.counsellor.seat.compose("And the sky is grey");
  await until(() => given.tab.state.lines.length === 2, "an answer");
  given.conversation.keepDraft("I wanted to");
  const before = given.tab.keep.text;
  await until(() => given.tab.keep.text !== before, "the draft is kept");

  const after = await reloaded(given);
  await until(
    () => after.tab.state.at === "open" && after.tab.events.some((e) => e.kind === "active"),
    "open again",
  );

  assert.deepEqual(after.tab.lines, [
    "own: The weather is mild (delivered)",
    "peer: And the sky is grey (delivered)",
  ]);
  assert.equal(after.conversation.draft, "I wanted to");
  await says(after, "It rains now");
  assert.deepEqual(given.server.shown, ["The weather is mild", "It rains now"]);
});

test("a reload in the waiting room keeps the place and the first message", async () => {
  const given = await begun();
  await given.conversation.say("The weather is mild");

  const after = await reloaded(given);
  await until(() => after.tab.state.at === "waiting", "waiting again");
  await given.server.take();
  await until(() => given.server.shown.length === 1, "shown");

  assert.deepEqual(given.server.heard.slice(0, 2), ["Start", "Attach"]);
  assert.deepEqual(
    after.tab.lines.map((line) => line.split(" (")[0]),
    ["own: The weather is mild"],
  );
});

test("a reload before the first line keeps the place too", async () => {
  const given = await begun();
  const after = await reloaded(given);
  await until(() => after.tab.state.at === "waiting", "waiting again");
  await given.server.take();
  await until(() => after.tab.state.at === "open", "open");
});

test("a dropped network: lines written meanwhile go out after it, once", async () => {
  const given = await talking();
  given.server.reachable = false;
  given.server.drop();
  await given.conversation.say("Written in the tunnel");
  assert.equal(given.tab.state.at, "open");
  assert.equal(given.tab.state.link, "down");

  given.server.reachable = true;
  given.tab.pass(0);
  await until(() => given.server.shown.length > 0, "shown");
  await says(given, "And after it");

  assert.deepEqual(given.server.shown, ["Written in the tunnel", "And after it"]);
});

test("a line that the network swallowed is sent again after the next welcome", async () => {
  const given = await talking();
  given.server.lose = "Put";
  await given.conversation.say("Swallowed");
  given.server.drop();
  given.tab.pass(0);
  await until(() => given.server.shown.length > 0, "shown");

  assert.deepEqual(given.server.shown, ["Swallowed"]);
});

test("a Start that never arrived is sent again", async () => {
  const server = new Server();
  const tab = new Tab(server);
  tab.around.tell({ kind: "start" });
  server.lose = "Start";
  await Conversation.begin(tab.around);
  await until(() => server.pipes[0]?.readyState === 1, "open");
  server.pipes[0]?.break();
  tab.pass(0);
  await until(() => server.heard.includes("Attach"), "attach is tried first");
  await until(() => tab.state.link === "down", "then it dials anew");
  tab.pass(0);
  await until(() => tab.state.at === "waiting", "waiting");

  assert.deepEqual(server.heard, ["Attach", "Start"]);
});

test("superseded: wiped, not reconnected; the person can come back", async () => {
  const given = await talking();
  await says(given, "The weather is mild");
  const other = await reloaded(given, true);
  await until(() => given.tab.state.at === "superseded", "superseded");

  assert.deepEqual(given.tab.state.lines, []);
  assert.equal(await given.conversation.say("too late"), false);
  const dials = given.server.pipes.length;
  given.tab.pass(60_000);
  assert.equal(given.server.pipes.length, dials);

  await until(() => other.tab.events.some((e) => e.kind === "active"), "the other tab is open");
  given.server.clock += 10;
  given.tab.around.tell({ kind: "start" });
  const back = await Conversation.resume(given.tab.around);
  await until(() => given.tab.state.at === "open" && other.tab.state.at === "superseded", "back here");
  assert.ok(back);
  await says({ ...given, conversation: back }, "It rains now");
  assert.deepEqual(given.server.shown, ["The weather is mild", "It rains now"]);
});

test("ending: said inside the channel, the blob goes, the server confirms", async () => {
  const given = await talking();
  await given.conversation.end();
  assert.equal(given.tab.state.ending, "you");
  await until(() => given.tab.state.erased, "confirmed");
  await until(
    () => given.server.counsellor.changes.some((change) => change.kind === "peerEnded"),
    "said inside",
  );

  assert.equal(given.server.heard.at(-1), "Leave");
  assert.equal(given.tab.keep.text, null);
  assert.equal(given.tab.state.link, "up"); // it may still be said how it feels
  assert.equal(given.conversation.feel(true, 2), true);
  assert.equal(given.server.heard.at(-1), "Felt");
  given.tab.pass(600_000);
  assert.equal(given.tab.state.link, "stopped");
  assert.equal(given.conversation.feel(true, 2), false);
});

test("erasing: nothing is said inside, nothing stays on the screen, the server confirms", async () => {
  const given = await talking();
  await given.conversation.say("The weather is mild");
  await given.conversation.end(true);
  assert.deepEqual(
    [given.tab.state.at, given.tab.state.ending, given.tab.state.erased],
    ["ended", "erased", false],
  );
  assert.deepEqual(given.tab.state.lines, []);
  await until(() => given.tab.state.erased, "confirmed");

  assert.equal(given.server.heard.at(-1), "Leave");
  assert.equal(
    given.server.counsellor.changes.some((change) => change.kind === "peerEnded"),
    false,
  );
  assert.equal(given.tab.keep.text, null);
  assert.equal(given.tab.state.link, "stopped");
});

test("ending without a network: the page says that it is not confirmed, and tells the server later", async () => {
  const given = await talking();
  given.server.reachable = false;
  given.server.drop();
  await given.conversation.say("Never arrived");
  await given.conversation.end();

  assert.deepEqual([given.tab.state.at, given.tab.state.erased], ["ended", false]);
  assert.equal(given.tab.keep.text, null);
  given.server.reachable = true;
  given.tab.pass(0);
  await until(() => given.tab.state.erased, "confirmed");

  assert.deepEqual(given.server.heard.slice(-2), ["Attach", "Leave"]);
  assert.deepEqual(
    notDelivered(given.tab.state).map((line) => line.text),
    ["Never arrived"],
  );
});

test("the counsellor ends it: known from inside, and the blob is gone", async () => {
  const given = await talking();
  await given.server.counsellor.seat.end();
  await until(() => given.tab.state.at === "ended" && given.tab.state.erased, "ended");

  assert.equal(given.tab.state.ending, "counsellor");
  assert.equal(given.tab.keep.text, null);
});

for (const [by, at, ending] of [
  [EndedBy.COUNSELLOR, "ended", "serverSaysCounsellor"],
  [EndedBy.IDLE, "ended", "idle"],
  [EndedBy.LOST, "lost", "lost"],
] as const) {
  test(`the server says that it is over: ${ending}`, async () => {
    const given = await talking();
    given.server.close(by);
    await until(() => given.tab.state.at === at, at);

    assert.equal(given.tab.state.ending, ending);
    assert.equal(given.tab.keep.text, null);
    assert.equal(await given.conversation.say("too late"), false);
  });
}

test("a reload after the server lost its memory says so", async () => {
  const given = await talking();
  const kept = given.tab.keep.text;
  const anew = new Server();
  anew.era = new Uint8Array(32).fill(9);
  const tab = new Tab(anew, kept);
  tab.around.tell({ kind: "start" });
  await Conversation.resume(tab.around);
  await until(() => tab.state.at === "lost", "lost");

  assert.equal(tab.keep.text, null);
});

test("abandoning ends the conversation at the server without opening the blob", async () => {
  const given = await talking();
  const tab = new Tab(given.server, given.tab.keep.text);
  await Conversation.abandon(tab.around);
  assert.equal(tab.keep.text, null);
  tab.keep.write("another conversation's");
  await until(() => given.server.over, "over");

  assert.equal(tab.state.at, "first");
  assert.equal(tab.keep.text, "another conversation's");
});

for (const code of [ErrorCode.TOO_FAST, ErrorCode.STORE_LOST]) {
  test(`a tap that was refused with ${code} counts only once it was said again and heard`, async () => {
    const said = { about: About.ME, urgency: Urgency.ACUTE };
    const given = await begun();
    given.server.refuse = code;
    given.conversation.room.describe(said);
    await until(() => given.tab.state.trouble === code, "trouble");
    assert.deepEqual([given.tab.state.said, given.tab.state.heard], [said, false]);

    given.server.refuse = null;
    given.tab.pass(PASSING);
    await until(() => given.tab.state.heard, "heard");

    assert.deepEqual(given.server.heard, ["Start", "Describe", "Describe"]);
    assert.deepEqual([given.tab.state.said, given.tab.state.trouble], [said, null]);
  });
}

test("a tap that was lost while somebody nearly came is said again in the waiting room", async () => {
  const given = await begun();
  given.server.lose = "Describe";
  given.conversation.room.describe({ about: About.ME, urgency: Urgency.USUAL });
  given.server.back(Left.LAPSED);
  await until(() => given.tab.state.heard, "heard");

  assert.deepEqual(given.server.heard, ["Start", "Describe"]);
});

test("leaving fast: the blob is gone at once and the server is told", async () => {
  const given = await talking();
  given.conversation.vanish();

  assert.equal(given.tab.keep.text, null);
  assert.equal(given.server.heard.at(-1), "Leave");
});

test("leaving fast without a connection: the blob is gone, the server hears nothing, also not later", async () => {
  const given = await talking();
  given.server.reachable = false;
  given.server.drop();
  given.conversation.vanish();
  assert.equal(given.tab.keep.text, null);

  given.server.reachable = true;
  const before = given.server.heard.length;
  given.tab.pass(LONGEST_WAIT);

  assert.deepEqual([given.server.heard.slice(before), given.tab.state.link], [[], "stopped"]);
});

test("a closed or full line is said, and nothing is kept", async () => {
  for (const code of [ErrorCode.CLOSED_INTAKE, ErrorCode.ROOM_FULL]) {
    const server = new Server();
    const tab = new Tab(server);
    server.refuse = code;
    tab.around.tell({ kind: "start" });
    await Conversation.begin(tab.around);
    await until(() => tab.state.at === "refused", "refused");

    assert.deepEqual([tab.state.refusal, tab.state.link, tab.keep.text], [code, "stopped", null]);
  }
});

test("an outdated page keeps its blob for the reload", async () => {
  const given = await talking();
  given.server.refuse = ErrorCode.VERSION;
  given.server.drop();
  given.tab.pass(0);
  await until(() => given.tab.state.at === "refused", "refused");

  assert.notEqual(given.tab.keep.text, null);
});

test("a store that is away is waited out, also before the first welcome", async () => {
  const server = new Server();
  const tab = new Tab(server);
  server.refuse = ErrorCode.STORE_LOST;
  tab.around.tell({ kind: "start" });
  await Conversation.begin(tab.around);
  await until(() => tab.state.trouble === ErrorCode.STORE_LOST, "trouble");
  server.refuse = null;
  tab.pass(3_000);
  await until(() => tab.state.at === "waiting", "waiting");

  assert.equal(tab.state.trouble, null);
});

test("a browser that keeps nothing: it works, and the page says so", async () => {
  const server = new Server();
  const { tab } = await begun(server, new Tab(server, null, true));

  assert.equal(tab.state.keeps, false);
  await server.take();
  await until(() => tab.state.at === "open", "open");
});

test("nothing of a line, a key or the half lies readable in what is kept", async () => {
  const given = await talking();
  await says(given, "The weather is mild");
  const kept = given.tab.keep.text ?? "";

  assert.match(kept, /^[\w-]+\.[\w-]+$/);
  assert.ok(!Buffer.from(kept.split(".")[0] ?? "", "base64url").includes("weather"));
});

test("a blob that is none is dropped", async () => {
  for (const text of ["", "x", "AAAA.BBBB", "%%%"]) {
    const tab = new Tab(new Server(), text);
    assert.equal(await Conversation.resume(tab.around), null);
    assert.equal(tab.keep.text, null);
  }
});
