// The promise of the output writer, at every system call it makes: whole or unchanged, nothing left behind,
// after a kill the next run clears up. Needs the build: the writer runs in a Node of its own.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sweepTemporaries, writeFolderAtomically } from "@espalier/runtime-node";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FaultyRun, strace, sweepFaults } from "./fault-sweep.js";

const index = fileURLToPath(new URL("../../packages/runtime-node/dist/index.js", import.meta.url));
const MIB = 1024 * 1024;

let folder: string;
let target: string;
/** For what the sweeps need and do not watch. */
let beside: string;
beforeAll(() => {
  beside = mkdtempSync(join(tmpdir(), "espalier-beside-"));
  folder = mkdtempSync(join(tmpdir(), "espalier-faults-"));
  target = join(folder, "out");
});
beforeEach(clear);
afterAll(() => {
  for (const path of [folder, beside]) rmSync(path, { recursive: true });
});

function clear(): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
}

/** A model of 5 MiB, so that it takes two writes, and a receipt that lists it. */
const output = (letter: string) => `[
  { path: "onnx/model.onnx", chunks: [new Uint8Array(${5 * MIB}).fill(${letter.charCodeAt(0)})] },
  { path: "receipt.json", chunks: [new TextEncoder().encode(JSON.stringify({
      schema: 1, source: { sha256: "${letter}" }, files: [{ path: "onnx/model.onnx" }] }))] },
]`;

/**
 * A program that writes; says the code of an EspalierError and ends with 1; anything else ends otherwise.
 * It requires its modules, since import would read them in a second thread whose calls count apart.
 */
const node = (call: string, before = ""): [string, ...string[]] => [
  process.execPath,
  "--disable-warning=ExperimentalWarning",
  "-e",
  `
  const { writeFileAtomically, writeFolderAtomically } = require(${JSON.stringify(index)});
  ${before};
  ${call}.catch((error) => {
    if (error.name !== "EspalierError") throw error;
    console.log(error.code);
    process.exitCode = 1;
  });`,
];
const writing = (letter: string) =>
  node(`writeFolderAtomically(${JSON.stringify(target)}, ${output(letter)})`);

/** "a" or "b" for a whole output of that letter; null for none. */
function stateOf(): string | null {
  if (!existsSync(target)) return null;
  const { sha256 } = JSON.parse(readFileSync(join(target, "receipt.json"), "utf8")).source;
  const model = readFileSync(join(target, "onnx/model.onnx"));
  const whole = model.length === 5 * MIB && model.equals(Buffer.alloc(5 * MIB, sha256));
  const names = readdirSync(target).sort().join();
  if (!whole || names !== "onnx,receipt.json")
    throw new Error(`the output is not whole: ${names}, ${model.length} bytes`);
  return sha256;
}

/** What must hold after a run that was to write "b" over `before`. */
function checkPromise(before: string | null, { fault, call, hit, status, stdout, stderr }: FaultyRun): void {
  const about = `${fault} at ${call}\n${stdout}${stderr}`;
  if (fault === "KILL") {
    expect([before, "b", null], about).toContain(stateOf());
    sweepTemporaries(target, { olderThanMs: 0 });
    // What was there is there again, even after a kill between the two renames.
    expect([before, "b"], about).toContain(stateOf());
    expect(
      readdirSync(folder).filter((name) => name !== "out"),
      about,
    ).toEqual([]);
    return;
  }
  expect([0, 1], about).toContain(status);
  expect(stateOf(), about).toBe(status === 0 ? "b" : before);
  if (status === 1 && hit) expect(["IO_FULL", "IO", "EXISTS"], about).toContain(stdout.trim());
  // Only what could not be removed after success may be left, for the next run to sweep.
  const left = readdirSync(folder).filter((name) => name !== "out");
  if (status === 1) expect(left, about).toEqual([]);
  sweepTemporaries(target, { olderThanMs: 0 });
  expect(
    readdirSync(folder).filter((name) => name !== "out"),
    about,
  ).toEqual([]);
}

