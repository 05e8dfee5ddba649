// Planning a latency on a simulated machine whose costs are known exactly: what the planner measures, predicts and
// promises is held against the simulation, and no clock is involved.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type Cache,
  type CostTable,
  costTableText,
  countMacs,
  defaultHandlers,
  type Host,
  type PlannedModel,
  type PlanningRunOptions,
  type ProfiledNode,
  type Profiler,
  planModel,
  planText,
  type Runtime,
  readCostTable,
  readPlan,
  sliceSteps,
} from "@espalier/core";
import { inferFacts, isEspalierError, readModel } from "@espalier/ir";
import { nodeHost } from "@espalier/runtime-node";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";

const DIGITS = new Uint8Array(
  readFileSync(fileURLToPath(new URL("../../apps/cli/models/digits.onnx", import.meta.url))),
);
const STEP = 8;
const OVERHEAD_US = 40;

/** Kernels of a model on the simulated machine: stairs of 8 channels, 4 MACs a ns, 2 elements a ns. */
function simulate(bytes: Uint8Array): ProfiledNode[] {
  const model = readModel(bytes);
  const facts = inferFacts(model, { bindings: new Map([["N", 1]]) });
  const macs = new Map(countMacs(model, facts, defaultHandlers()).nodes.map((one) => [one.node, one.macs]));
  return [...model.graph.nodes].map((node) => {
    const shapeOf = (value: (typeof node.outputs)[number]): number[] =>
      value === null ? [] : [...((facts.shape(value) ?? []) as number[])];
    const inputShapes = node.inputs.map(shapeOf);
    const outputShapes = node.outputs.map(shapeOf);
    const own = macs.get(node) ?? 0;
    const up = (width: number): number => (Math.ceil(width / STEP) * STEP) / width;
    const [, weights = []] = inputShapes;
    const stairs = own === 0 ? 1 : up(weights[0] ?? 1) * (weights[1] === 1 ? 1 : up(weights[1] ?? 1));
    const elements = outputShapes[0]?.reduce((product, dim) => product * dim, 1) ?? 0;
    const durationUs = own === 0 ? 1 + elements / 2000 : 3 + (own * stairs) / 4000;
    return { name: node.name, opType: node.opType, durationUs, inputShapes, outputShapes };
  });
}

const latencyMs = (bytes: Uint8Array): number =>
  (OVERHEAD_US + simulate(bytes).reduce((sum, { durationUs }) => sum + durationUs, 0)) / 1000;

let profiled = 0;
const runtime = {
  name: "simulated 1",
  capabilities: { engine: "native", threads: 1, float64: true, maxOpset: 17 },
  async openProfiler(): Promise<Profiler> {
    return {
      async profile({ bytes }) {
        profiled += 1;
        const runMs = latencyMs(bytes);
        const runs = { medianMs: runMs, p10Ms: runMs, reference: null };
        return { nodes: simulate(bytes), profiled: runs, ...runs };
      },
      async dispose() {},
    };
  },
} as unknown as Runtime;

function memoryCache(): Cache {
  const files = new Map<string, Uint8Array>();
  return {
    read: async (name) => files.get(name) ?? null,
    write: async (name, bytes) => {
      files.set(name, bytes);
    },
  };
}

const hostWith = (cache: Cache | null): Host => nodeHost({ cache });
const plan = (more: Partial<PlanningRunOptions> = {}): Promise<PlannedModel> =>
  planModel({ name: "cpu" }, DIGITS, {
    runtime,
    host: hostWith(null),
    budget: { latency: 0.5 },
    seed: 1,
    ...more,
  });
const digest = (table: CostTable | null): string => (table === null ? "" : costTableText(table));

beforeEach(() => {
  profiled = 0;
});

