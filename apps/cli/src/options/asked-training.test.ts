import { isEspalierError } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { type AskedFlags, askedTraining } from "./asked-training.js";

const asked = (flags: Partial<AskedFlags> & { readonly maxDrop?: number }) =>
  askedTraining({ distill: true, seed: 3, ...flags });
const refusedAt = (flags: Parameters<typeof asked>[0]): string | undefined => {
  try {
    asked(flags);
  } catch (error) {
    if (isEspalierError(error, "INVALID_OPTION")) return error.context.where;
    throw error;
  }
  return "nothing";
};

describe("what prune trains", () => {
  it("is all that the flags say", () => {
    const flags: Partial<AskedFlags> = {
      ...{ data: "mnist", samples: 500, batch: 32, epochs: 2, learningRate: 0.1 },
      ...{ optimiser: "adam", rateSchedule: "step", augment: "crop", statistics: "stored" },
    };
    expect(asked({ ...flags, distill: false })).toMatchObject({
      ...{ data: "mnist", samples: 500, batch: 32, distill: false },
      settings: {
        ...{ epochs: 2, learningRate: 0.1, optimiser: "adam", schedule: "step" },
        ...{ augment: "crop", statistics: "stored", seed: 3 },
      },
    });
    // The schedule of the pruning is another.
    const pruning = { data: "mnist", schedule: "iterative" };
    expect(asked(pruning)?.settings).toMatchObject({
      ...{ epochs: 10, learningRate: 0.01, optimiser: "sgd", schedule: "cosine" },
      ...{ augment: "none", statistics: "batch" },
    });
    expect(asked({ data: "mnist", optimiser: "adam-w" })?.settings.learningRate).toBe(0.001);
  });

  it("is nothing without data, and none of its flags goes unheard then", () => {
    expect(asked({})).toBeNull();
    expect(asked({ maxDrop: 0.01 })).toBeNull();
    const alone: readonly [option: string, flags: Partial<AskedFlags>][] = [
      ["--samples", { samples: 5 }],
      ["--epochs", { epochs: 5 }],
      ["--batch", { batch: 5 }],
      ["--learning-rate", { learningRate: 5 }],
      ["--optimiser", { optimiser: "sgd" }],
      ["--rate-schedule", { rateSchedule: "step" }],
      ["--augment", { augment: "crop" }],
      ["--statistics", { statistics: "stored" }],
      ["--no-distill", { distill: false }],
    ];
    for (const [option, flags] of alone) expect(refusedAt(flags)).toBe(option);
    expect(refusedAt({ data: "mnist", maxDrop: 0.01 })).toBe("--max-drop");
  });
});
