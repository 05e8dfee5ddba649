import type { PlanBudget, PruningPlan } from "@espalier/core";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { addPruningOptions, askedBudget, elementsText, plannedText } from "./pruning-options.js";

function parsed(...args: string[]): ReturnType<typeof askedBudget> {
  const command = addPruningOptions(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return askedBudget(command.parse(args, { from: "user" }).opts());
}

describe("budgets", () => {
  it("are a fraction, per cent, or an amount with its unit", () => {
    expect(parsed("--ratio", "30%").budget).toEqual({ ratio: 0.3 });
    expect(parsed("--latency", "0.5").budget).toEqual({ latency: 0.5 });
    expect(parsed("--latency", "12ms").budget).toEqual({ latency: { absolute: 12 } });
    expect(parsed("--macs", "150M").budget).toEqual({ macs: { absolute: 150e6 } });
    expect(parsed("--params", "50%").budget).toEqual({ params: 0.5 });
    expect(parsed("--size", "1.5MB").budget).toEqual({ size: { absolute: 1.5e6 } });
  });

  it("are a ratio of 0.3 where none is given", () => {
    const { budget, text, origin } = parsed();
    expect(budget).toEqual({ ratio: 0.3 });
    expect(text).toBe("remove 30 % of the units of every group");
    expect(origin).toContain("the default");
    expect(origin).toContain("--latency");
    expect(parsed("--ratio", "0.3").origin).toBe("");
    expect(addPruningOptions(new Command()).helpInformation()).toMatch(/--ratio [^-]*default:\s+0\.3/);
  });

  it("are a ratio of the caller's where none is given, and never instead of one that is", () => {
    expect(askedBudget({}, 0.5).budget).toEqual({ ratio: 0.5 });
    expect(askedBudget({ macs: 0.4 }, 0.5).budget).toEqual({ macs: 0.4 });
  });

  it("are one at a time, and make sense", () => {
    expect(() => parsed("--ratio", "0.3", "--latency", "0.5")).toThrow("INVALID_OPTION");
    for (const bad of ["12", "0", "-1", "150%", "12MB", "ms", ""])
      expect(() => parsed("--latency", bad), bad).toThrow();
    expect(() => parsed("--ratio", "1")).toThrow();
  });

  it("of a plan are said as those of a command line", () => {
    const planned = (budget: PlanBudget, granularity = "auto"): string =>
      plannedText({ budget, options: { granularity } } as PruningPlan);
    expect(planned({ kind: "ratio", value: 0.25 })).toBe(parsed("--ratio", "0.25").text);
    expect(planned({ kind: "macs", value: 0.5, unit: "fraction" })).toBe(parsed("--macs", "50%").text);
    expect(planned({ kind: "latency", value: 12, unit: "ms" })).toBe("keep 12 ms of latency");
    expect(planned({ kind: "ratio", value: 0.5 }, "2:4")).toContain("two of every four");
    expect(planned({ kind: "ratio", value: 0.85 }, "element")).toBe(elementsText(0.85));
  });
});
