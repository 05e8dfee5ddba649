import { describe, expect, it } from "vitest";
import { squarify } from "./treemap.js";

describe("squarify", () => {
  it("lays out the example of the paper: 6 6 4 3 2 2 1 in 6 × 4", () => {
    const cells = squarify([6, 6, 4, 3, 2, 2, 1], (n) => n, 6, 4);
    for (const { item, width, height } of cells) expect(width * height).toBeCloseTo(item);
    expect(cells[0]).toMatchObject({ x: 0, y: 0, width: 3, height: 2 });
  });

  it("leaves out what has no area", () => {
    expect(squarify([0, 1], (n) => n, 2, 2)).toHaveLength(1);
    expect(squarify([], (n: number) => n, 2, 2)).toEqual([]);
  });
});
