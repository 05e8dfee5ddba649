// What weights of fewer bits cost, on a network of all operators that hold weights. Needs the build: interpreters are
// programs of their own.

import { exportTflite } from "@espalier/tflite";
import { describe, expect, it } from "vitest";
import { buildCases, compareRuntimes, type LoweringCases } from "../tflite/lowered-equals-onnx.js";

const NETWORK: LoweringCases = {
  network: (net) => {
    const x = net.input([1, 8, 9, 9]);
    const stem = net.op("Relu", [
      net.op("Conv", [x, net.weight([16, 8, 3, 3]), net.weight([16])], { pads: [1, 1, 1, 1] }),
    ]);
    const depthwise = net.op("Conv", [stem, net.weight([16, 1, 3, 3]), net.weight([16])], { group: 16 });
    const pooled = net.op("Flatten", [
      net.op("MaxPool", [depthwise], { kernel_shape: [3, 3], strides: [2, 2] }),
    ]);
    return net.op("Gemm", [pooled, net.weight([144, 10]), net.weight([10])]);
  },
};
const { model, feeds } = buildCases(NETWORK);

/** Rounding of one weight against the largest of its slice: 2^-11, and half a step of 127. Three layers add up. */
const LIMITS = { float16: 2 ** -10, "dynamic-int8": 3 / 127 } as const;

describe.each(["litert", "tfjs"] as const)("run by %s, weights stored as", (engine) => {
  it.each(["float16", "dynamic-int8"] as const)(
    "%s change the outputs as little as they may",
    async (precision) => {
      const [agreement] = await compareRuntimes(model, feeds, { precision }, engine);
      expect(agreement?.maxRel).toBeLessThan(LIMITS[precision]);
      // Not at all would mean that they are stored as before.
      expect(agreement?.maxRel).toBeGreaterThan(2e-6);
    },
  );
});

describe("the size of a file", () => {
  it("follows what weights are stored as", () => {
    const [whole, half, quarter] = (["float32", "float16", "dynamic-int8"] as const).map(
      (precision) => exportTflite(model, { precision }).bytes?.byteLength ?? 0,
    ) as [number, number, number];
    const weights = 16 * 8 * 9 + 16 * 9 + 144 * 10;
    // Biases stay, and the file tells of scales and one operator more for each weight.
    expect(whole - half).toBeGreaterThan(1.5 * weights);
    expect(whole - quarter).toBeGreaterThan(2.5 * weights);
  });
});
