// Planning by times measured on TFLite: on a machine whose times are known, and that what a real interpreter gives is a
// sound table.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  CostMeter,
  costTableText,
  isUnavailable,
  openSubject,
  type PlannedModel,
  type PlanningRunOptions,
  planText,
  randomInputs,
  readCostTable,
  readPlan,
  sliceSteps,
} from "@espalier/core";
import { nodeHost, nodeRuntime } from "@espalier/runtime-node";
import { nodeTfliteRuntime } from "@espalier/runtime-tflite/node";
import { onnxOnTflite, tflite } from "@espalier/tflite";
import { beforeAll, describe, expect, it } from "vitest";
import { STEP, simulatedPhone, simulatedUs } from "../tflite/simulated-phone.js";

const DIGITS = new Uint8Array(
  readFileSync(fileURLToPath(new URL("../../apps/cli/models/digits.onnx", import.meta.url))),
);
const files = new Map<string, Uint8Array>();
const host = nodeHost({
  cache: {
    read: async (name) => files.get(name) ?? null,
    write: async (name, bytes) => void files.set(name, bytes),
  },
});
const phone = simulatedPhone();
const deployment = onnxOnTflite(phone.interpreter);
const plan = (more: Partial<PlanningRunOptions> = {}): Promise<PlannedModel> =>
  tflite.plan(DIGITS, {
    runtime: nodeRuntime(),
    deployment,
    host,
    budget: { latency: 0.5 },
    seed: 1,
    ...more,
  });

describe("a plan for half the latency on a machine of known times", () => {
  let half: PlannedModel;
  beforeAll(async () => {
    half = await plan();
  }, 60_000);

  it("predicts what the file takes there, before and after, and keeps the budget", async () => {
    const { predicted } = half.plan;
    const written = await tflite.apply(half.plan, DIGITS, {
      runtime: nodeRuntime(),
      host,
      measure: false,
      inputs: 1,
    });
    const dense = await tflite.exportModel(half.subject.model);
    if (isUnavailable(dense)) throw new Error(dense.unblock);
    const [beforeMs, afterMs] = [dense, written.files].map(
      (list) => simulatedUs(list.find(({ role }) => role === "model")!.bytes) / 1000,
    ) as [number, number];
    expect(predicted?.unit).toBe("ms");
    expect(Math.abs(predicted!.before / beforeMs - 1)).toBeLessThan(0.02);
    expect(Math.abs(predicted!.after / afterMs - 1)).toBeLessThan(0.02);
    expect(afterMs / beforeMs).toBeLessThanOrEqual(0.5 * 1.02);
  });

  it("keeps widths that are multiples of the step it measured, and says where that was", () => {
    expect(half.plan.options).toMatchObject({
      step: STEP,
      stepMeasured: { runtime: "simulated phone 1", threads: 1 },
    });
    const steps = sliceSteps(half.plan.steps);
    expect(steps.length).toBeGreaterThan(0);
    for (const { keep } of steps) expect(keep.length % STEP).toBe(0);
    expect(half.costTable).toMatchObject({ runtime: "simulated phone 1", origin: "measured", step: STEP });
    const written = readPlan(new TextEncoder().encode(planText(half.plan)));
    expect(written.options.stepMeasured).toEqual({ runtime: "simulated phone 1", threads: 1 });
  });

  it("gives the same plan from the table alone, and from the cache without a measurement", async () => {
    const table = readCostTable(new TextEncoder().encode(costTableText(half.costTable!)));
    const { deployment: _, ...alone } = { deployment, costTable: table };
    expect(planText((await plan(alone)).plan)).toBe(planText(half.plan));
    const before = phone.loaded();
    expect(planText((await plan()).plan)).toBe(planText(half.plan));
    expect(phone.loaded()).toBe(before);
  });

  it("rounds to the measured step under other budgets too", async () => {
    const { plan: made } = await plan({ budget: { ratio: 0.4 }, step: "auto" });
    expect(made.options).toMatchObject({ step: STEP, stepMeasured: { runtime: "simulated phone 1" } });
    for (const { keep } of sliceSteps(made.steps)) expect(keep.length % STEP).toBe(0);
    const { plan: given } = await plan({ budget: { ratio: 0.4 }, step: 4 });
    expect(given.options.stepMeasured).toBeUndefined();
  });

  it("refuses a latency of a form whose costs nobody measured", async () => {
    for (const [settings, where] of [
      [{ precision: "int8" }, "precision"],
      [{ precision: "dynamic-int8" }, "precision"],
      [{ sparse: "densify" }, "sparse"],
    ] as const)
      await expect(plan({ export: settings })).rejects.toMatchObject({
        code: "INVALID_OPTION",
        context: { where },
      });
  });
});

describe("costs on an interpreter", () => {
  it("are a sound table, in which every layer is known by its node", { timeout: 120_000 }, async () => {
    const subject = openSubject(DIGITS);
    const [feeds] = randomInputs(subject.model, subject.boundFacts, subject.handlers, { seed: 1, count: 1 });
    const runtime = onnxOnTflite(nodeTfliteRuntime());
    const profiler = await runtime.openProfiler({ threads: 1, budgetMs: 1 });
    if (isUnavailable(profiler)) throw new Error(profiler.unblock);
    const meter = new CostMeter(subject, profiler, feeds!, {
      seed: 1,
      step: 8,
      stair: [],
      trials: 1,
      groups: subject.analysis.groups.filter(({ width, exact }) => width > 8 && exact),
      header: { machine: {}, runtime: runtime.name, threads: 1, source: "0".repeat(64) },
    });
    try {
      await meter.run();
    } finally {
      await profiler.dispose();
    }
    const layers = [...subject.model.graph.nodes].filter(
      (node) => subject.handlers.find(node)?.pattern !== undefined,
    );
    expect(meter.kernels(0)).toBe(layers.length);
    expect(meter.kernels(1)).toBe(layers.length);
    const table = readCostTable(new TextEncoder().encode(costTableText(meter.table())));
    expect(table.runtime).toBe(runtime.name);
    expect(table.denseUs).toBeGreaterThan(0);
    for (const { samples } of table.patterns)
      for (const [, , us] of samples) expect(us).toBeGreaterThanOrEqual(0);
    // What is no layer is found by its value.
    expect(table.others.filter(({ value }) => value === null).length).toBeLessThan(table.others.length);
  });
});
