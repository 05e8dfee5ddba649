// `npm run defects`: plants every defect of the bank, alone, in a scratch copy of the sources, runs the named test
// there and asks that it turns red; without the defect it must be green. Writes test/defects/result.json. With
// arguments: only the defects of these names, merged into the result that is there.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { DEFECTS, type Defect } from "./defect-bank.js";

interface Outcome {
  readonly defect: string;
  readonly test: string;
  readonly caught: boolean;
  /** Tests that failed. */
  readonly red: number;
}

const root = process.cwd();
const resultFile = join(root, "test/defects/result.json");
const only = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), "espalier-defects-"));
const SKIPPED = new Set(["tsconfig.tsbuildinfo", ".cache"]);

try {
  for (const name of [
    "packages",
    "apps",
    "test",
    "scripts",
    "package.json",
    "vitest.config.ts",
    "tsconfig.base.json",
  ]) {
    cpSync(join(root, name), join(scratch, name), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !SKIPPED.has(basename(path)),
    });
  }
  symlinkSync(join(root, "node_modules"), join(scratch, "node_modules"));
  const green = new Map<string, boolean>();
  const outcomes: Outcome[] = [];
  for (const defect of DEFECTS) {
    const known = only.length === 0 || only.includes(defect.name) ? undefined : outcomeOf(defect);
    if (known !== undefined) {
      outcomes.push(known);
      continue;
    }
    const key = defect.test.join(" ");
    if (!green.has(key)) {
      const { passed, failed } = runTest(defect);
      green.set(key, passed > 0 && failed === 0);
      if (!green.get(key)) process.stderr.write(`not green without a defect: ${key}\n`);
    }
    const path = join(scratch, defect.file);
    const source = readFileSync(path, "utf8");
    writeFileSync(
      path,
      source.replace(defect.search, () => defect.replace),
    );
    const { failed } = runTest(defect);
    writeFileSync(path, source);
    const caught = green.get(key) === true && failed > 0;
    outcomes.push({ defect: defect.name, test: key, caught, red: failed });
    process.stderr.write(`${caught ? "caught " : "MISSED "} ${defect.name} (${failed} red)\n`);
  }
  const caught = outcomes.filter((one) => one.caught).length;
  const result = { command: "npm run defects", planted: outcomes.length, caught, outcomes };
  writeFileSync(resultFile, `${JSON.stringify(result, null, 2)}\n`);
  process.exitCode = caught === outcomes.length ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function outcomeOf(defect: Defect): Outcome | undefined {
  if (!existsSync(resultFile)) return undefined;
  const { outcomes }: { outcomes: Outcome[] } = JSON.parse(readFileSync(resultFile, "utf8"));
  return outcomes.find((one) => one.defect === defect.name);
}

/** Only assertions and errors inside tests count: a file that does not load has no failed test. */
function runTest({ test: [file, project, name] }: Defect): { passed: number; failed: number } {
  const output = join(scratch, "result.json");
  rmSync(output, { force: true });
  spawnSync(
    process.execPath,
    [
      "node_modules/vitest/vitest.mjs",
      "run",
      "--project",
      project,
      "--reporter=json",
      `--outputFile=${output}`,
      file,
      ...(name === undefined ? [] : ["-t", name]),
    ],
    { cwd: scratch, timeout: 240_000, stdio: "ignore" },
  );
  if (!existsSync(output)) return { passed: 0, failed: 0 };
  const report = JSON.parse(readFileSync(output, "utf8"));
  return { passed: report.numPassedTests, failed: report.numFailedTests };
}
