import { isEspalierError } from "@espalier/ir";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PlanStep, PruningPlan, UpdateWeightsStep } from "./plan.js";
import { planText } from "./plan-text.js";
import { readPlan } from "./read-plan.js";

const SHA = "0123456789abcdef".repeat(4);
const PLAN: PruningPlan = {
  schema: 1,
  tool: "espalier",
  version: "0.1.0",
  source: { sha256: SHA, path: "model.onnx" },
  bindings: { N: 1 },
  seed: 1,
  target: "cpu",
  budget: { kind: "ratio", value: 0.5 },
  options: {
    granularity: "channel",
    criterion: "l1",
    allocation: "uniform",
    schedule: "one-shot",
    step: 1,
    minWidth: 1,
    include: [],
    exclude: [],
    keepOverridable: false,
  },
  costTable: null,
  steps: [{ kind: "slice", group: "y#1", width: 4, keep: [0, 2], reason: "uniform" }],
};

const UPDATE: UpdateWeightsStep = {
  kind: "update-weights",
  methods: ["reconstruct"],
  options: { ridge: 1e-3, scope: "downstream", shortcuts: true, maxRows: 65536, seed: 1 },
  dataSha256: SHA,
  count: 512,
  before: 0.4,
  after: 0.01,
  resultSha256: SHA,
  tolerance: 1e-2,
  reason: "output error 0.4 → 0.01",
};
const withUpdate = (change: object = {}): PruningPlan => ({
  ...PLAN,
  steps: [...PLAN.steps, { ...UPDATE, ...change } as PlanStep],
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The pointer of the refusal of the plan with another value at `path`; without one when it is undefined. */
function refused(path: string, value: unknown): string | undefined {
  const plan = structuredClone(PLAN);
  replace(plan, path.split("."), value);
  try {
    readPlan(bytes(JSON.stringify(plan)));
  } catch (error) {
    if (isEspalierError(error, "INVALID_PLAN")) return error.context.where;
    throw error;
  }
  throw new Error("it was read");
}

describe("readPlan", () => {
  it("gives back what planText wrote, byte for byte", () => {
    const text = planText(PLAN);
    expect(planText(readPlan(bytes(text)))).toBe(text);
  });

  it("keeps unknown keys, __proto__ among them, in their order", () => {
    const text = planText({ ...PLAN, later: { deep: [1] } } as PruningPlan).replace('"later"', '"__proto__"');
    const plan = readPlan(bytes(text));
    expect(planText(plan)).toBe(text);
    expect(({} as { deep?: unknown }).deep).toBeUndefined();
  });

  it("says so when the schema is newer", () => {
    expect(() => readPlan(bytes(JSON.stringify({ ...PLAN, schema: 2 })))).toThrow("newer schema");
    expect(refused("schema", 0)).toBe("#/schema");
  });

  it("names a kind of step that it does not know", () => {
    expect(refused("steps.0.kind", "share")).toBe("#/steps/0/kind");
    expect(() => readPlan(bytes(planText(PLAN).replace('"slice"', '"share"')))).toThrow("does not know");
  });

  it("reads steps that update weights, behind those that remove", () => {
    const text = planText(withUpdate());
    expect(planText(readPlan(bytes(text)))).toBe(text);
    const misplaced = { ...PLAN, steps: [UPDATE, ...PLAN.steps] };
    expect(() => readPlan(bytes(planText(misplaced)))).toThrow("removals before weight updates");
  });

  const updates: readonly [name: string, change: object][] = [
    ["a method that is none", { methods: ["train"] }],
    ["no method", { methods: [] }],
    ["a negative ridge", { options: { ...UPDATE.options, ridge: -1 } }],
    ["a scope that is none", { options: { ...UPDATE.options, scope: "all" } }],
    ["a short digest of the data", { dataSha256: "abc" }],
    ["no inputs", { count: 0 }],
    ["a negative error", { after: -1 }],
    ["no tolerance", { tolerance: 0 }],
  ];
  for (const [name, change] of updates) {
    it(`refuses a weight update with ${name}`, () =>
      expect(() => readPlan(bytes(planText(withUpdate(change))))).toThrow("#/steps/1"));
  }

  const cases: readonly [name: string, path: string, value: unknown, where: string][] = [
    ["no schema", "schema", undefined, "#/schema"],
    ["a schema in text", "schema", "1", "#/schema"],
    ["another tool", "tool", "other", "#/tool"],
    ["no source", "source", undefined, "#/source"],
    ["a source that is a list", "source", [], "#/source/sha256"],
    ["a short digest", "source.sha256", "abc", "#/source/sha256"],
    ["a digest in capitals", "source.sha256", SHA.toUpperCase(), "#/source/sha256"],
    ["a binding of 0", "bindings.N", 0, "#/bindings"],
    ["a binding in text", "bindings.N", "1", "#/bindings"],
    ["bindings in a list", "bindings", [], "#/bindings"],
    ["a seed of 1.5", "seed", 1.5, "#/seed"],
    ["a ratio of 1", "budget.value", 1, "#/budget/value"],
    ["a negative ratio", "budget.value", -0.1, "#/budget/value"],
    ["an unknown budget", "budget.kind", "luck", "#/budget/kind"],
    ["a latency without a unit", "budget.kind", "latency", "#/budget/unit"],
    ["a step of 0", "options.step", 0, "#/options/step"],
    ["include in text", "options.include", "*", "#/options/include"],
    ["steps in an object", "steps", {}, "#/steps"],
    ["a step that is null", "steps", [null], "#/steps/0"],
    ["a step without kind", "steps.0.kind", undefined, "#/steps/0/kind"],
    ["an empty group", "steps.0.group", "", "#/steps/0/group"],
    ["nothing kept", "steps.0.keep", [], "#/steps/0/keep"],
    ["all kept", "steps.0.keep", [0, 1, 2, 3], "#/steps/0/keep"],
    ["a unit twice", "steps.0.keep", [1, 1], "#/steps/0/keep/1"],
    ["units out of order", "steps.0.keep", [2, 1], "#/steps/0/keep/1"],
    ["a unit beyond the width", "steps.0.keep", [0, 4], "#/steps/0/keep/1"],
    ["a negative unit", "steps.0.keep", [-1], "#/steps/0/keep/0"],
    ["half a unit", "steps.0.keep", [0.5], "#/steps/0/keep/0"],
    ["a unit in text", "steps.0.keep", ["0"], "#/steps/0/keep/0"],
    ["a width of 1", "steps.0.width", 1, "#/steps/0/width"],
    ["one group in two steps", "steps.1", PLAN.steps[0], "#/steps/1/group"],
  ];
  for (const [name, path, value, where] of cases) {
    it(`refuses ${name}, at ${where}`, () => expect(refused(path, value)).toBe(where));
  }

  it("ends in a plan or in INVALID_PLAN when any value is replaced by any other", () => {
    const paths = leaves(PLAN);
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 2 }), (path, value) => {
        const plan = structuredClone(PLAN);
        replace(plan, path, value);
        try {
          readPlan(bytes(JSON.stringify(plan)));
        } catch (error) {
          expect(isEspalierError(error, "INVALID_PLAN")).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

function leaves(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, one]) => leaves(one, [...path, key]));
  return path.length === 0 ? inner : [path, ...inner];
}

function replace(plan: PruningPlan, path: readonly string[], value: unknown): void {
  let at = plan as unknown as Record<string, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[path.at(-1) ?? ""] = value;
}
