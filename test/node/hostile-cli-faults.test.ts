// `espalier prune` with every system call on its output failing, one after another: the output is whole or absent,
// nothing is left behind, and after a kill the next run clears up. Needs the build.

import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readModel } from "@espalier/ir";
import { sweepTemporaries } from "@espalier/runtime-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FaultyRun, strace, sweepFaults } from "./fault-sweep.js";

const MAIN = fileURLToPath(new URL("../../apps/cli/dist/main.js", import.meta.url));
const DIGITS = fileURLToPath(new URL("../../apps/cli/models/digits.onnx", import.meta.url));
/** Where output becomes durable and visible; the sweep of the writer alone takes every call and fault. */
const SYSCALLS = ["fsync", "rename"];

let box: string;
let folder: string;
let target: string;
beforeAll(() => {
  box = mkdtempSync(join(tmpdir(), "espalier-cli-faults-"));
  folder = join(box, "here");
  target = join(folder, "out");
  copyFileSync(DIGITS, join(box, "digits.onnx"));
});
afterAll(() => rmSync(box, { recursive: true }));

/** All files that the receipt names, at the size it names, and a model that opens. */
function isWhole(): boolean {
  const receipt = JSON.parse(readFileSync(join(target, "receipt.json"), "utf8"));
  for (const { path, bytes } of receipt.files) {
    if (readFileSync(join(target, path)).byteLength !== bytes) return false;
  }
  readModel(new Uint8Array(readFileSync(join(target, "model.onnx"))));
  return true;
}

function check({ fault, call, hit, status, stdout, stderr }: FaultyRun): void {
  const about = `${fault} at ${call}\n${stdout}${stderr}`;
  if (fault === "KILL") sweepTemporaries(target, { olderThanMs: 0 });
  else if (hit && !call.startsWith("fsync")) expect(status, about).not.toBeNull();
  if (existsSync(target)) expect(isWhole(), about).toBe(true);
  else expect(status, about).not.toBe(0);
  expect(
    readdirSync(folder).filter((name) => name !== "out"),
    about,
  ).toEqual([]);
}

describe.skipIf(strace === "")("espalier prune under faults", () => {
  it("leaves its output whole or absent", { timeout: 300_000 }, () => {
    const { runs, hits } = sweepFaults({
      command: [
        process.execPath,
        MAIN,
        "prune",
        join(box, "digits.onnx"),
        "--target",
        "cpu",
        "--ratio",
        "0.5",
        "--out",
        target,
        "--no-measure",
      ],
      folder,
      syscalls: SYSCALLS,
      faults: ["KILL", "ENOSPC"],
      prepare: () => {
        rmSync(folder, { recursive: true, force: true });
        mkdirSync(folder);
      },
      check,
    });
    expect(runs).toBeGreaterThan(5);
    expect(hits).toBeGreaterThan(3);
  });
});