describe.skipIf(strace === "")("a folder that is written while system calls fail", () => {
  it("is new and whole, or not there", { timeout: 300_000 }, () => {
    const sweep = sweepFaults({
      command: writing("b"),
      folder,
      faults: ["EIO", "KILL"],
      prepare: clear,
      check: (run) => checkPromise(null, run),
    });
    expect(sweep.calls).toBeGreaterThan(15);
    expect(sweep.hits).toBeGreaterThan(sweep.runs * 0.9);
  });

  it("is new or old, and whole", { timeout: 300_000 }, () => {
    const before = join(beside, "out");
    const [program, ...args] = node(`writeFolderAtomically(${JSON.stringify(before)}, ${output("a")})`);
    expect(spawnSync(program, args).status).toBe(0);
    const sweep = sweepFaults({
      command: writing("b"),
      folder,
      prepare() {
        clear();
        spawnSync("cp", ["-r", before, target]);
      },
      check: (run) => checkPromise("a", run),
    });
    expect(sweep.calls).toBeGreaterThan(23);
    expect(sweep.hits).toBeGreaterThan(sweep.runs * 0.9);
  });
});

describe.skipIf(strace === "")("a file that is written over another while system calls fail", () => {
  it("is new or old, and whole", { timeout: 300_000 }, () => {
    const file = join(folder, "model.espz");
    const call = `writeFileAtomically(${JSON.stringify(file)}, [new Uint8Array(${5 * MIB}).fill(98)], { force: true })`;
    const sweep = sweepFaults({
      command: node(call),
      folder,
      faults: ["ENOSPC", "KILL"],
      prepare() {
        clear();
        writeFileSync(file, Buffer.alloc(5 * MIB, "a"));
      },
      check({ fault, call, status }) {
        const bytes = readFileSync(file);
        const letter = String.fromCharCode(bytes[0] as number);
        const about = `${fault} at ${call}`;
        expect(bytes.equals(Buffer.alloc(5 * MIB, letter)), about).toBe(true);
        if (status === 0) expect(letter, about).toBe("b");
        sweepTemporaries(file, { olderThanMs: 0 });
        expect(readdirSync(folder), about).toEqual(["model.espz"]);
      },
    });
    expect(sweep.calls).toBeGreaterThan(7);
  });
});

describe("a writer that is interrupted", () => {
  /** Chunks that do `what` between the first and the second. */
  const chunks = (what: string) =>
    `{ *[Symbol.iterator]() { yield new Uint8Array(${17 * MIB}); ${what}; yield new Uint8Array(${17 * MIB}); } }`;
  const run = (before: string, what: string) => {
    const call = `writeFolderAtomically(${JSON.stringify(target)}, [{ path: "model.onnx", chunks: ${chunks(what)} }])`;
    const [program, ...args] = node(call, before);
    return spawnSync(program, args, { encoding: "utf8" });
  };

  it.each(["SIGINT", "SIGTERM", "SIGHUP"])("by %s ends by it and leaves nothing", (signal) => {
    const result = run("", `process.kill(process.pid, "${signal}")`);
    expect(result.signal).toBe(signal);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("leaves the signal to a program that handles it", () => {
    const result = run('process.on("SIGINT", () => {})', 'process.kill(process.pid, "SIGINT")');
    expect(result).toMatchObject({ status: 1, stdout: "ABORTED\n" });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("by the end of its program leaves nothing", () => {
    expect(run("", "process.exit(7)").status).toBe(7);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("leaves no listeners behind", async () => {
    const listeners = () =>
      ["SIGINT", "SIGTERM", "SIGHUP", "exit"].map((name) => process.listenerCount(name));
    const before = listeners();
    await writeFolderAtomically(target, [{ path: "a", chunks: [] }]);
    expect(listeners()).toEqual(before);
  });
});

describe.skipIf(process.platform === "win32")("a disk that is full", () => {
  it("is reported as IO_FULL, and nothing is changed", () => {
    // Blocks of 512 bytes: no file grows beyond half a megabyte.
    const limited = ["-c", 'ulimit -f 1024; exec "$0" "$@"', ...writing("b")];
    const result = spawnSync("/bin/sh", limited, { encoding: "utf8" });
    expect(result).toMatchObject({ status: 1, stdout: "IO_FULL\n" });
    expect(readdirSync(folder)).toEqual([]);
  });
});
