// The pattern of zeros that a receipt claims, counted again on the weights of the artefact.

import { inferFacts, isEspalierError, type Model, readModel } from "@espalier/ir";
import { digestWeights } from "../calibration/digest.js";
import { countPattern } from "../n-m/nm-record.js";
import { type PruningPlan, patternSteps } from "../plan/plan.js";
import type { Host } from "../runtime.js";
import type { SubjectOptions } from "../target/subject.js";
import { type Claim, compared, comparedData, fails } from "./claim.js";
import type { Receipt } from "./receipt.js";

/** That every layer the plan masks follows the pattern in the file, with as many violations as the receipt says: none. */
export function patternClaim(
  { nm }: Receipt,
  plan: PruningPlan,
  artefact: Uint8Array,
  { limits }: Pick<SubjectOptions, "limits">,
): Claim[] {
  const steps = patternSteps(plan.steps);
  if (steps.length === 0 && nm === undefined) return [];
  const name = "N:M pattern";
  try {
    const model = readModel(artefact, limits === undefined ? {} : { limits });
    const found = countPattern(model, inferFacts(model), steps);
    if (nm !== undefined && nm.violations > 0)
      return [fails(name, "no violations", `${nm.violations} recorded`)];
    if (nm === undefined) return [fails(name, "a record", "none")];
    const { dense: _, ...counted } = nm;
    return [comparedData(name, counted, found)];
  } catch (error) {
    if (!isEspalierError(error) || error.code === "ABORTED") throw error;
    return [fails(name, "weights to count", error.message)];
  }
}

/** That the artefact holds the weights that were recovered, masked. */
export async function maskedRecoveryClaim(
  masked: Model,
  artefact: Model,
  host: Pick<Host, "sha256">,
): Promise<Claim> {
  const [wanted, found] = [await digestWeights(masked, host), await digestWeights(artefact, host)];
  return compared("weights of the artefact are the recovered ones, masked", wanted, found);
}
