import { describe, expect, it } from "vitest";
import { imageSet } from "./image-set.js";
import { setCard } from "./input-card.js";
import type { LabelledSet } from "./labelled-set.js";
import { preparedSet } from "./prepared-set.js";
import { sampleImage } from "./sample-image.js";

const parts = {
  ...({ name: "all bytes", classes: ["a", "b"], channels: "RGB", width: 16, height: 16 } as const),
  pixels: Uint8Array.from({ length: 2 * 3 * 256 }, (_, i) => (i * 7) % 256),
  labels: [0, 1],
};
const values = (set: LabelledSet<"float32">, index = 1): number[] => {
  const into = new Float32Array(3 * 256);
  set.read(index, into);
  return [...into];
};

describe("a prepared set", () => {
  it("reads the very numbers of a set that was made like this, whatever it was made like before", () => {
    const wanted = { mean: [0.49, 0.48, 0.45], std: [0.25, 0.24, 0.26] };
    for (const before of [{}, { normalise: { mean: [0.1, 0.2, 0.3], std: [0.9, 0.31, 2] } }]) {
      const found = preparedSet(imageSet({ ...parts, ...before }), {
        channels: "RGB",
        range: [0, 1],
        ...wanted,
      });
      expect(values(found)).toEqual(values(imageSet({ ...parts, normalise: wanted })));
    }
  });

  it("takes any range and the channels backwards", () => {
    const plain = values(imageSet(parts));
    const found = values(preparedSet(imageSet(parts), { channels: "BGR", range: [-1, 1] }));
    for (let i = 0; i < 256; i++) expect(found[i]).toBeCloseTo(2 * (plain[2 * 256 + i] as number) - 1, 6);
  });

  it("says which channel comes first, so that it can be prepared and shown again", () => {
    const backwards = preparedSet(imageSet(parts), {
      channels: "BGR",
      range: [0, 255],
      mean: [103, 116, 123],
    });
    expect(setCard(backwards, "x", "y").inputs[0]).toMatchObject({ channels: "BGR" });
    expect(sampleImage(backwards, 1)?.data).toEqual(sampleImage(imageSet(parts), 1)?.data);
    const again = preparedSet(backwards, { channels: "RGB", range: [0, 1] });
    expect(values(again)).toEqual(values(imageSet(parts)));
  });

  it("refuses other channels and numbers that are none", () => {
    const set = imageSet(parts);
    for (const wrong of [
      { channels: "grey", range: [0, 1] },
      { channels: "RGB", range: [0, 1], mean: [1] },
      { channels: "RGB", range: [0, 1], std: [1, 0, 1] },
      { channels: "RGB", range: [1, 1] },
    ] as const)
      expect(() => preparedSet(set, wrong)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
  });
});