describe("a plan for half the latency", () => {
  let half: PlannedModel;
  beforeAll(async () => {
    half = await plan();
  });

  it("predicts what the simulated machine takes, dense and pruned, and stays within the budget", async () => {
    const { cpu } = await import("@espalier/cpu");
    const { nodeRuntime } = await import("@espalier/runtime-node");
    const { predicted } = half.plan;
    const dense = latencyMs(DIGITS);
    expect(predicted?.unit).toBe("ms");
    expect(Math.abs((predicted?.before ?? 0) / dense - 1)).toBeLessThan(0.02);
    const { files } = await cpu.apply(half.plan, DIGITS, {
      runtime: nodeRuntime(),
      host: hostWith(null),
      measure: false,
    });
    const pruned = latencyMs(files.find(({ role }) => role === "model")!.bytes);
    expect(Math.abs((predicted?.after ?? 0) / pruned - 1)).toBeLessThan(0.02);
    expect(pruned / dense).toBeLessThanOrEqual(0.5 * 1.02);
    // Nor is more given up than the stairs make necessary.
    expect(pruned / dense).toBeGreaterThan(0.4);
  });

  it("finds the stairs and keeps to them", () => {
    const { plan: made, costTable } = half;
    expect(costTable?.step).toBe(STEP);
    expect(made.options).toMatchObject({ step: STEP, allocation: "knapsack" });
    for (const { keep } of sliceSteps(made.steps)) expect(keep.length % STEP).toBe(0);
  });

  it("is the same plan from the table that it was made by, on another machine", async () => {
    const { plan: made, costTable } = half;
    const table = readCostTable(new TextEncoder().encode(digest(costTable)));
    const again = await planModel({ name: "cpu" }, DIGITS, {
      host: hostWith(null),
      budget: { latency: 0.5 },
      seed: 1,
      costTable: table,
    });
    expect(planText(again.plan)).toBe(planText(made));
    expect(readPlan(new TextEncoder().encode(planText(made)))).toEqual(made);
  });

  it("measures once per machine: the second plan comes from the cache", async () => {
    const host = hostWith(memoryCache());
    const first = await plan({ host });
    const before = profiled;
    const second = await plan({ host });
    expect(before).toBeGreaterThan(40);
    expect(profiled).toBe(before);
    expect(digest(second.costTable)).toBe(digest(first.costTable));
    // Another budget measures the plans it settles on, and no trial again.
    await plan({ host, budget: { latency: 0.7 } });
    expect(profiled - before).toBeLessThan(10);
    const after = profiled;
    await plan({ host, budget: { latency: 0.7 } });
    expect(profiled).toBe(after);
  });

  it("takes milliseconds as well", async () => {
    const dense = latencyMs(DIGITS);
    const { plan: made } = await plan({ budget: { latency: { absolute: 0.6 * dense } } });
    expect(made.budget).toEqual({ kind: "latency", value: 0.6 * dense, unit: "ms" });
    expect(made.predicted?.after).toBeLessThanOrEqual(0.6 * dense);
  });

  it("says what the least is when the budget cannot be reached, and removes nothing", async () => {
    const { plan: made, refused } = await plan({ budget: { latency: 0.01 } });
    expect(made.steps).toEqual([]);
    expect(refused.map(({ code }) => code)).toContain("BUDGET_UNREACHABLE");
  });

  it("refuses a table that was measured on another model", async () => {
    const { costTable } = half;
    const other = { ...(costTable as CostTable), source: "0".repeat(64) };
    await expect(plan({ costTable: other })).rejects.toSatisfy((error) =>
      isEspalierError(error, "INVALID_COST_TABLE"),
    );
  });

  it("is planned by the costs that ship with a target where nothing can be measured, and says so", async () => {
    const { cpu } = await import("@espalier/cpu");
    const shipped = await cpu.plan(DIGITS, { host: hostWith(null), budget: { latency: 0.5 }, seed: 1 });
    expect(shipped.plan.costTable?.origin).toBe("bundled");
    const { before = 0, after = 0 } = shipped.plan.predicted ?? {};
    expect(after / before).toBeLessThanOrEqual(0.5);
    expect(shipped.plan.steps).not.toEqual([]);
    // Where the machine can be measured, it is.
    const measured = await cpu.plan(DIGITS, {
      runtime,
      host: hostWith(null),
      budget: { latency: 0.5 },
      seed: 1,
    });
    expect(measured.plan.costTable?.origin).toBe("measured");
  });

  it("says what it needs where nothing can be measured", async () => {
    const without = planModel({ name: "cpu" }, DIGITS, { host: hostWith(null), budget: { latency: 0.5 } });
    await expect(without).rejects.toSatisfy((error) => isEspalierError(error, "UNAVAILABLE"));
  });
});

describe("other budgets", () => {
  it.each([
    [{ macs: 0.4 }, "MACs"],
    [{ params: 0.5 }, "parameters"],
    [{ size: 0.6 }, "bytes"],
  ] as const)("%j is met and nearly used up", async (budget, unit) => {
    const { plan: made } = await plan({ budget });
    const [fraction = 0] = Object.values(budget);
    const { before = 0, after = 0 } = made.predicted ?? {};
    expect(made.predicted?.unit).toBe(unit);
    expect(after / before).toBeLessThanOrEqual(fraction);
    expect(after / before).toBeGreaterThan(fraction - 0.05);
    expect(profiled).toBe(0);
  });

  it("bounds what a group may lose", async () => {
    const { widths } = await plan({ budget: { macs: 0.6 }, maxRatio: 0.5 });
    for (const { before, after } of widths) expect(after).toBeGreaterThanOrEqual(before / 2);
  });
});
