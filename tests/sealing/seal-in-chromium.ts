// SPDX-License-Identifier: AGPL-3.0-or-later
// For test_with_browser.py: vectors on stdin, which Chromium opens beside all others; its report on stdout.

import { text } from "node:stream/consumers";
import { runInChromium } from "./chromium.ts";

const report = await runInChromium([["stdin", await text(process.stdin)]]);
process.stdout.write(JSON.stringify(report));
