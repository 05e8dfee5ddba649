// What `apply` takes beside a plan. A replay does what the plan says and nothing else: an option that would be ignored, or
// would add a step, is refused.

import { type PruningPlan, weightSteps } from "@espalier/core";
import type { CalibrationFlags } from "@espalier/deploy";
import { EspalierError } from "@espalier/ir";
import { type Command, Option } from "commander";

export interface ReplayFlags extends CalibrationFlags {
  readonly recover?: string;
  readonly seed?: string;
}

/** The precision whose ranges are observed on calibration inputs where a plan does not hold them. */
const OBSERVED = "int8";

/** Taken in order to say why not. */
export function addReplayOptions(command: Command): Command {
  return command
    .addOption(new Option("--recover <methods>").hideHelp())
    .addOption(new Option("--seed <n>").hideHelp());
}

/** @throws EspalierError `INVALID_OPTION` */
export function requireReplay(
  plan: Pick<PruningPlan, "steps" | "options" | "seed">,
  { recover, seed, calibration = [] }: ReplayFlags,
): void {
  const updates = weightSteps(plan.steps);
  if (recover !== undefined) {
    const methods = updates.map((step) => step.methods.join(",")).join("; ");
    throw refused("--recover", {
      expected: updates.length === 0 ? "nothing: the plan recovers no weights" : `the plan's own: ${methods}`,
      found: recover,
    });
  }
  if (seed !== undefined) throw refused("--seed", { expected: `the plan's own: ${plan.seed}`, found: seed });
  if (calibration.length === 0 || updates.length > 0 || observes(plan)) return;
  throw refused("--calibration", {
    expected: "nothing: no step of the plan asks for inputs, and none is added",
    found: `${calibration.length} of them`,
  });
}

function observes({ steps, options }: Pick<PruningPlan, "steps" | "options">): boolean {
  return options.export?.precision === OBSERVED && !steps.some(({ kind }) => kind === "quantize");
}

function refused(
  where: string,
  { expected, found }: { readonly expected: string; readonly found: string },
): EspalierError {
  return new EspalierError("INVALID_OPTION", "A plan is replayed as it is", {
    ...{ where, expected, found },
    unblock: "Leave it out, or make another plan with `espalier prune`.",
  });
}
