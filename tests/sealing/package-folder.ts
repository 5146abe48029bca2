// SPDX-License-Identifier: AGPL-3.0-or-later
// Where a Python package of vectors lies: Python is asked.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export function packageFolder(name: string): string {
  const own = fileURLToPath(new URL("../../.venv/bin/python", import.meta.url));
  const script = `import ${name}, os; print(os.path.dirname(${name}.__file__))`;
  return execFileSync(existsSync(own) ? own : "python3", ["-c", script], { encoding: "utf8" }).trim();
}
