// SPDX-License-Identifier: AGPL-3.0-or-later
// `KENTERING_PLANTED=<name> node --import ./tests/sealing/plant.ts <test file>`: the test runs with this fault of
// mutations.ts in the sources, which stay as they are on the disk.

import assert from "node:assert/strict";
import { registerHooks } from "node:module";
import { MUTATIONS } from "./mutations.ts";

const planted = MUTATIONS.find(({ name }) => name === process.env["KENTERING_PLANTED"]);
assert.ok(planted, "the name of a fault");

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const changes = planted.changes.filter(({ file }) => url.endsWith(`/chat/browser/sealing/${file}`));
    if (changes.length === 0) return loaded;
    let source = Buffer.from(loaded.source as Uint8Array).toString("utf8");
    for (const { old, now } of changes) {
      assert.equal(source.split(old).length, 2, `${planted.name}: the code was rewritten`);
      source = source.replace(old, () => now);
    }
    return { ...loaded, source };
  },
});
