// Normal forms of layouts, written out.

import { describe, expect, it } from "vitest";
import { Factor, factorsOf, freeze, isLive, label, product, resolve, sizeOf, sum, unit } from "./layout.js";
import { refusal } from "./refusal.js";

describe("a layout", () => {
  it("of a sum has as many positions as its parts together, of a product their product", () => {
    const [a, b] = [new Factor(3), new Factor(4)];
    expect(sizeOf(sum([a, b]))).toBe(7);
    expect(sizeOf(product([a, b]))).toBe(12);
    expect(sizeOf(product([]))).toBe(1);
    expect(sizeOf(sum([]))).toBe(0);
  });

  it("is flat: sums of sums and products of products become one", () => {
    const [a, b, c] = [new Factor(2), new Factor(3), new Factor(4)];
    expect(sum([a, sum([b, c])])).toEqual({ kind: "sum", parts: [a, b, c] });
    expect(product([product([a, b]), c])).toEqual({ kind: "product", parts: [a, b, c] });
  });

  it("of one part is that part, and empty parts and immovable ones vanish", () => {
    const a = new Factor(5);
    expect(sum([a])).toBe(a);
    expect(sum([sum([]), a])).toBe(a);
    expect(product([unit(), a, unit()])).toBe(a);
  });

  it("keeps a live factor of size 1, which may be removed", () => {
    const [a, one] = [new Factor(5), new Factor(1)];
    expect(product([a, one])).toEqual({ kind: "product", parts: [a, one] });
  });

  it("distributes a leading sum: (a + b) × c = a × c + b × c", () => {
    const [a, b, c] = [new Factor(2), new Factor(3), new Factor(4)];
    expect(product([sum([a, b]), c])).toEqual({ kind: "sum", parts: [product([a, c]), product([b, c])] });
  });

  it("follows what a factor turned out to be", () => {
    const [whole, a, b] = [new Factor(6), new Factor(2), new Factor(3)];
    whole.forward = product([a, b]);
    expect(resolve(sum([whole, new Factor(1)])).kind).toBe("sum");
    expect([...factorsOf(whole)]).toEqual([a, b]);
  });

  it("is live while one factor can lose an index", () => {
    const [a, b] = [new Factor(2), new Factor(3)];
    const layout = sum([a, b]);
    freeze(a, refusal("SPATIAL"));
    expect(isLive(layout)).toBe(true);
    freeze(layout, refusal("GRAPH_OUTPUT"));
    expect(isLive(layout)).toBe(false);
    expect([a.frozen?.code, b.frozen?.code]).toEqual(["SPATIAL", "GRAPH_OUTPUT"]);
  });

  it("counts what the first handler says it counts", () => {
    const a = new Factor(2);
    label(a, "head");
    label(a, "channel");
    expect(a.counts).toBe("head");
  });
});
