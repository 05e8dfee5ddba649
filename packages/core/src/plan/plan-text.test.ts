import { describe, expect, it } from "vitest";
import type { PruningPlan } from "./plan.js";
import { planText } from "./plan-text.js";

const PLAN: PruningPlan = {
  schema: 1,
  tool: "espalier",
  version: "0.1.0",
  source: { sha256: "ab", path: "models/café.onnx" },
  bindings: { N: 1 },
  seed: 1,
  target: "cpu",
  budget: { kind: "ratio", value: 0.3 },
  options: {
    granularity: "channel",
    criterion: "l1",
    allocation: "uniform",
    schedule: "one-shot",
    step: 1,
    minWidth: 1,
    include: [],
    exclude: ["head*"],
    keepOverridable: false,
  },
  costTable: null,
  steps: [
    { kind: "slice", group: 'a "b"#1', width: 4, keep: [0, 3], reason: "4 → 2" },
    { kind: "slice", group: "c#1.0", width: 3, keep: [1], reason: "3 → 1" },
  ],
};

const TEXT = `{
  "schema": 1,
  "tool": "espalier",
  "version": "0.1.0",
  "source": {
    "sha256": "ab",
    "path": "models/café.onnx"
  },
  "bindings": {
    "N": 1
  },
  "seed": 1,
  "target": "cpu",
  "budget": {
    "kind": "ratio",
    "value": 0.3
  },
  "options": {
    "granularity": "channel",
    "criterion": "l1",
    "allocation": "uniform",
    "schedule": "one-shot",
    "step": 1,
    "minWidth": 1,
    "include": [],
    "exclude": [
      "head*"
    ],
    "keepOverridable": false
  },
  "costTable": null,
  "steps": [
    {"kind":"slice","group":"a \\"b\\"#1","width":4,"keep":[0,3],"reason":"4 → 2"},
    {"kind":"slice","group":"c#1.0","width":3,"keep":[1],"reason":"3 → 1"}
  ]
}
`;

describe("planText", () => {
  it("gives these bytes for this plan, one line a step", () => {
    expect(planText(PLAN)).toBe(TEXT);
  });

  it("is JSON that says what the plan says", () => {
    expect(JSON.parse(planText(PLAN))).toEqual(PLAN);
    expect(JSON.parse(planText({ ...PLAN, steps: [] }))).toEqual({ ...PLAN, steps: [] });
  });

  it("does not depend on where the steps stand in the object", () => {
    const { steps, ...head } = PLAN;
    expect(planText({ steps, ...head })).toBe(TEXT);
  });
});
