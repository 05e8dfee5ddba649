// The checks beside the tests, in the order they run: each is a name and a function that returns an exit status.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** @typedef {{ name: string, run: () => number }} Check */

/** @type {Check[]} */
export const checks = [
  {
    name: "format and lint",
    run: () => bin("@biomejs/biome/bin/biome", ["check", "--error-on-warnings", "."]),
  },
  { name: "architecture", run: () => node(["scripts/check-architecture.mjs"]) },
  { name: "types", run: () => bin("typescript/bin/tsc", ["-b", ".", "test", "scripts", "notebooks"]) },
  {
    name: "types, TypeScript 7",
    run: () => node(["tools/ts7/node_modules/typescript/bin/tsc", "-p", "tools/ts7"]),
  },
  { name: "unused code and dependencies", run: () => bin("knip/bin/knip.js", ["--no-progress"]) },
  { name: "packed packages", run: () => node(["scripts/check-packed.mjs"]) },
];

/**
 * @param {Check} check
 * @returns {boolean} passed
 */
export function runCheck({ name, run }) {
  console.log(`\n── ${name}`);
  const start = performance.now();
  const passed = run() === 0;
  console.log(
    `── ${name}: ${passed ? "passed" : "FAILED"} (${((performance.now() - start) / 1000).toFixed(1)} s)`,
  );
  return passed;
}

/**
 * @param {string} script
 * @param {string[]} args
 */
function bin(script, args) {
  return node([`node_modules/${script}`, ...args]);
}

/** @param {string[]} args */
function node(args) {
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  return spawnSync(process.execPath, args, { cwd, stdio: ["ignore", "inherit", "inherit"] }).status ?? 1;
}
