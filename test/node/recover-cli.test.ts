// Calibration inputs on the command line, with the built command: arrays for a small network, photographs in folders
// of their class for ResNet-20.

import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Receipt, recoveriesOf, type SensitivityCurve, seededRandom } from "@espalier/core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cifarImages } from "../cifar-images.js";
import { espalierIn } from "../cli-process.js";
import { dataFolder, readModelBytes } from "../data-folder.js";

const DIGITS = fileURLToPath(new URL("../../apps/cli/models/digits.onnx", import.meta.url));
let box = "";

beforeAll(() => {
  box = mkdtempSync(join(tmpdir(), "espalier-recover-"));
  copyFileSync(DIGITS, join(box, "digits.onnx"));
  writeNpy(join(box, "digits.npy"), [70, 1, 28, 28]);
});
afterAll(() => rmSync(box, { recursive: true, force: true }));

const bytes = (path: string): Buffer => readFileSync(join(box, path));
const receiptOf = (folder: string): Receipt =>
  JSON.parse(bytes(`${folder}/receipt.json`).toString("utf8")) as Receipt;
const PRUNE = ["--target", "cpu", "--no-measure"];

/** Uniform numbers as numpy.save writes them. */
function writeNpy(path: string, dims: readonly number[]): void {
  const random = seededRandom(1, path.length.toString());
  const values = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random.uniform());
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${dims.join(", ")}), }`;
  const header = `${text.padEnd(117)}\n`;
  const start = Buffer.alloc(10);
  start.write("\u0093NUMPY\u0001\u0000", "latin1");
  start.writeUInt16LE(header.length, 8);
  writeFileSync(path, Buffer.concat([start, Buffer.from(header, "latin1"), Buffer.from(values.buffer)]));
}

describe("a network with .npy inputs", () => {
  const given = ["--calibration", "digits.npy", "--calibration-count", "48"];

  it("is pruned, replayed and verified with them, and says what is missing without", () => {
    const pruned = espalierIn(
      box,
      "prune",
      "digits.onnx",
      ...PRUNE,
      "--ratio",
      "0.5",
      "--out",
      "a",
      ...given,
    );
    expect(pruned.status, pruned.stderr).toBe(0);
    expect(pruned.stderr).toContain("recovery:");
    expect(pruned.stdout).toMatch(/removal proven .* weights then recovered/);
    const { calibration } = receiptOf("a");
    const recovery = recoveriesOf(receiptOf("a"));
    expect(calibration).toEqual({ spec: "48 of digits.npy, 70 items", sets: 3, items: 48 });
    expect(recovery[0]?.after.outputError).toBeLessThan(recovery[0]?.before.outputError ?? 0);

    const apply = ["apply", "a/plan.json", "digits.onnx", "--no-measure", "--out", "b"];
    const missing = espalierIn(box, ...apply);
    expect([missing.status, missing.stderr]).toEqual([2, expect.stringContaining("CALIBRATION_MISSING")]);
    expect(espalierIn(box, ...apply, ...given).status).toBe(0);
    expect(bytes("b/model.onnx").equals(bytes("a/model.onnx"))).toBe(true);

    expect(espalierIn(box, "verify", "a").status).toBe(5);
    // How many inputs there were stands in the receipt.
    expect(espalierIn(box, "verify", "a", "--calibration", "digits.npy").status).toBe(0);
  });

  it("gets its sensitivities listed", () => {
    const { status, stdout } = espalierIn(box, "sensitivity", "digits.onnx", "--json", ...given);
    expect(status).toBe(0);
    const { curves } = JSON.parse(stdout) as { curves: readonly SensitivityCurve[] };
    expect(curves.length).toBeGreaterThan(0);
    for (const { points, width } of curves) expect(points[0]).toEqual({ kept: width, error: 0 });
  });

  it("refuses what contradicts itself", () => {
    const refused = (...args: string[]): string => {
      const { status, stderr } = espalierIn(
        box,
        "plan",
        "digits.onnx",
        "--target",
        "cpu",
        "--out",
        "no.json",
        ...args,
      );
      expect(status, stderr).toBe(2);
      return stderr;
    };
    expect(refused("--max-drop", "1%")).toContain("--calibration");
    expect(refused("--ratio", "0.5", "--recover", "bias")).toContain("CALIBRATION_MISSING");
    expect(refused("--max-drop", "1%", "--ratio", "0.5", ...given)).toContain("one budget");
    expect(refused("--ratio", "0.5", "--allocation", "sensitivity", ...given)).toContain("a cost to keep");
    expect(refused("--ratio", "0.5", "--calibration", "digits.onnx")).toContain("no calibration data");
  });
});

describe.skipIf(dataFolder === null)("ResNet-20 with photographs in folders of their class", () => {
  beforeAll(async () => {
    writeFileSync(join(box, "net.onnx"), readModelBytes("cifar10-resnet20"));
    for (const [i, pixels] of cifarImages(32).entries()) {
      const folder = join(box, "photos", String(i % 10));
      mkdirSync(folder, { recursive: true });
      const image = sharp(pixels, { raw: { width: 32, height: 32, channels: 4 } });
      await image.png().toFile(join(folder, `${i}.png`));
    }
  });

  it("needs an input card, recovers, and notices a changed weight", () => {
    const prune = ["prune", "net.onnx", ...PRUNE, "--ratio", "0.3", "--out", "r", "--calibration", "photos"];
    const bare = espalierIn(box, ...prune);
    expect([bare.status, bare.stderr]).toEqual([2, expect.stringContaining("input card")]);
    writeFileSync(
      join(box, "net.io.json"),
      JSON.stringify({
        inputs: [{ name: "input", layout: "NCHW", mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }],
      }),
    );
    const done = espalierIn(box, ...prune);
    expect(done.status, done.stderr).toBe(0);
    const [entry] = recoveriesOf(receiptOf("r"));
    expect(entry?.n).toBe(2);
    expect(entry?.after.outputError).toBeLessThan((entry?.before.outputError ?? 0) / 5);
    // Labels come from the folders' names.
    expect(entry?.after.accuracy).toBeTypeOf("number");
    const model = bytes("r/model.onnx");
    const at = Math.floor(model.length / 2);
    model[at] = (model[at] as number) ^ 1;
    writeFileSync(join(box, "r/model.onnx"), model);
    expect(espalierIn(box, "verify", "r").status).toBe(1);
  }, 240_000);
});
