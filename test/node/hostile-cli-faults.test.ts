// `espalier prune` with every system call on its output failing, one after another: the output is whole or absent,
// nothing is left behind, and after a kill the next run clears up. Needs the build.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { concatChunks, readModel, writeModel } from "@espalier/ir";
import { sweepTemporaries } from "@espalier/runtime-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CONVOLUTIONAL } from "../topologies/convolutional.js";
import { buildTopology } from "../topologies/topology.js";
import { type FaultyRun, strace, sweepFaults } from "./fault-sweep.js";

const MAIN = fileURLToPath(new URL("../../apps/cli/dist/main.js", import.meta.url));

let box: string;
let folder: string;
let target: string;
beforeAll(() => {
  box = mkdtempSync(join(tmpdir(), "espalier-cli-faults-"));
  folder = join(box, "here");
  target = join(folder, "out");
  // Small, so that a run is short; it writes the same files as a large one.
  const residual = CONVOLUTIONAL.find(({ name }) => name === "residual")!;
  writeFileSync(join(box, "residual.onnx"), concatChunks(writeModel(buildTopology(residual, 1)).chunks));
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
  it("leaves its output whole or absent", { timeout: 600_000 }, () => {
    const { calls, runs, hits } = sweepFaults({
      command: [
        process.execPath,
        MAIN,
        "prune",
        join(box, "residual.onnx"),
        "--target",
        "cpu",
        "--ratio",
        "0.5",
        "--out",
        target,
        "--no-measure",
      ],
      folder,
      mainThreadOnly: true,
      prepare: () => {
        rmSync(folder, { recursive: true, force: true });
        mkdirSync(folder);
      },
      check,
    });
    // Two folders made, four files opened, written, synced and closed, two folders synced, one rename.
    expect(calls).toBeGreaterThanOrEqual(26);
    expect(hits).toBeGreaterThan(runs * 0.95);
  });
});
