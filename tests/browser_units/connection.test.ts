// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ANSWER_WITHIN,
  Connection,
  FIRST_WAIT,
  LONG_HIDDEN,
  LONGEST_WAIT,
  MOVE_WAIT,
  OPEN_WITHIN,
  type SocketLike,
  STEADY_AFTER,
  type Surroundings,
  socketAddress,
} from "../../chat/browser/connection.ts";
import type { Bytes } from "../../chat/browser/wire.gen.ts";

class FakeSocket implements SocketLike {
  binaryType = "";
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly sent: Bytes[] = [];
  closed = false;

  send(bytes: Bytes): void {
    this.sent.push(bytes);
  }
  close(): void {
    this.closed = true;
    this.readyState = 3;
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  give(...bytes: number[]): void {
    this.onmessage?.({ data: new Uint8Array(bytes).buffer });
  }
  break(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

/** A world whose clock moves only when told to. */
class World implements Surroundings {
  readonly sockets: FakeSocket[] = [];
  chance = 0.5;
  online: () => void = () => undefined;
  shown: () => void = () => undefined;
  hidden: () => void = () => undefined;
  watched = 0;
  #time = 0;
  #timers: { at: number; call: () => void }[] = [];

  open(): SocketLike {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket;
  }
  after(milliseconds: number, call: () => void): () => void {
    const timer = { at: this.#time + milliseconds, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }
  now(): number {
    return this.#time;
  }
  random(): number {
    return this.chance;
  }
  watch(online: () => void, shown: () => void, hidden: () => void): () => void {
    Object.assign(this, { online, shown, hidden });
    this.watched += 1;
    return () => {
      this.watched -= 1;
    };
  }
  pass(milliseconds: number): void {
    const until = this.#time + milliseconds;
    for (;;) {
      const next = this.#timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#time = next.at;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      next.call();
    }
    this.#time = until;
  }
  get timers(): number {
    return this.#timers.length;
  }
  /** Milliseconds until the only timer. */
  get wait(): number {
    assert.equal(this.#timers.length, 1);
    return (this.#timers[0]?.at ?? 0) - this.#time;
  }
  get last(): FakeSocket {
    const socket = this.sockets.at(-1);
    assert.ok(socket);
    return socket;
  }
}

function connect(probe?: () => Bytes | null) {
  const world = new World();
  const states: string[] = [];
  const frames: number[] = [];
  const connection: Connection<number> = new Connection<number>(
    {
      url: "ws://host/socket",
      decode(bytes) {
        if (bytes[0] === 0) throw new Error("unknown");
        return bytes[0] ?? -1;
      },
      opened: () => void connection.send(new Uint8Array([9])),
      received: (frame) => frames.push(frame),
      changed: (state) => states.push(state),
      ...(probe === undefined ? {} : { probe }),
    },
    world,
  );
  connection.start();
  return { world, connection, states, frames };
}

function up(given: ReturnType<typeof connect>): void {
  given.world.last.open();
  given.world.last.give(1);
}

test("sends the first frame when open, and is up only with the server's first frame", () => {
  const { world, states, frames, connection } = connect();
  assert.deepEqual(states, ["connecting"]);
  assert.equal(connection.send(new Uint8Array([1])), false);

  world.last.open();

  assert.deepEqual(world.last.sent, [new Uint8Array([9])]);
  assert.deepEqual(states, ["connecting"]);

  world.last.give(1);

  assert.deepEqual(states, ["connecting", "up"]);
  assert.deepEqual(frames, [1]);
  assert.equal(world.timers, 0);
});

test("what is no frame is dropped and counts as no sign of life", () => {
  const { world, states, frames } = connect();
  world.last.open();
  world.last.give(0);
  world.last.onmessage?.({ data: "text" });

  assert.deepEqual(frames, []);
  assert.deepEqual(states, ["connecting"]);
});

test("waits a random part of a doubling bound, and no longer than the longest", () => {
  const given = connect();
  const waits: number[] = [];
  for (let turn = 0; turn < 9; turn += 1) {
    given.world.last.break();
    waits.push(given.world.wait);
    given.world.pass(given.world.wait);
  }

  assert.deepEqual(
    waits,
    [1, 2, 4, 8, 16, 32, 64, 128, 256].map((factor) => Math.min(LONGEST_WAIT, FIRST_WAIT * factor) / 2),
  );
  assert.equal(given.world.sockets.length, 10);
});

test("only a connection that lasted starts the waits anew", () => {
  const given = connect();
  for (let turn = 0; turn < 3; turn += 1) {
    up(given);
    given.world.last.break();
    given.world.pass(given.world.wait);
  }
  up(given);
  given.world.last.break();

  assert.equal(given.world.wait, (FIRST_WAIT * 8) / 2);

  given.world.pass(given.world.wait);
  up(given);
  given.world.pass(STEADY_AFTER);
  given.world.last.break();

  assert.equal(given.world.wait, FIRST_WAIT / 2);
});

test("a socket that never gets a welcome is given up", () => {
  const { world, states } = connect();
  world.last.open();
  world.pass(OPEN_WITHIN);

  assert.ok(world.sockets[0]?.closed);
  assert.deepEqual(states, ["connecting", "down"]);
});

test("an expected answer that does not come means a new socket; any frame is an answer", () => {
  const given = connect();
  up(given);
  given.connection.expectAnswer();
  given.connection.expectAnswer();
  assert.equal(given.world.timers, 1);
  given.world.last.give(2);
  assert.equal(given.world.timers, 0);

  given.connection.expectAnswer();
  given.world.pass(ANSWER_WITHIN);

  assert.equal(given.connection.state, "down");
  assert.ok(given.world.sockets[0]?.closed);
});

test("the network coming back: a waiting connection dials, a doubtful one is replaced or probed", () => {
  const waiting = connect();
  waiting.world.last.break();
  waiting.world.online();
  assert.equal(waiting.world.sockets.length, 2);

  const silent = connect();
  up(silent);
  silent.world.online();
  assert.equal(silent.world.sockets.length, 2);
  assert.ok(silent.world.sockets[0]?.closed);

  const probing = connect(() => new Uint8Array([7]));
  up(probing);
  probing.world.online();
  assert.equal(probing.world.sockets.length, 1);
  assert.deepEqual(probing.world.last.sent.at(-1), new Uint8Array([7]));
  probing.world.pass(ANSWER_WITHIN);
  assert.equal(probing.connection.state, "down");
});

test("a short look elsewhere changes nothing, a long one raises doubt", () => {
  const given = connect();
  up(given);
  given.world.hidden();
  given.world.pass(LONG_HIDDEN - 1);
  given.world.shown();
  assert.equal(given.world.sockets.length, 1);

  given.world.hidden();
  given.world.pass(LONG_HIDDEN);
  given.world.shown();
  assert.equal(given.world.sockets.length, 2);
});

test("a late close of an old socket does not touch the new one", () => {
  const given = connect();
  up(given);
  const old = given.world.last;
  given.world.online();
  const late = old.onclose;

  assert.equal(late, null);
  assert.equal(given.connection.state, "connecting");
});

test("asked to move: the old socket serves until the next one is open, and nothing looks interrupted", () => {
  const given = connect();
  up(given);
  const old = given.world.last;
  given.connection.move();
  given.connection.move();
  assert.equal(given.world.wait, MOVE_WAIT / 2);

  given.world.pass(given.world.wait);
  assert.equal(given.world.sockets.length, 2);
  assert.ok(given.connection.send(new Uint8Array([5])));
  old.give(6);
  assert.deepEqual(old.sent.at(-1), new Uint8Array([5]));
  assert.equal(old.closed, false);

  given.world.last.open();
  assert.ok(old.closed);
  assert.deepEqual(given.world.last.sent, [new Uint8Array([9])]);
  old.give(7);
  given.world.last.give(8);

  assert.deepEqual(given.frames, [1, 6, 8]);
  assert.deepEqual(given.states, ["connecting", "up"]);
  assert.equal(given.world.timers, 0);
});

test("the next socket fails: the old one still serves, and another is tried", () => {
  const given = connect();
  up(given);
  given.connection.move();
  given.world.pass(MOVE_WAIT);
  given.world.last.break();
  assert.ok(given.connection.send(new Uint8Array([5])));

  given.world.pass(given.world.wait);
  assert.equal(given.world.sockets.length, 3);
  given.world.last.open();
  given.world.last.give(2);

  assert.deepEqual(given.states, ["connecting", "up"]);
});

test("the old socket ends while the next one opens: that one counts, unless it takes too long", () => {
  for (const [opens, states] of [
    [true, ["connecting", "up"]],
    [false, ["connecting", "up", "down"]],
  ] as const) {
    const given = connect();
    up(given);
    given.connection.move();
    given.world.pass(MOVE_WAIT);
    given.world.sockets[0]?.break();
    assert.equal(given.connection.send(new Uint8Array([5])), false);
    if (opens) up(given);
    given.world.pass(ANSWER_WITHIN);

    assert.equal(given.world.sockets.length, 2);
    assert.deepEqual(given.states, states);
  }
});

test("asked and not moved, or not up yet: nothing is left of it", () => {
  const early = connect();
  early.connection.move();
  assert.equal(early.world.sockets.length, 1);

  const ended = connect();
  up(ended);
  ended.connection.move();
  ended.world.pass(MOVE_WAIT);
  ended.connection.stop();
  assert.ok(ended.world.sockets.every(({ closed }) => closed));
  assert.equal(ended.world.timers, 0);
});

test("a server that restarts: another one is asked at once, and only if none answers it is an interruption", () => {
  const given = connect();
  up(given);
  given.world.pass(STEADY_AFTER);
  given.world.last.break(1012);
  assert.equal(given.connection.state, "up");
  given.world.pass(MOVE_WAIT);
  up(given);
  assert.deepEqual(given.states, ["connecting", "up"]);

  given.world.last.break(1012); // it did not last: no storm
  assert.equal(given.connection.state, "down");

  const gone = connect();
  up(gone);
  gone.world.pass(STEADY_AFTER);
  gone.world.last.break(1012);
  gone.world.pass(MOVE_WAIT);
  gone.world.last.break();
  assert.equal(gone.connection.state, "down");
});

test("stop closes, forgets every timer and the browser's events; start opens again", () => {
  const given = connect();
  given.world.last.break();
  given.connection.stop();

  assert.equal(given.connection.state, "stopped");
  assert.equal(given.world.timers, 0);
  assert.equal(given.world.watched, 0);

  given.connection.retryNow();
  given.connection.reopen();
  assert.equal(given.world.sockets.length, 1);

  given.connection.start();
  given.connection.start();
  assert.equal(given.world.sockets.length, 2);
  assert.equal(given.world.watched, 1);
});

test("the socket's address is on the page's own origin", () => {
  assert.equal(
    socketAddress({ protocol: "https:", host: "talk.example.org" }),
    "wss://talk.example.org/socket",
  );
  assert.equal(socketAddress({ protocol: "http:", host: "127.0.0.1:8000" }), "ws://127.0.0.1:8000/socket");
});
