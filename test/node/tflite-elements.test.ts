// Plans of single weights for TFLite: masks where XNNPACK skips zeros, proven on the interpreters, and refusals that name
// what is in the way everywhere else.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  compareOutput,
  isUnavailable,
  magnitude,
  maskSteps,
  modelBytes,
  type RuntimeTensor,
  randomImportance,
  readPlan,
  readReceipt,
  receiptText,
  sealReceipt,
  type TargetOptions,
  type TargetResult,
} from "@espalier/core";
import { readModel } from "@espalier/ir";
import { nodeHost, nodeRuntime } from "@espalier/runtime-node";
import { nodeTfliteRuntime } from "@espalier/runtime-tflite/node";
import { exportTflite, onnxOnTflite, readTflite, SPARSE_CONDITIONS, tflite } from "@espalier/tflite";
import { mobilenetV1 } from "@espalier/zoo";
import { beforeAll, describe, expect, it } from "vitest";

const DIGITS = new Uint8Array(
  readFileSync(fileURLToPath(new URL("../../apps/cli/models/digits.onnx", import.meta.url))),
);
const NETWORK = modelBytes(mobilenetV1({ width: 0.25, resolution: 32, classes: 10, seed: 1 }));
const ZEROS = 0.85;
const host = { ...nodeHost({ cache: null }), brotliSize: null };
const runtime = nodeRuntime();
const world = { runtime, host, deployment: onnxOnTflite(nodeTfliteRuntime()) };
const asked: Omit<TargetOptions, "runtime"> & typeof world = {
  ...world,
  ...{ budget: { ratio: ZEROS }, granularity: "element", seed: 3, measure: false, inputs: 2 },
};

describe("single weights of a network whose zeros are skipped", () => {
  let result: TargetResult;
  const fileOf = (role: string): Uint8Array => result.files.find((one) => one.role === role)!.bytes;
  beforeAll(async () => {
    result = await tflite.prune(NETWORK, asked);
  }, 60_000);

  it("are masked, the smallest of every 1x1 convolution, and stored behind DENSIFY", () => {
    const steps = maskSteps(result.plan.steps);
    expect(result.plan.options).toMatchObject({ granularity: "element", export: { sparse: "densify" } });
    expect(result.plan.steps).toHaveLength(steps.length);
    const source = readModel(NETWORK);
    const pointwise = [...source.graph.nodes].flatMap(({ inputs }) =>
      inputs[1]?.initializer?.dims[2] === 1 ? [inputs[1].name] : [],
    );
    expect(steps.map(({ tensor }) => tensor)).toEqual(pointwise);
    for (const { dims, pattern, data } of steps) {
      expect(pattern).toBeUndefined();
      const size = dims.reduce((product, dim) => product * dim, 1);
      const bits = fileOf("plan-data").subarray(data.offset, data.offset + data.bytes);
      const kept = bits.reduce((sum, byte) => sum + byte.toString(2).replaceAll("0", "").length, 0);
      expect(kept).toBe(size - Math.round(ZEROS * size));
    }
    const { operatorCodes } = readTflite(fileOf("model"));
    expect(operatorCodes.some(({ builtinCode }) => builtinCode === "DENSIFY")).toBe(true);
  });

  it("compute on both interpreters what the masked network does", async () => {
    expect(result.receipt.parity).toMatchObject({ reference: "masked" });
    expect(result.receipt.export?.maxRel).toBeLessThanOrEqual(1e-4);
    const pruned = fileOf("pruned");
    const dims = [1, 3, 32, 32];
    const data = Float32Array.from({ length: 3 * 32 * 32 }, (_, i) => ((i * 37) % 101) / 50 - 1);
    const feeds = { input: { dataType: 1, dims, data } };
    const session = await runtime.load(pruned);
    const [name, expected] = Object.entries(await session.run(feeds))[0] as [string, RuntimeTensor];
    await session.dispose();
    const deployment = onnxOnTflite(nodeTfliteRuntime({ engine: "tfjs" }));
    const found = await tflite.runModel(result.files, feeds, { ...world, deployment });
    if (isUnavailable(found)) throw new Error(found.unblock);
    expect(compareOutput(name, expected, found[name]!).maxRel).toBeLessThanOrEqual(1e-4);
  });

  it("make the file smaller and nothing else, and the receipt says so", () => {
    const { macs, params, size, sparsity, nm } = result.receipt;
    expect(macs.after).toBe(macs.before);
    expect(params.after).toBe(params.before);
    expect(nm).toBeUndefined();
    expect(size.after.raw).toBe(fileOf("model").length);
    const dense = exportTflite(readModel(fileOf("pruned")));
    expect(size.after.raw).toBeLessThan(0.75 * dense.bytes!.length);
    expect(sparsity.zeros / sparsity.prunable).toBeGreaterThan(0.6);
  });

  it("come again from the plan, to the byte, and hold when they are verified", async () => {
    const plan = readPlan(fileOf("plan"));
    const again = await tflite.apply(plan, NETWORK, { ...asked, planData: fileOf("plan-data") });
    expect(again.files[0]?.bytes).toEqual(fileOf("model"));
    const receipt = readReceipt(
      new TextEncoder().encode(receiptText(await sealReceipt(result.receipt, host))),
    );
    const claims = await tflite.verify(result.files, { ...world, receipt, sourceBytes: NETWORK });
    const open = claims.filter(({ status, informational }) => status !== "holds" && informational !== true);
    expect(open).toEqual([]);
  });

  it("are timed against the network in dense storage", { timeout: 60_000 }, async () => {
    const { receipt } = await tflite.prune(NETWORK, { ...asked, measure: true });
    expect(receipt.latency).toMatchObject({ before: { threads: 1 }, after: { threads: 1 } });
  });
});

describe("single weights elsewhere", () => {
  it("stay, where too few of them would be zero for a runtime to skip any", async () => {
    const { plan, refused } = await tflite.plan(NETWORK, { ...asked, budget: { ratio: 0.5 } });
    expect(plan.steps).toEqual([]);
    expect(refused.map(({ code }) => code)).toEqual(["SPARSE_TOO_FEW_ZEROS"]);
    expect(refused[0]?.reason).toContain("zeros in dense storage are worth nothing here");
  });

  it("stay, where a condition does not hold: each is named, with its operator", async () => {
    const result = await tflite.prune(DIGITS, asked);
    expect(result.plan.steps).toEqual([]);
    expect(result.pruned).toBeNull();
    expect(result.receipt.refused.length).toBeGreaterThan(0);
    for (const { code, unblock, reason } of result.receipt.refused) {
      expect(Object.keys(SPARSE_CONDITIONS)).toContain(code);
      expect(unblock.length).toBeGreaterThan(10);
      expect(reason).toContain("worth nothing");
    }
    const half = { precision: "float16" };
    const { refused } = await tflite.plan(NETWORK, { ...asked, export: half });
    expect(refused.map(({ code }) => code)).toContain("SPARSE_PRECISION");
  });

  it("are pruned by a ratio of magnitudes alone, and on no other target so", async () => {
    const cases = [
      [{ budget: { macs: 0.5 } }, "budget"],
      [{ criterion: randomImportance() }, "criterion"],
      [{ include: ["conv*"] }, "include"],
    ] as const;
    for (const [more, where] of cases)
      await expect(tflite.plan(NETWORK, { ...asked, ...more })).rejects.toMatchObject({
        code: "INVALID_OPTION",
        context: { where },
      });
    const { plan } = await tflite.plan(NETWORK, { ...asked, criterion: magnitude({ p: 1 }) });
    expect(plan.options.criterion).toBe("l1");
  });
});
