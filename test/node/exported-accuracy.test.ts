// How good a deployed file is: counted on its own interpreter, written into the receipt, counted again by verify. Runs dist/,
// so build first.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { modelBytes, readReceipt, receiptText, sealReceipt } from "@espalier/core";
import { loadDataSet } from "@espalier/data/node";
import { DataType } from "@espalier/ir";
import { nodeHost } from "@espalier/runtime-node";
import { nodeTfliteRuntime } from "@espalier/runtime-tflite/node";
import { lenet5 } from "@espalier/zoo";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { espalierIn } from "../cli-process.js";

let box = "";
const bytes = (path: string): Uint8Array => new Uint8Array(readFileSync(join(box, path)));
const receipt = () => readReceipt(bytes("pruned/receipt.json"));
const verify = (...more: string[]) =>
  espalierIn(box, "verify", "pruned", "--source", "whole/model.onnx", "--no-retrain", ...more);

beforeAll(() => {
  box = mkdtempSync(join(tmpdir(), "espalier-exported-"));
  writeFileSync(join(box, "new.onnx"), modelBytes(lenet5({ width: 0.25 })));
  const data = ["--data", "digits", "--samples", "1500", "--learning-rate", "0.003"];
  const learning = [...data, "--optimiser", "adam", "--epochs", "3", "--out", "whole"];
  const pruning = ["--target", "tflite", "--ratio", "0.3", "--precision", "dynamic-int8", "--no-measure"];
  // A file of 48 images a run: the last batch of 2,000 is not full.
  const batch = ["--dim", "N=48"];
  for (const command of [
    ["finetune", "new.onnx", ...learning],
    ["prune", "whole/model.onnx", ...pruning, ...batch, ...data, "--epochs", "2", "--out", "pruned"],
  ]) {
    const { status, stderr } = espalierIn(box, ...command);
    expect(status, stderr).toBe(0);
  }
});
afterAll(() => rmSync(box, { recursive: true, force: true }));

describe("the accuracy of a deployed file", () => {
  it("is what its interpreter says of the test samples, beside that of the network", async () => {
    const { accuracy, export: record } = receipt();
    expect(accuracy?.exported?.runtime).toBe(record?.runtime);
    expect(accuracy?.exported?.runtime).toContain("LiteRT.js");
    const { test } = await loadDataSet("digits");
    const session = await nodeTfliteRuntime().load(bytes("pruned/model.tflite"));
    let right = 0;
    try {
      const [port] = session.inputs;
      const dims = (port?.shape ?? []).map(Number);
      const [batch = 0] = dims;
      expect(batch).toBe(48);
      const images = new Float32Array(dims.reduce((a, b) => a * b, 1));
      for (let first = 0; first < test.count; first += batch) {
        const count = Math.min(batch, test.count - first);
        // One channel: first or last, it lies the same. What is left of the batch before fills the last one.
        for (let i = 0; i < count; i++) test.read(first + i, images as never, (i * images.length) / batch);
        const outputs = await session.run({
          [port?.name ?? ""]: { dataType: DataType.FLOAT, dims, data: images },
        });
        const values = Array.from(Object.values(outputs)[0]?.data as Float32Array);
        for (let i = 0; i < count; i++) {
          const row = values.slice((i * values.length) / batch, ((i + 1) * values.length) / batch);
          if (row.indexOf(Math.max(...row)) === test.labels[first + i]) right++;
        }
      }
    } finally {
      await session.dispose();
    }
    expect(accuracy?.n).toBe(test.count);
    expect(accuracy?.exported?.accuracy).toBeCloseTo(right / test.count, 10);
    expect(right / test.count).toBeGreaterThan(0.3);
  });

  it("is counted again", () => {
    const { status, stdout } = verify();
    expect(status, stdout).toBe(5); // what was trained is not trained again
    expect(stdout).toMatch(/holds +accuracy of the exported file/);
  });

  it("is found out when it was forged, and is no claim of receipts that do not name it", async () => {
    const { accuracy, ...rest } = receipt();
    if (accuracy?.exported === undefined) throw new Error("no accuracy");
    const host = nodeHost({ cache: null });
    const { exported, ...older } = accuracy;
    const write = async (changed: typeof accuracy) =>
      writeFileSync(
        join(box, "pruned/receipt.json"),
        receiptText(await sealReceipt({ ...rest, accuracy: changed }, host)),
      );
    await write({ ...older, exported: { ...exported, accuracy: 1 } });
    expect(verify().stdout).toMatch(/FAILS +accuracy of the exported file/);
    await write(older);
    const { stdout } = verify();
    expect(stdout).toMatch(/holds +accuracy on the test samples/);
    expect(stdout).not.toContain("accuracy of the exported file");
    await write(accuracy);
  });
});
