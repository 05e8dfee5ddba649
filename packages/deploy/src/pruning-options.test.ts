import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { addPruningOptions, askedBudget } from "./pruning-options.js";

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
    expect(parsed()).toEqual({ budget: { ratio: 0.3 }, text: "remove 30 % of the units of every group" });
  });

  it("are one at a time, and make sense", () => {
    expect(() => parsed("--ratio", "0.3", "--latency", "0.5")).toThrow("INVALID_OPTION");
    for (const bad of ["12", "0", "-1", "150%", "12MB", "ms", ""])
      expect(() => parsed("--latency", bad), bad).toThrow();
    expect(() => parsed("--ratio", "1")).toThrow();
  });
});
