// The built command line as a process. Build first.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../apps/cli/dist/main.js", import.meta.url));

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `espalier` in `folder`. */
export function espalierIn(folder: string, ...args: string[]): Ended {
  const { INIT_CWD: _, ...env } = process.env;
  return spawnSync(process.execPath, [MAIN, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...env, NO_COLOR: "1" },
  });
}

/** Prunes without measuring. */
export function pruneIn(folder: string, model: string, out: string, ...more: string[]): Ended {
  const options = ["--target", "cpu", "--ratio", "0.4", "--step", "4", "--no-measure", "--out", out];
  return espalierIn(folder, "prune", model, ...options, ...more);
}
