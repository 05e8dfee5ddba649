import { DataType } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { unbatched } from "./unbatch.js";

const set = (items: number, offset = 0) => ({
  x: {
    dataType: DataType.FLOAT,
    dims: [items, 2],
    data: Float32Array.from({ length: 2 * items }, (_, i) => i + offset),
  },
});

describe("unbatched", () => {
  it("cuts sets to the batch of the file, and leaves out what does not fill one", () => {
    const found = unbatched([set(3), set(1, 10)], 1);
    expect(found.map(({ x }) => [x?.dims, Array.from((x?.data ?? []) as Float32Array)])).toEqual([
      [
        [1, 2],
        [0, 1],
      ],
      [
        [1, 2],
        [2, 3],
      ],
      [
        [1, 2],
        [4, 5],
      ],
      [
        [1, 2],
        [10, 11],
      ],
    ]);
    expect(unbatched([set(5)], 2)).toHaveLength(2);
  });

  it("leaves sets alone whose inputs have no common batch", () => {
    const odd = { ...set(4), y: { dataType: DataType.FLOAT, dims: [1], data: Float32Array.of(1) } };
    expect(unbatched([odd], 1)).toEqual([odd]);
  });
});
