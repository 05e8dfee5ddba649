// Runs the pnpm pinned in package.json without having it installed: npm fetches and caches it.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const { packageManager } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

/**
 * @param {string[]} args
 * @param {import("node:child_process").SpawnSyncOptions} [options]
 * @returns {number} exit status
 */
export function pnpm(args, options = {}) {
  const result = spawnSync("npm", ["exec", "--yes", "--package", packageManager, "--", "pnpm", ...args], {
    stdio: "inherit",
    shell: process.platform === "win32", // npm is a .cmd file there
    // CI: never ask; with no terminal pnpm would otherwise refuse to replace a node_modules folder.
    env: { ...process.env, CI: process.env.CI ?? "true" },
    ...options,
  });
  return result.status ?? 1;
}
