import { seededRandom } from "@espalier/core";
import { describe, expect, it } from "vitest";
import { imageSet } from "../set/image-set.js";
import { cropAndFlip } from "./augmentation.js";

// More padding than the image is high: some windows miss it.
const [HEIGHT, WIDTH, PADDING] = [4, 5, 6];
const set = imageSet({
  name: "one",
  classes: ["a"],
  channels: "RGB",
  width: WIDTH,
  height: HEIGHT,
  pixels: Uint8Array.from({ length: 3 * HEIGHT * WIDTH }, (_, at) => at + 1),
  labels: [0],
  normalise: { mean: [0.5, 0.4, 0.3], std: [0.2, 0.3, 0.4] },
});

/** Padded, cut and mirrored pixel by pixel, before anything is normalised. */
function reference(down: number, right: number, mirrored: boolean): number[] {
  const values: number[] = [];
  for (let c = 0; c < 3; c++)
    for (let y = 0; y < HEIGHT; y++)
      for (let x = 0; x < WIDTH; x++) {
        const column = (mirrored ? WIDTH - 1 - x : x) + right;
        const row = y + down;
        const inside = row >= 0 && row < HEIGHT && column >= 0 && column < WIDTH;
        const byte = inside ? (c * HEIGHT + row) * WIDTH + column + 1 : 0;
        values.push(Math.fround((byte / 255 - (set.image?.mean[c] ?? 0)) / (set.image?.std[c] ?? 1)));
      }
  return values;
}

describe("cropAndFlip", () => {
  const sample = new Float32Array(3 * HEIGHT * WIDTH);
  set.read(0, sample);

  it("is one of the windows of the padded image, and all of them occur", () => {
    const expected = new Map<string, string>();
    for (let down = -PADDING; down <= PADDING; down++)
      for (let right = -PADDING; right <= PADDING; right++)
        for (const mirrored of [false, true])
          expected.set(reference(down, right, mirrored).join(), `${down} ${right} ${mirrored}`);
    const change = cropAndFlip({ padding: PADDING }).prepare(set);
    const met = new Set<string>();
    const into = new Float32Array(sample.length + 2);
    for (let i = 0; i < 6000; i++) {
      change(sample, into, 2, seededRandom(i, "crop"));
      const window = expected.get(into.subarray(2).join());
      expect(window).toBeDefined();
      met.add(window ?? "");
    }
    expect(met).toEqual(new Set(expected.values()));
    expect([into[0], into[1]]).toEqual([0, 0]);
  });

  it("without padding and mirroring changes nothing", () => {
    const into = new Float32Array(sample.length);
    cropAndFlip({ padding: 0, flip: false }).prepare(set)(sample, into, 0, seededRandom(1));
    expect(into).toEqual(sample);
  });
});
