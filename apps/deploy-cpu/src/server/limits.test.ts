import { describe, expect, it } from "vitest";
import { bodyLimit, SERVER_LIMITS } from "./limits.js";

const limit = (...shapes: (number | string)[][]): number =>
  bodyLimit(
    shapes.map((shape) => ({ shape })),
    SERVER_LIMITS,
  );

describe("bodyLimit", () => {
  it("holds a full batch as JSON, 32 bytes an element", () => {
    expect(limit(["N", 1, 28, 28])).toBe(2 * 4096 + 32 * 64 * 784);
    expect(limit([1, 3, 2, 2], [1])).toBe(3 * 4096 + 32 * 13);
  });

  it("is the general limit where the model leaves more than the batch free, or needs more", () => {
    expect(limit(["N", 3, "height", "width"])).toBe(SERVER_LIMITS.bodyBytes);
    expect(limit(["N", 3, 1024, 1024])).toBe(SERVER_LIMITS.bodyBytes);
  });
});
