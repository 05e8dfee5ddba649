import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quantiseBias, quantiseWeights, weightScales, weightSlices } from "./weights.js";

// [2, 3]: two outputs of three inputs, or three outputs of two
const elements = [1.27, -0.5, 0.25, 0, -2.54, 1];

describe("weights in int8", () => {
  it("have a scale for each output, along whatever axis outputs lie", () => {
    const rows = weightSlices(elements, [2, 3], 0);
    const scales = weightScales(rows);
    expect([...scales]).toEqual([Math.fround(0.01), Math.fround(0.02)]);
    expect([...quantiseWeights(rows, scales)]).toEqual([127, -50, 25, 0, -127, 50]);
    const columns = weightSlices(elements, [2, 3], 1);
    expect([...weightScales(columns)]).toEqual([1.27, 2.54, 1].map((most) => Math.fround(most / 127)));
    const one = weightSlices(elements, [2, 3], null);
    expect([...weightScales(one)]).toEqual([Math.fround(2.54 / 127)]);
  });

  it("come back within half a step, and never as -128", () => {
    const shape = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 }));
    fc.assert(
      fc.property(
        shape,
        fc.constantFrom(0, 1, null),
        fc.infiniteStream(fc.float({ min: -100, max: 100, noNaN: true })),
        (dims, axis, stream) => {
          const values = Array.from({ length: dims[0] * dims[1] }, () => stream.next().value as number);
          const weights = weightSlices(values, dims, axis);
          const scales = weightScales(weights);
          const stored = quantiseWeights(weights, scales);
          for (const [i, value] of values.entries()) {
            const scale = scales[Math.floor(i / weights.stride) % weights.slices] as number;
            expect(Math.abs((stored[i] as number) * scale - value)).toBeLessThanOrEqual(
              scale / 2 + 1e-5 * Math.abs(value),
            );
            expect(stored[i]).toBeGreaterThanOrEqual(-127);
          }
        },
      ),
    );
  });

  it("that are all 0 take the scale of the others", () => {
    expect([...weightScales(weightSlices([0, 0, 1.27, 0], [2, 2], 0))]).toEqual(
      [0.01, 0.01].map(Math.fround),
    );
    expect([...weightScales(weightSlices([0, 0], [2, 1], 0))]).toEqual([1, 1]);
  });

  it("have a scale that their bias fits to", () => {
    const weights = weightSlices([1e-9, 1.27], [2, 1], 0);
    const bias = [100, 0.5];
    const scales = weightScales(weights, { elements: bias, inputScale: 0.5 });
    expect(scales[1]).toBe(Math.fround(0.01));
    const { stored, scales: units } = quantiseBias(bias, 0.5, scales);
    for (const [i, value] of bias.entries()) {
      const unit = units[i] as number;
      expect(Math.abs((stored[i] as number) * unit - value)).toBeLessThanOrEqual(unit / 2 + 1e-6 * value);
      expect(Math.abs(stored[i] as number)).toBeLessThanOrEqual(2 ** 30 * (1 + 1e-6));
    }
  });
});

describe("biases in int32", () => {
  it("are in the unit of the products: scale of the input times scale of the weights", () => {
    const { stored, scales } = quantiseBias([1, -0.5], 0.5, Float32Array.of(0.25, 0.125));
    expect([...stored]).toEqual([8, -8]);
    expect([...scales]).toEqual([0.125, 0.0625]);
    expect([...quantiseBias([1, 2], 0.5, Float32Array.of(0.25)).stored]).toEqual([8, 16]);
  });

  it("saturate", () => {
    expect([...quantiseBias([1e9, -1e9], 1e-3, Float32Array.of(1e-3)).stored]).toEqual([
      2 ** 31 - 1,
      -(2 ** 31),
    ]);
  });
});
