import { describe, expect, it } from "vitest";
import { type Pixels, resample } from "./resample.js";

const grey = (width: number, height: number, ...data: number[]): Pixels => ({
  width,
  height,
  channels: 1,
  data: Uint8ClampedArray.from(data),
});
const values = ({ data }: Pixels): number[] => [...data];

describe("resample", () => {
  // Expected numbers by hand from the weights: 1 − |x| at the centres, stretched by the scale where it shrinks.
  it("spreads two pixels over four as (1, 3) : (3, 1)", () => {
    // 255 · 1/4 = 63.75, 255 · 3/4 = 191.25
    expect(values(resample(grey(2, 1, 0, 255), 4, 1, "bilinear"))).toEqual([0, 64, 191, 255]);
    expect(values(resample(grey(1, 2, 0, 255), 1, 4, "bilinear"))).toEqual([0, 64, 191, 255]);
  });

  it("takes all pixels into account when it shrinks", () => {
    // Four pixels to two: weights 3 3 1 for the left (the fourth would be a neighbour outside), 1 3 3 for the right.
    expect(values(resample(grey(4, 1, 0, 0, 0, 70), 2, 1, "bilinear"))).toEqual([0, 30]);
    expect(values(resample(grey(4, 1, 70, 0, 0, 0), 2, 1, "bilinear"))).toEqual([30, 0]);
  });

  it("keeps flat images flat, under every filter and both ways", () => {
    for (const filter of ["nearest", "bilinear", "bicubic", "lanczos"] as const)
      for (const [width, height] of [
        [3, 5],
        [17, 2],
      ] as const)
        expect(values(resample(grey(6, 6, ...new Array(36).fill(93)), width, height, filter))).toEqual(
          new Array(width * height).fill(93),
        );
  });

  it("picks the pixel under the centre when asked for the nearest", () => {
    expect(values(resample(grey(4, 1, 1, 2, 3, 4), 2, 1, "nearest"))).toEqual([2, 4]);
    expect(values(resample(grey(2, 1, 1, 2), 4, 1, "nearest"))).toEqual([1, 1, 2, 2]);
  });

  it("overshoots with the cubic, and is cut at 0 and 255", () => {
    const steep = values(resample(grey(4, 1, 0, 0, 255, 255), 8, 1, "bicubic"));
    expect(steep[0]).toBe(0);
    expect(steep.at(-1)).toBe(255);
    expect(steep).toEqual([...steep].sort((a, b) => a - b));
  });

  it("treats channels apart and hands back the same image when nothing changes", () => {
    const two: Pixels = { width: 2, height: 1, channels: 2, data: Uint8ClampedArray.from([0, 255, 255, 0]) };
    expect(values(resample(two, 4, 1, "bilinear"))).toEqual([0, 255, 64, 191, 191, 64, 255, 0]);
    expect(resample(two, 2, 1, "bilinear")).toBe(two);
  });
});
