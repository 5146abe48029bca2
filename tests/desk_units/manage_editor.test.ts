// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { Editor } from "../../counsellor_ui/src/desk/editor.ts";
import { ApiError } from "../../counsellor_ui/src/desk/http.ts";
import type { Kept } from "../../counsellor_ui/src/state/manage/editing.ts";

/** A service that keeps one text by version, and answers when it is told to. */
class Service {
  kept: Kept<string> = { version: 1, value: "mild" };
  #open: (() => void)[] = [];
  #held = false;

  hold(): void {
    this.#held = true;
  }

  async answer(): Promise<void> {
    this.#held = false;
    for (const go of this.#open.splice(0)) go();
    await new Promise((done) => setImmediate(done));
  }

  async get(): Promise<Kept<string>> {
    await this.#turn();
    return this.kept;
  }

  async put(version: number, value: string): Promise<Kept<string>> {
    await this.#turn();
    if (version !== this.kept.version) throw new ApiError("stale");
    this.kept = { version: version + 1, value };
    return this.kept;
  }

  #turn(): Promise<void> {
    return this.#held ? new Promise((go) => this.#open.push(go)) : Promise.resolve();
  }
}

async function opened(): Promise<{ service: Service; editor: Editor<string, string> }> {
  const service = new Service();
  const editor = new Editor<string, string>({
    get: () => service.get(),
    put: (version, value) => service.put(version, value),
    draftOf: (value) => value,
    valueOf: (draft) => draft,
  });
  await editor.load();
  return { service, editor };
}

test("what is typed while the service is asked again is not lost", async () => {
  const { service, editor } = await opened();
  service.hold();
  const asked = editor.load();
  editor.edit("rain");
  await service.answer();
  await asked;

  assert.equal(editor.state.value?.draft, "rain");
  assert.equal(editor.unsaved.value, true);
});

test("what is typed while it is saved is not lost, and is not said to be saved", async () => {
  const { service, editor } = await opened();
  editor.edit("rain");
  service.hold();
  const saving = editor.save();
  editor.edit("rain and snow");
  await service.answer();
  await saving;

  assert.deepEqual(service.kept, { version: 2, value: "rain" });
  assert.equal(editor.state.value?.draft, "rain and snow");
  assert.equal(editor.unsaved.value, true);

  await editor.save();
  assert.deepEqual(service.kept, { version: 3, value: "rain and snow" });
});

test("what a colleague saved is shown and not overwritten, until the person has chosen", async () => {
  const { service, editor } = await opened();
  editor.edit("rain");
  service.kept = { version: 2, value: "snow" };
  await editor.save();

  assert.deepEqual(editor.state.value?.theirs, { version: 2, value: "snow" });
  assert.equal(editor.trouble.value, null);
  await editor.save();
  assert.equal(service.kept.value, "snow");

  editor.keepOurs();
  await editor.save();
  assert.deepEqual(service.kept, { version: 3, value: "rain" });
});

test("a service that does not answer leaves the draft, and says why", async () => {
  const { service, editor } = await opened();
  editor.edit("rain");
  service.put = () => Promise.reject(new ApiError("no_connection"));
  await editor.save();

  assert.equal(editor.trouble.value, "no_connection");
  assert.equal(editor.state.value?.draft, "rain");
  assert.equal(editor.busy.value, false);
});

test("nothing is left after signing out", async () => {
  const { editor } = await opened();
  editor.edit("rain");
  editor.forget();

  assert.equal(editor.state.value, null);
  assert.equal(editor.unsaved.value, false);
});
