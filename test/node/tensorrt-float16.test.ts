// Networks rewritten in float16 for TensorRT, run by ONNX Runtime beside what they were written from. On CPUs it has few
// kernels in float16, computes the others in float32 and drops Casts between them: what overflows there it does not see.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  compareOutput,
  countViolations,
  defaultHandlers,
  type Feeds,
  patternLayers,
  type RuntimeTensor,
  readReceipt,
  sealReceipt,
  type TargetResult,
  TWO_OF_FOUR,
} from "@espalier/core";
import { DataType, inferFacts, type Model, readFloats, readModel, type Tensor } from "@espalier/ir";
import { nodeHost, nodeRuntime } from "@espalier/runtime-node";
import { exportTensorRt, tensorrt } from "@espalier/tensorrt";
import { describe, expect, it } from "vitest";
import { dataFolder, readModelBytes } from "../data-folder.js";
import { realInputs } from "../real-inputs.js";

const runtime = nodeRuntime();
const host = { ...nodeHost(), brotliSize: null };
const digits = new Uint8Array(
  readFileSync(fileURLToPath(new URL("../../apps/cli/models/digits.onnx", import.meta.url))),
);

/** Rounding to 11 bits is 2⁻¹¹ each time; layers add up as the square root of their number does, and some are in line. */
const LIMIT = 5e-3;

describe.skipIf(dataFolder === null)("a real network in float16", () => {
  it.each(["cifar10-resnet20", "squeezenet1.1-imagenet", "cifar10-vit-pgd_2_3_16"])(
    "%s says what it says in float32",
    async (name) => {
      const source = readModelBytes(name);
      const { files, float16 } = exportTensorRt(readModel(source), { graphType: "float16" });
      const [file] = files;
      expect(floatsIn(readModel(file?.bytes as Uint8Array))).toBeLessThan(64);
      expect(float16?.weights.stored).toBeGreaterThan(70_000);
      const sets = await realInputs(name);
      const whole = await outputs(source, sets);
      const half = await outputs(file?.bytes as Uint8Array, sets);
      for (const [i, expected] of whole.entries()) {
        const given = half[i] as RuntimeTensor;
        const { maxRel } = compareOutput("y", expected, given);
        expect(maxRel).toBeLessThan(LIMIT);
        // The same to the bit would mean that nothing was rounded.
        expect(maxRel).toBeGreaterThan(1e-5);
        expect(largest(given)).toBe(largest(expected));
      }
    },
  );

  it("carries 2:4 as before", async () => {
    const asked = { granularity: "2:4", budget: { ratio: 0.5 }, runtime, host, measure: false } as const;
    const result = await tensorrt.prune(readModelBytes("cifar10-resnet20"), {
      ...asked,
      export: { graphType: "float16" },
    });
    const model = readModel(fileOf(result, "model"));
    const facts = inferFacts(model);
    const { layers } = patternLayers(model, facts, defaultHandlers(), TWO_OF_FOUR);
    const stored = new Map([...model.graph.initializers].map((value) => [value.name, value.initializer]));
    const masked = result.receipt.nm?.layers ?? [];
    expect(masked.length).toBeGreaterThan(10);
    for (const { tensor } of masked) {
      const { dims, axis } = layers.find(({ name }) => name === tensor) ?? { dims: [], axis: -1 };
      const weights = stored.get(tensor);
      expect(weights?.dataType, tensor).toBe(DataType.FLOAT16);
      const { violations } = countViolations(readFloats(weights as Tensor), { dims, axis }, TWO_OF_FOUR);
      expect(violations, tensor).toBe(0);
    }
  });
});

describe("a pruned network as a float16 file", () => {
  const asked = { granularity: "channel", budget: { ratio: 0.3 }, runtime, host, measure: false } as const;

  it("lies beside the float32 network, which the receipt holds it against, and is verified", async () => {
    const result = await tensorrt.prune(digits, { ...asked, export: { graphType: "float16" } });
    const { export: record, artefact } = result.receipt;
    expect(record).toMatchObject({ path: "pruned.onnx", runtime: runtime.name, tolerance: null });
    expect(record?.maxRel).toBeGreaterThan(1e-6);
    expect(record?.maxRel).toBeLessThan(LIMIT);
    expect(artefact?.bytes).toBeLessThan(0.6 * fileOf(result, "pruned").byteLength);
    const receipt = await sealReceipt(result.receipt, host);
    const written = readReceipt(new TextEncoder().encode(JSON.stringify(receipt)));
    const verify = (files: TargetResult["files"]) =>
      tensorrt.verify(files, { runtime, host, receipt: written, sourceBytes: digits });
    const claims = await verify(result.files);
    expect(claims.filter(({ status }) => status === "fails")).toEqual([]);
    expect(claims).toContainEqual(expect.objectContaining({ name: "export agrees", status: "holds" }));
    const swapped = result.files.map((file) =>
      file.role === "model" ? { ...file, bytes: fileOf(result, "pruned") } : file,
    );
    const failed = (await verify(swapped)).filter(({ status }) => status === "fails");
    expect(failed.map(({ name }) => name)).toContain("the artefact is the pruned network, exported");
    const again = await tensorrt.apply(result.plan, digits, { runtime, host, measure: false });
    expect(fileOf(again, "model")).toEqual(fileOf(result, "model"));
  });

  it("is no file of another choice", async () => {
    for (const settings of [{ graphType: "float8" }, { precision: "float16" }] as const)
      await expect(tensorrt.prune(digits, { ...asked, export: { ...settings } })).rejects.toMatchObject({
        code: "INVALID_OPTION",
      });
  });
});

async function outputs(bytes: Uint8Array, sets: readonly Feeds[]): Promise<RuntimeTensor[]> {
  const session = await runtime.loadUntrusted(bytes, { threads: 1 });
  try {
    const found: RuntimeTensor[] = [];
    for (const feeds of sets) found.push(Object.values(await session.run(feeds))[0] as RuntimeTensor);
    return found;
  } finally {
    await session.dispose();
  }
}

/** Stored float32 numbers. */
function floatsIn({ graph }: Model): number {
  return [...graph.initializers]
    .filter(({ initializer }) => initializer?.dataType === DataType.FLOAT)
    .reduce((sum, { initializer }) => sum + (initializer?.size ?? 0), 0);
}

function largest({ data }: RuntimeTensor): number {
  const values = [...(data as Float32Array)];
  return values.indexOf(Math.max(...values));
}

function fileOf({ files }: TargetResult, role: string): Uint8Array {
  return files.find((one) => one.role === role)?.bytes as Uint8Array;
}
