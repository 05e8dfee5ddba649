import { describe, expect, it } from "vitest";
import { DEVICES } from "./devices.js";
import { findDevice } from "./find-device.js";
import type { LayerGeometry } from "./layer-geometry.js";
import { layerBound } from "./roofline.js";
import { sparseVerdict } from "./sparse-verdict.js";
import { readProfile } from "./trtexec-profile.js";

const device = findDevice("a100");
const options = { device, precision: "float16" } as const;

/** A convolution at 28 × 28, batch 32. */
function layer(inputs: number, outputs: number, taps = 1, size = 28 * 28 * 32): LayerGeometry {
  const weights = inputs * outputs * taps;
  const activations = size * (inputs + outputs);
  return {
    ...{ weight: "w", nodes: ["Conv_1"], inputs, outputs, taps, groups: 1, weights },
    ...{ macs: weights * size, activations },
  };
}

describe("a layer carries 2:4", () => {
  // TensorRT's maintainers: sparse wins from about 256 channels in and out, a 3 × 3 kernel counts as nine times the inputs.
  it.each([
    [512, 512, 1, null],
    [64, 256, 9, null],
    [64, 64, 9, "SPARSE_TOO_SMALL"], // eligible and not picked: NVIDIA/TensorRT issue 1403
    [128, 512, 1, "SPARSE_TOO_SMALL"],
    [512, 252, 1, "SPARSE_UNALIGNED"],
    [520, 512, 1, "SPARSE_UNALIGNED"],
  ])("of %d inputs, %d outputs, %d positions: %s", (inputs, outputs, taps, code) => {
    expect(sparseVerdict(layer(inputs, outputs, taps), options)).toMatchObject({ pays: code === null, code });
  });

  it("unless moving activations bounds it: one pixel a time on an L4 reads weights, thousands read activations", () => {
    const wide = layer(256, 256, 1, 1 << 20);
    const verdict = sparseVerdict(wide, { device: findDevice("l4"), precision: "float16" });
    expect(verdict).toMatchObject({ pays: false, code: "SPARSE_NOT_FASTER", source: "roofline" });
    expect(sparseVerdict(layer(4096, 4096, 1, 1), options)).toMatchObject({ pays: true });
  });

  it("by measured times where both engines have the layer", () => {
    const times = (ms: number) =>
      readProfile(`[{ "name" : "Conv_1 + Relu_2", "averageMs" : ${ms}, "percentage" : 100 }]`);
    const judge = (dense: number, sparse: number) =>
      sparseVerdict(layer(512, 512), {
        ...options,
        measured: { dense: times(dense), sparse: times(sparse) },
      });
    expect(judge(2, 1)).toMatchObject({ pays: true, speedup: 2, source: "measured" });
    expect(judge(1, 1)).toMatchObject({ pays: false, code: "SPARSE_NOT_FASTER", source: "measured" });
    const other = { dense: times(1), sparse: times(1) };
    const unnamed = { ...layer(512, 512), nodes: ["Conv_7"] };
    expect(sparseVerdict(unnamed, { ...options, measured: other })).toMatchObject({ source: "roofline" });
  });
});

describe("the roofline", () => {
  it("of a product-bound layer is its products at the peak rate: 2 · 512³ · 8 / 312 TFLOPS = 6.9 µs", () => {
    const square: LayerGeometry = {
      ...layer(512, 512, 1, 4096),
      activations: 0,
      macs: 512 * 512 * 4096,
    };
    const bound = layerBound(square, device, "float16");
    expect(bound?.denseUs).toBeCloseTo((2 * 512 * 512 * 4096) / 312e6, 9);
    expect(bound).toMatchObject({ speedup: 2, boundBy: "products" });
  });

  it("of a weight-bound layer gains 32/18 in 16 bits and 16/10 in 8", () => {
    const vector = { ...layer(4096, 4096, 1, 1), activations: 0 };
    expect(layerBound(vector, device, "float16")?.speedup).toBeCloseTo(32 / 18, 6);
    expect(layerBound(vector, device, "int8")?.speedup).toBeCloseTo(16 / 10, 6);
  });

  it("is null where a size is open, and never says slower or more than twice as fast", () => {
    expect(layerBound({ ...layer(256, 256), macs: null }, device, "float16")).toBeNull();
    for (const one of DEVICES)
      for (const width of [64, 256, 1024, 4096])
        for (const size of [1, 100, 10_000, 1_000_000]) {
          const { speedup = 0 } = layerBound(layer(width, width, 9, size), one, "float16") ?? {};
          expect(speedup).toBeGreaterThanOrEqual(1);
          expect(speedup).toBeLessThanOrEqual(2);
        }
  });
});

describe("devices", () => {
  it("name their source, and are found by name", () => {
    for (const { name, source, int8Tops, float16Tflops } of DEVICES) {
      expect(source).toMatch(/NVIDIA/);
      expect(int8Tops).toBeGreaterThan(float16Tflops);
      expect(findDevice(name).name).toBe(name);
    }
    expect(() => findDevice("gpu9000")).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
  });
});
