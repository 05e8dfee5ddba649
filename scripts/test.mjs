// `npm test`, after the bootstrap: the checks, then all vitest projects, then one summary over both.
// Arguments go to vitest. The counts are also left in .cache/test-summary.json, where .ci/run reads them.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { checks, runChecks } from "./checks.mjs";
import { ensureSystemTools } from "./system-tools.mjs";
import { countVitest } from "./vitest-counts.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);
const resultFile = ".cache/vitest.json";
const summaryFile = ".cache/test-summary.json";
mkdirSync(".cache", { recursive: true });
rmSync(resultFile, { force: true });
rmSync(summaryFile, { force: true });

ensureSystemTools();

const failedChecks = await runChecks();

console.log("\n── tests");
const vitest = spawnSync(
  process.execPath,
  [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${resultFile}`,
    ...process.argv.slice(2),
  ],
  { stdio: ["ignore", "inherit", "inherit"] },
);
const report = existsSync(resultFile) ? JSON.parse(readFileSync(resultFile, "utf8")) : undefined;
const tests = countVitest(report, vitest.status ?? 1, (file) => relative(root, file).replaceAll("\\", "/"));

const rows = [
  { name: "checks", passed: checks.length - failedChecks.length, failed: failedChecks.length, skipped: 0 },
  ...tests.projects,
];
const total = { passed: 0, failed: 0, skipped: 0 };
for (const row of rows) {
  total.passed += row.passed;
  total.failed += row.failed;
  total.skipped += row.skipped;
}

console.log("\n── summary");
for (const { name, passed, failed, skipped } of [...rows, { name: "total", ...total }]) {
  const count = (/** @type {number} */ n) => String(n).padStart(6);
  console.log(`${name.padEnd(8)}${count(passed)} passed ${count(failed)} failed ${count(skipped)} skipped`);
}
list("failed", [...failedChecks.map((name) => `check: ${name}`), ...tests.failed]);
list("skipped", tests.skipped);

writeFileSync(summaryFile, `${JSON.stringify(total)}\n`);
process.exitCode = total.failed === 0 ? 0 : 1;

/**
 * @param {string} title
 * @param {string[]} names
 */
function list(title, names) {
  if (names.length === 0) return;
  console.log(`${title}:`);
  for (const name of names.slice(0, 40)) console.log(`  ${name}`);
  if (names.length > 40) console.log(`  … and ${names.length - 40} more`);
}
