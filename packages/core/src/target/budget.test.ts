import { isEspalierError } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { type Budget, keptFraction, resolveBudget } from "./budget.js";

describe("resolveBudget", () => {
  it("records what was asked for, with its unit", () => {
    expect(resolveBudget({ ratio: 0.3 })).toEqual({ kind: "ratio", value: 0.3 });
    expect(resolveBudget({ latency: 0.5 })).toEqual({ kind: "latency", value: 0.5, unit: "fraction" });
    expect(resolveBudget({ latency: { absolute: 12 } })).toEqual({ kind: "latency", value: 12, unit: "ms" });
    expect(resolveBudget({ macs: { absolute: 1e6 } })).toEqual({ kind: "macs", value: 1e6, unit: "MACs" });
    expect(resolveBudget({ params: 1 })).toEqual({ kind: "params", value: 1, unit: "fraction" });
    expect(resolveBudget({ size: { absolute: 2e6 } })).toEqual({ kind: "size", value: 2e6, unit: "bytes" });
  });

  it.each([
    {},
    { ratio: 0.3, latency: 0.5 },
    { ratio: 1 },
    { ratio: -0.1 },
    { ratio: { absolute: 3 } },
    { latency: 0 },
    { latency: 1.5 },
    { macs: Number.NaN },
    { size: { absolute: 0 } },
    { size: { absolute: Number.POSITIVE_INFINITY } },
  ])("refuses %j", (budget) => {
    try {
      resolveBudget(budget as unknown as Budget);
      expect.unreachable();
    } catch (error) {
      expect(isEspalierError(error, "INVALID_OPTION")).toBe(true);
    }
  });
});

describe("keptFraction", () => {
  it("holds an amount against the dense network's", () => {
    expect(keptFraction({ kind: "latency", value: 3, unit: "ms" }, 12)).toBe(0.25);
    expect(keptFraction({ kind: "latency", value: 0.5, unit: "fraction" }, 12)).toBe(0.5);
  });
});
