import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrangedPositions, orderedPositions } from "./arrangement.js";
import { Factor, product, sum } from "./layout.js";

describe("orderedPositions", () => {
  it("is null where nothing moves", () => {
    const [a, b] = [new Factor(2), new Factor(3)];
    expect(orderedPositions(sum([a, product([b, a])]), new Map())).toBeNull();
  });

  it("moves whole rows by the outer factor and inside every row by the inner one", () => {
    const [rows, columns] = [new Factor(2), new Factor(3)];
    const swap = new Map([[rows, Uint32Array.of(1, 0)]]);
    expect([...(orderedPositions(product([rows, columns]), swap) ?? [])]).toEqual([3, 4, 5, 0, 1, 2]);
    const turn = new Map([[columns, Uint32Array.of(2, 0, 1)]]);
    expect([...(orderedPositions(product([rows, columns]), turn) ?? [])]).toEqual([2, 0, 1, 5, 3, 4]);
  });

  it("moves a part of a concatenation within its place, everywhere it occurs", () => {
    const [a, b] = [new Factor(2), new Factor(2)];
    const orders = new Map([[a, Uint32Array.of(1, 0)]]);
    expect([...(orderedPositions(sum([a, b, a]), orders) ?? [])]).toEqual([1, 0, 2, 3, 5, 4]);
  });

  it("is a permutation that undoes itself by the inverse orders", () => {
    const cases = fc.record({
      sizes: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
      seed: fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
    });
    fc.assert(
      fc.property(cases, ({ sizes, seed }) => {
        const [a, b] = [new Factor(sizes[0]), new Factor(sizes[1])];
        const order = (size: number, from: number): Uint32Array =>
          Uint32Array.from(
            Array.from({ length: size }, (_, i) => i).sort(
              (x, y) => (seed[(x + from) % 8] as number) - (seed[(y + from) % 8] as number) || x - y,
            ),
          );
        const [oa, ob] = [order(sizes[0], 0), order(sizes[1], 3)];
        const inverse = (of: Uint32Array): Uint32Array =>
          Uint32Array.from(of, (_, place) => of.indexOf(place));
        const layout = sum([product([a, b]), b]);
        const there = orderedPositions(
          layout,
          new Map([
            [a, oa],
            [b, ob],
          ]),
        ) as Uint32Array;
        const back = orderedPositions(
          layout,
          new Map([
            [a, inverse(oa)],
            [b, inverse(ob)],
          ]),
        ) as Uint32Array;
        expect([...there].map((_, place) => there[back[place] as number])).toEqual([...there.keys()]);
      }),
    );
  });
});

describe("arrangedPositions", () => {
  it("leaves out what is removed and keeps the new order of the others", () => {
    const a = new Factor(5);
    const removal = new Map([[a, Uint8Array.of(0, 1, 0, 0, 1)]]);
    const orders = new Map([[a, Uint32Array.of(3, 0, 4, 2, 1)]]);
    expect(arrangedPositions(a, { removal, orders })).toEqual([3, 0, 2]);
    expect(arrangedPositions(a, { removal, orders: new Map() })).toEqual([0, 2, 3]);
    expect(arrangedPositions(new Factor(2), { removal, orders })).toBeNull();
  });
});
