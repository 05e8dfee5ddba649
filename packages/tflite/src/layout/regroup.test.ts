import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { transposed } from "../graph/rearrange.js";
import { channelsLast, elementCount, onnxOrder, physicalShape, sameOrder, transposition } from "./layout.js";
import { regroup } from "./regroup.js";

describe("a reshape in memory", () => {
  it("joins height and width of an image as it lies", () => {
    expect(regroup([1, 3, 4, 5], channelsLast(4), [1, 3, 20])).toEqual({ from: [0, 2, 3, 1], to: [0, 2, 1] });
  });

  it("splits channels as they lie", () => {
    expect(regroup([1, 6, 4, 5], channelsLast(4), [1, 2, 3, 4, 5])).toEqual({
      from: [0, 2, 3, 1],
      to: [0, 3, 4, 1, 2],
    });
  });

  it("asks for ONNX's order where channels and space are joined", () => {
    expect(regroup([1, 3, 4, 5], channelsLast(4), [1, 60])).toEqual({ from: [0, 1, 2, 3], to: [0, 1] });
  });

  it("takes a channel shuffle back to channels last", () => {
    // [N, C/g, g, H, W], in memory N, H, W, g, C/g
    expect(regroup([1, 3, 2, 4, 5], [0, 3, 4, 2, 1], [1, 6, 4, 5])).toEqual({
      from: [0, 3, 4, 1, 2],
      to: [0, 2, 3, 1],
    });
  });

  it("is the reshape that is meant, whatever the shapes and the layout", () => {
    const factors = fc.array(fc.constantFrom(1, 2, 3), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(factors, fc.infiniteStream(fc.nat(1000)), (sizes, stream) => {
        const draw = (below: number): number => (stream.next().value as number) % below;
        const [from, to] = [joined(sizes, draw), joined(sizes, draw)];
        const layout = shuffled(onnxOrder(from.length), draw);
        const ways = regroup(from, layout, to);
        const elements = Float32Array.from({ length: elementCount(from) }, (_, i) => i);
        // x in the layout asked for, read as y in the layout promised, is the reshape: elements in their order.
        const inMemory = transposed(elements, from, transposition(onnxOrder(from.length), ways.from));
        const back = transposed(
          inMemory,
          physicalShape(to, ways.to),
          transposition(ways.to, onnxOrder(to.length)),
        );
        expect([...back]).toEqual([...elements]);
        expect([...ways.from].sort()).toEqual([...onnxOrder(from.length)]);
      }),
    );
  });

  it("moves nothing where all groups lie together", () => {
    const ways = regroup([2, 3, 4, 5], channelsLast(4), [2, 3, 2, 2, 5]);
    expect(sameOrder([2, 3, 4, 5], channelsLast(4), ways.from)).toBe(true);
  });
});

/** Neighbouring factors multiplied at random. */
function joined(sizes: readonly number[], draw: (below: number) => number): number[] {
  const shape: number[] = [];
  for (const size of sizes) {
    if (shape.length > 0 && draw(2) === 0) shape.push((shape.pop() as number) * size);
    else shape.push(size);
  }
  return shape;
}

function shuffled(list: readonly number[], draw: (below: number) => number): number[] {
  const rest = [...list];
  return list.map(() => rest.splice(draw(rest.length), 1)[0] as number);
}
