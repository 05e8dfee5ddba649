import { type ErrorContext, isEspalierError } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import type { CoupledGroup } from "../groups/coupled-group.js";
import type { GroupAnalysis } from "../groups/find-groups.js";
import { Factor } from "../groups/layout.js";
import type { SliceStep, UpdateWeightsStep } from "./plan.js";
import { checkSteps, removalOf } from "./removal.js";

const [first, second] = [new Factor(2), new Factor(3)];
const analysis = {
  groups: [
    {
      id: "g#1",
      width: 5,
      factors: new Map([
        [first, 0],
        [second, 2],
      ]),
    } as unknown as CoupledGroup,
  ],
} as unknown as GroupAnalysis;

const step = (more: Partial<SliceStep> = {}): SliceStep => ({
  kind: "slice",
  group: "g#1",
  width: 5,
  keep: [0, 2, 4],
  reason: "",
  ...more,
});

function mismatch(...steps: readonly SliceStep[]): ErrorContext {
  try {
    checkSteps(analysis, steps);
  } catch (error) {
    if (isEspalierError(error, "PLAN_MISMATCH")) return error.context;
    throw error;
  }
  return expect.unreachable();
}

describe("checkSteps", () => {
  const update = { kind: "update-weights", dataSha256: "abc", count: 3 } as UpdateWeightsStep;

  it("refuses to leave out weight updates silently", () => {
    try {
      checkSteps(analysis, [step(), update]);
      expect.unreachable();
    } catch (error) {
      if (!isEspalierError(error, "CALIBRATION_MISSING")) throw error;
      expect(error.context.expected).toContain("3 input sets with digest abc");
    }
  });

  it("gives the removals when the updates are replayed afterwards", () => {
    expect(checkSteps(analysis, [step(), update], "replay")).toEqual([step()]);
  });
});

describe("removalOf", () => {
  it("spreads the units of a group over its factors", () => {
    const removal = removalOf(analysis, [step()]);
    expect([...(removal.get(first) ?? [])]).toEqual([0, 1]);
    expect([...(removal.get(second) ?? [])]).toEqual([0, 1, 0]);
  });

  it("leaves out factors that lose nothing", () => {
    expect([...removalOf(analysis, [step({ keep: [0, 1, 3] })]).keys()]).toEqual([second]);
  });
});

describe("checkSteps", () => {
  it("lets steps pass that fit", () => {
    expect(checkSteps(analysis, [step()])).toHaveLength(1);
    expect(checkSteps(analysis, [])).toEqual([]);
    expect(checkSteps(analysis, [step({ keep: [0, 1, 2, 3, 4] })])).toHaveLength(1);
  });

  it("names a group that the model does not have", () => {
    expect(mismatch(step({ group: "h#1" }))).toMatchObject({ where: "h#1", found: "no such group" });
  });

  it("names a group that has two steps", () => {
    expect(mismatch(step(), step())).toMatchObject({ where: "g#1", expected: "one step per group" });
  });

  it.each([4, 6])("refuses another width: %d", (width) => {
    expect(mismatch(step({ width, keep: [0] }))).toMatchObject({
      expected: "5 units",
      found: String(width),
    });
  });

  it("refuses to remove all units", () => {
    expect(mismatch(step({ keep: [] }))).toMatchObject({ expected: "at least one unit kept" });
  });

  it.each([
    ["descending", [2, 1]],
    ["twice", [1, 1]],
    ["beyond the width", [0, 5]],
    ["negative", [-1, 0]],
    ["fractional", [0.5]],
    ["not a number", [Number.NaN]],
    ["too large to be exact", [2 ** 53]],
  ])("refuses units that are %s", (_, keep) => {
    expect(mismatch(step({ keep }))).toMatchObject({ expected: "ascending units below 5" });
  });
});
