import type { PlanStep, PruningPlan } from "@espalier/core";
import { isEspalierError } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { type ReplayFlags, requireReplay } from "./replay.js";

const planOf = (kinds: readonly string[], precision?: string) => ({
  steps: kinds.map((kind) => ({ kind, methods: ["reconstruct", "bias"] }) as unknown as PlanStep),
  options: (precision === undefined ? {} : { export: { precision } }) as unknown as PruningPlan["options"],
  seed: 7,
});
const refusal = (plan: ReturnType<typeof planOf>, flags: ReplayFlags): string => {
  try {
    requireReplay(plan, flags);
    return "none";
  } catch (error) {
    if (!isEspalierError(error, "INVALID_OPTION")) throw error;
    return `${error.context.where}: ${error.context.expected}`;
  }
};

describe("a replay", () => {
  const calibration = ["photos"];

  it("takes the inputs that the plan was made with, or that its file still needs", () => {
    for (const plan of [
      planOf(["slice", "update-weights"]),
      planOf(["slice", "update-weights", "finetune"]),
      planOf(["slice"], "int8"),
    ])
      expect(refusal(plan, { calibration })).toBe("none");
    expect(refusal(planOf(["slice"]), {})).toBe("none");
  });

  it("refuses what it would leave aside, or add", () => {
    const none = "--calibration: nothing: no step of the plan asks for inputs, and none is added";
    for (const plan of [
      planOf(["slice"]),
      planOf(["slice", "finetune"]),
      planOf(["slice"], "float16"),
      planOf(["slice", "quantize"], "int8"),
    ])
      expect(refusal(plan, { calibration })).toBe(none);
    const recovered = planOf(["slice", "update-weights"]);
    expect(refusal(recovered, { calibration, recover: "none" })).toBe(
      "--recover: the plan's own: reconstruct,bias",
    );
    expect(refusal(planOf(["slice"]), { recover: "bias" })).toBe(
      "--recover: nothing: the plan recovers no weights",
    );
    expect(refusal(planOf(["slice"]), { seed: "3" })).toBe("--seed: the plan's own: 7");
  });
});
