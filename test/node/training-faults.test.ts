// A training run that is killed anywhere, or whose system calls fail while it writes a checkpoint, goes on to the bit: the
// last or the last but one checkpoint is always there, whole. Needs the build: the run is in a Node of its own.
// ESPALIER_FAULTS=all (npm run faults) makes every call fail in every way, and kills twenty times.

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as core from "@espalier/core";
import * as ir from "@espalier/ir";
import * as runtimeNode from "@espalier/runtime-node";
import * as train from "@espalier/train";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { EVERY, NAME, runTraining, STEPS } from "../training-program.mjs";
import { type FaultyRun, strace, sweepFaults } from "./fault-sweep.js";

const packages = { ir, core, train, runtimeNode };
const all = process.env.ESPALIER_FAULTS === "all";

/** Where checkpoints are written. */
let folder: string;
/** Steps done in it. One checkpoint is still to come, or two. */
const BEGUN = all ? 2 * EVERY : 3 * EVERY;
/** A store with the last and the last but one checkpoint of then, which no fault touches. */
let begun: string;
/** What a run ends with that nothing stops. */
let expected: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "espalier-training-"));
  begun = mkdtempSync(join(tmpdir(), "espalier-begun-"));
  await runTraining(packages, begun, undefined, BEGUN);
  const whole = mkdtempSync(join(tmpdir(), "espalier-whole-"));
  expected = await runTraining(packages, whole);
  rmSync(whole, { recursive: true });
});
beforeEach(clear);
afterAll(() => {
  for (const path of [folder, begun]) rmSync(path, { recursive: true });
});

function clear(): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
}

const from = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const dist = (name: string) => from(`../../packages/${name}/dist/index.js`);

/**
 * The run in a process of its own: says what it ends with, or the code of an EspalierError and ends with 1. It requires
 * its modules, since import would read them in a second thread whose calls count apart.
 */
const program = (before = ""): [string, ...string[]] => [
  process.execPath,
  "--disable-warning=ExperimentalWarning",
  "-e",
  `
  const { runTraining } = require(${JSON.stringify(from("../training-program.mjs"))});
  const packages = {
    ir: require(${JSON.stringify(dist("ir"))}), core: require(${JSON.stringify(dist("core"))}),
    train: require(${JSON.stringify(dist("train"))}), runtimeNode: require(${JSON.stringify(dist("runtime-node"))}),
  };
  runTraining(packages, ${JSON.stringify(folder)}, (step) => { ${before} }).then(console.log, (error) => {
    if (error.name !== "EspalierError") throw error;
    console.log(error.code);
    process.exitCode = 1;
  });`,
];

/** The step of the newest whole checkpoint; 0 where none was ever written. */
async function newestStep(place = folder): Promise<number> {
  const store = runtimeNode.folderCheckpoints(place);
  const found = await train.newestCheckpoint(store, NAME, runtimeNode.nodeHost({ cache: null }));
  return found?.state.step ?? 0;
}

describe("a run that is killed", () => {
  it("before random steps, again and again, goes on to the bit", { timeout: 300_000 }, async () => {
    const random = core.seededRandom(20);
    let kills = 0;
    while (kills < (all ? 20 : 4)) {
      clear();
      for (let step = random.integer(0, 5); step < STEPS; step += random.integer(1, 5)) {
        const kill = `if (step === ${step}) process.kill(process.pid, "SIGKILL")`;
        const [file, ...args] = program(kill);
        expect(spawnSync(file, args).signal).toBe("SIGKILL");
        kills++;
        // The checkpoint before the step: nothing that was durable is lost.
        expect(await newestStep()).toBe(Math.floor(step / EVERY) * EVERY);
      }
      const [file, ...args] = program();
      expect(spawnSync(file, args, { encoding: "utf8" }).stdout).toBe(`${expected}\n`);
    }
  });

  it("at random moments from outside goes on to the bit", { timeout: 300_000 }, async () => {
    const random = core.seededRandom(21);
    for (let round = 0; round < (all ? 12 : 2); round++) {
      const [file, ...args] = program();
      // Steps take a millisecond; most of the time goes into starting.
      spawnSync(file, args, { timeout: random.integer(300, 1200), killSignal: "SIGKILL" });
      await newestStep();
    }
    expect(await runTraining(packages, folder)).toBe(expected);
  });
});

/** What must hold in a store after a run that went on from what was begun. */
async function checkPromise(
  store: string,
  { fault, call, status, stdout, stderr }: FaultyRun,
): Promise<void> {
  const about = `${fault} at ${call}\n${stdout}${stderr}`;
  expect(await newestStep(store), about).toBeGreaterThanOrEqual(BEGUN);
  if (status === 0) expect(stdout, about).toBe(`${expected}\n`);
  else if (fault !== "KILL") expect(stdout, about).toMatch(/^IO(_FULL|_READONLY)?$/m);
  expect(await runTraining(packages, store), about).toBe(expected);
}

describe.skipIf(strace === "")("a run whose system calls fail while it writes checkpoints", () => {
  it("goes on to the bit from the last or the last but one", { timeout: 900_000 }, async () => {
    // Each run leaves its store, which is looked at afterwards: the sweep does not wait.
    const left = mkdtempSync(join(tmpdir(), "espalier-left-"));
    const runs: FaultyRun[] = [];
    const sweep = sweepFaults({
      command: program(),
      folder,
      mainThreadOnly: true,
      ...(all ? {} : { syscalls: ["openat", "pwrite64", "fsync", "rename", "unlink"] }),
      prepare() {
        clear();
        cpSync(begun, folder, { recursive: true });
      },
      check(run) {
        cpSync(folder, join(left, String(runs.length)), { recursive: true });
        runs.push(run);
      },
    });
    for (const [i, run] of runs.entries()) await checkPromise(join(left, String(i)), run);
    rmSync(left, { recursive: true });
    expect(sweep.calls).toBeGreaterThan(all ? 30 : 8);
    // The runtime opens files too, now and then one more: then a fault hits the call beside. What holds, holds then too.
    expect(sweep.hits).toBeGreaterThan(sweep.runs * 0.5);
    expect(runs.filter(({ status }) => status !== 0).length).toBeGreaterThan(runs.length / 3);
  });
});
