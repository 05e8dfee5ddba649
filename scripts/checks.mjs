// The checks beside the tests: each is a name and the arguments of a Node process. Two run at a time; what one
// prints comes out in one piece when it is done.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** @typedef {{ readonly name: string, readonly args: readonly string[] }} Check */

/** The slowest first, so that none is left alone at the end. @type {readonly Check[]} */
export const checks = [
  { name: "packed packages", args: ["scripts/check-packed.mjs"] },
  { name: "types", args: ["node_modules/typescript/bin/tsc", "-b", ".", "test", "scripts", "notebooks"] },
  {
    name: "types, TypeScript 7",
    args: ["tools/ts7/node_modules/typescript/bin/tsc", "-p", "tools/ts7"],
  },
  { name: "unused code and dependencies", args: ["node_modules/knip/bin/knip.js", "--no-progress"] },
  {
    name: "format and lint",
    args: ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."],
  },
  { name: "architecture", args: ["scripts/check-architecture.mjs"] },
];

const AT_A_TIME = 2;

/**
 * Runs all, whatever fails.
 *
 * @returns {Promise<string[]>} the names of those that failed
 */
export async function runChecks() {
  const pending = [...checks];
  /** @type {string[]} */
  const failed = [];
  const worker = async () => {
    for (let check = pending.shift(); check !== undefined; check = pending.shift())
      if (!(await runCheck(check))) failed.push(check.name);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return failed;
}

/**
 * @param {Check} check
 * @returns {Promise<boolean>} passed
 */
async function runCheck({ name, args }) {
  const start = performance.now();
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  /** @type {Buffer[]} */
  const printed = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => printed.push(chunk));
  /** @type {number | null} */
  const status = await new Promise((resolve) => child.on("close", resolve).on("error", () => resolve(null)));
  const passed = status === 0;
  console.log(`\n── ${name}`);
  process.stdout.write(Buffer.concat(printed));
  console.log(
    `── ${name}: ${passed ? "passed" : "FAILED"} (${((performance.now() - start) / 1000).toFixed(1)} s)`,
  );
  return passed;
}
