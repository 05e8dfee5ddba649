// From units to positions, written out. (removedPositions has its property test in refine.test.ts.)

import { describe, expect, it } from "vitest";
import { Factor, product, sum } from "./layout.js";
import { removedPositions, touches, unitOfPosition } from "./positions.js";

describe("removedPositions", () => {
  it("is null where nothing goes", () => {
    const [a, b] = [new Factor(2), new Factor(3)];
    expect(removedPositions(sum([a, product([b, a])]), new Map())).toBeNull();
  });

  it("removes a position of a product when any of its factors loses an index", () => {
    const [rows, columns] = [new Factor(2), new Factor(3)];
    const removal = new Map([
      [rows, Uint8Array.of(0, 1)],
      [columns, Uint8Array.of(1, 0, 0)],
    ]);
    expect([...(removedPositions(product([rows, columns]), removal) ?? [])]).toEqual([1, 0, 0, 1, 1, 1]);
  });

  it("leaves the other parts of a sum alone", () => {
    const [a, b] = [new Factor(2), new Factor(3)];
    expect([...(removedPositions(sum([a, b, a]), new Map([[b, Uint8Array.of(1, 0, 1)]])) ?? [])]).toEqual([
      0, 0, 1, 0, 1, 0, 0,
    ]);
  });
});

describe("unitOfPosition", () => {
  it("numbers the units of a group along an axis, −1 for positions of others", () => {
    const [a, b, other] = [new Factor(2), new Factor(3), new Factor(2)];
    const offsets = new Map([
      [a, 0],
      [b, 2],
    ]);
    expect([...unitOfPosition(sum([b, other, a]), offsets)]).toEqual([2, 3, 4, -1, -1, 0, 1]);
  });

  it("gives every position of a row its row's unit", () => {
    const [channel, space] = [new Factor(2), new Factor(3)];
    expect([...unitOfPosition(product([channel, space]), new Map([[channel, 5]]))]).toEqual([
      5, 5, 5, 6, 6, 6,
    ]);
    expect([...unitOfPosition(product([space, channel]), new Map([[channel, 5]]))]).toEqual([
      5, 6, 5, 6, 5, 6,
    ]);
  });

  it("gives a position that two factors of the group share to the first", () => {
    const [a, b] = [new Factor(2), new Factor(2)];
    const offsets = new Map([
      [a, 0],
      [b, 2],
    ]);
    expect([...unitOfPosition(product([a, b]), offsets)]).toEqual([0, 0, 1, 1]);
  });
});

describe("touches", () => {
  it("finds a factor anywhere inside a layout", () => {
    const [a, b, c] = [new Factor(2), new Factor(3), new Factor(4)];
    const layout = sum([a, product([b, a])]);
    expect(touches(layout, new Set([b]))).toBe(true);
    expect(touches(layout, new Set([c]))).toBe(false);
  });
});
