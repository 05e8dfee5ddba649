// The target TensorFlow Lite under the contract that all targets share, on LiteRT.js in a child process.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  isUnavailable,
  openSubject,
  planText,
  type RuntimeTensor,
  randomInputs,
  readPlan,
  sealReceipt,
} from "@espalier/core";
import { nodeHost, nodeRuntime } from "@espalier/runtime-node";
import { nodeTfliteRuntime } from "@espalier/runtime-tflite/node";
import { onnxOnTflite, readInterface, readTflite, tflite } from "@espalier/tflite";
import { describe, expect, it } from "vitest";
import { testTarget } from "../conformance/target.js";

const model = new Uint8Array(
  readFileSync(fileURLToPath(new URL("../../apps/cli/models/digits.onnx", import.meta.url))),
);
const runtime = nodeRuntime();
const host = nodeHost({ cache: null });
const deployment = onnxOnTflite(nodeTfliteRuntime());
const world = { runtime, host, deployment };

/** The staircase was measured before, as in the cache of a second run; how it is measured is tested on its own. */
const measuredBefore = nodeHost({
  cache: {
    read: async (name) =>
      name.endsWith("/stair.json")
        ? new TextEncoder().encode(
            JSON.stringify([
              { width: 33, us: 9 },
              { width: 40, us: 9 },
            ]),
          )
        : null,
    write: async () => {},
  },
});

testTarget("tflite", () => ({ target: tflite, world: { ...world, host: measuredBefore }, model }));

describe("the target tflite", () => {
  const options = { ...world, budget: { ratio: 0.5 }, seed: 3, measure: false } as const;

  it("says how far the file agrees with the pruned network, and names source and plan in it", async () => {
    const { files, receipt } = await tflite.prune(model, options);
    expect(receipt.export).toMatchObject({
      reference: "pruned onnx",
      runtime: deployment.name,
      tolerance: 1e-4,
    });
    expect(receipt.export?.maxRel).toBeLessThanOrEqual(1e-4);
    const file = readTflite(files[0]!.bytes);
    const text = (name: string): string => {
      const entry = file.metadata.find((one) => one.name === name);
      return new TextDecoder().decode(file.buffers[entry?.buffer ?? 0]?.data);
    };
    expect(text("espalier.source_sha256")).toBe(receipt.source.sha256);
    expect(text("espalier.plan_sha256")).toBe(receipt.plan?.sha256);
    expect(receipt.size.after.raw).toBe(files[0]!.bytes.length);
  });

  it("answers in the order of axes that the ONNX model has, whatever the file's", async () => {
    const { model: graph, boundFacts, handlers } = openSubject(model);
    const feeds = randomInputs(graph, boundFacts, handlers, { seed: 7, count: 1 })[0]!;
    const session = await runtime.load(model);
    const expected = await session.run(feeds);
    await session.dispose();
    for (const ioLayout of ["nhwc", "nchw"]) {
      const files = await tflite.exportModel(graph, { settings: { ioLayout } });
      if (isUnavailable(files)) throw new Error(files.unblock);
      const [input] = readInterface(readTflite(files[0]!.bytes))!.inputs;
      expect(input?.layout).toBe(ioLayout === "nhwc" ? "NHWC" : "ONNX");
      const found = await tflite.runModel(files, feeds, world);
      if (isUnavailable(found)) throw new Error(found.unblock);
      for (const [name, tensor] of Object.entries(expected)) {
        expect(found[name]?.dims).toEqual(tensor.dims);
        expect(largest(found[name]!, tensor)).toBeLessThan(1e-5);
      }
    }
  });

  it("stores weights in fewer bytes on request, and reports what that changes", async () => {
    const run = (precision: string) => tflite.prune(model, { ...options, export: { precision } });
    const [plain, half, int8] = [await run("float32"), await run("float16"), await run("dynamic-int8")];
    const sizes = [plain, half, int8].map(({ receipt }) => receipt.size.after.raw);
    expect(sizes[1]).toBeLessThan(sizes[0]!);
    expect(sizes[2]).toBeLessThan(sizes[1]!);
    for (const { receipt } of [half, int8]) {
      expect(receipt.export?.tolerance).toBeNull();
      expect(receipt.export?.maxRel).toBeGreaterThan(plain.receipt.export!.maxRel!);
      expect(receipt.export?.maxRel).toBeLessThan(0.1);
    }
  });

  it("computes in int8 by ranges that the plan keeps, and replays them without the inputs", async () => {
    const { model: graph, boundFacts, handlers } = openSubject(model);
    const inputs = randomInputs(graph, boundFacts, handlers, { seed: 11, count: 6 });
    const calibration = { inputs, spec: "random" };
    const asked = { ...options, recover: [], export: { precision: "int8" } } as const;
    await expect(tflite.prune(model, asked)).rejects.toMatchObject({ code: "CALIBRATION_MISSING" });
    const { files, plan, receipt } = await tflite.prune(model, { ...asked, calibration });
    const read = readPlan(files.find(({ role }) => role === "plan")!.bytes);
    expect(read.steps.at(-1)).toMatchObject({ kind: "quantize", method: "int8", count: 6 });
    expect(readTflite(files[0]!.bytes).subgraphs[0]!.tensors.some(({ type }) => type === "INT8")).toBe(true);
    expect(receipt.size.after.raw).toBeLessThan(0.6 * (files[1]?.bytes.length ?? 0));
    expect(receipt.export?.tolerance).toBeNull();
    expect(receipt.export?.maxRel).toBeLessThan(0.2);
    const again = await tflite.apply(plan, model, { ...world, measure: false, inputs: 2 });
    expect(again.files[0]?.bytes).toEqual(files[0]?.bytes);

    const verify = async (given: typeof calibration | null, steps = plan.steps) => {
      const text = new TextEncoder().encode(planText({ ...plan, steps }));
      const changed = files.map((file) => (file.role === "plan" ? { ...file, bytes: text } : file));
      const sealed = await sealReceipt(receipt, host);
      const claims = await tflite.verify(changed, {
        ...world,
        receipt: sealed,
        sourceBytes: model,
        calibration: given,
      });
      return (name: string) => claims.find((claim) => claim.name === name)?.status;
    };
    expect((await verify(calibration))("ranges follow from the calibration inputs")).toBe("holds");
    expect((await verify(null))("ranges follow from the calibration inputs")).toBe("unchecked");
    const wider = plan.steps.map((step) =>
      step.kind === "quantize"
        ? { ...step, ranges: step.ranges.map(([min, max]) => [2 * min, 2 * max] as const) }
        : step,
    );
    expect((await verify(calibration, wider))("the artefact is the pruned network, exported")).toBe("fails");
  });

  it("refuses a choice that the format does not have", async () => {
    for (const [settings, where] of [
      [{ precision: "int3" }, "precision"],
      [{ colour: "red" }, "colour"],
      [{ precision: "int8", sparse: "densify" }, "sparse"],
    ] as const)
      await expect(tflite.prune(model, { ...options, export: settings })).rejects.toMatchObject({
        code: "INVALID_OPTION",
        context: { where },
      });
  });
});

function largest(a: RuntimeTensor, b: RuntimeTensor): number {
  const [x, y] = [a.data, b.data] as [Float32Array, Float32Array];
  return y.reduce((most, value, i) => Math.max(most, Math.abs(value - (x[i] ?? Number.NaN))), 0);
}
