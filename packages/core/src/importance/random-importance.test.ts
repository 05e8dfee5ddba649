import { Value } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import type { CoupledGroup } from "../groups/coupled-group.js";
import { randomImportance } from "./random-importance.js";

const scores = (id: string, seed: number, width = 5): number[] => {
  const member = { value: new Value("w"), axis: 0, role: "produces", unitOf: new Int32Array(width) };
  const group = { id, width, members: [member] } as unknown as CoupledGroup;
  return [...randomImportance().score(group, { seed, constant: () => expect.unreachable() })];
};

describe("random importance", () => {
  it("gives the same scores for the same seed and group, without reading weights", () => {
    expect(scores("a#1", 7)).toEqual(scores("a#1", 7));
    expect(scores("a#1", 7)).not.toEqual(scores("a#1", 8));
    expect(scores("a#1", 7)).not.toEqual(scores("b#1", 7));
  });

  it("gives one score in [0, 1) a unit", () => {
    const all = scores("a#1", 1, 200);
    expect(new Set(all).size).toBe(200);
    expect(all.every((score) => score >= 0 && score < 1)).toBe(true);
  });
});
