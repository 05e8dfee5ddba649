// The accuracy of a deployed file that is an export of the trained network, counted again where its runtime and the data
// are at hand.

import { isEspalierError } from "@espalier/ir";
import { finetuneStep, type PruningPlan } from "../plan/plan.js";
import { isUnavailable, type Runtime, type Unavailable } from "../runtime.js";
import { deploymentIn } from "../target/deployment.js";
import { checkedOn, type ExportFormat } from "../target/export-format.js";
import type { Subject } from "../target/subject.js";
import { type Claim, comparedData, fails, unchecked } from "./claim.js";
import type { Receipt } from "./receipt.js";
import { sameMachine } from "./same-machine.js";
import type { WeightCheck } from "./verify-weights.js";

const NAME = "accuracy of the exported file";

/** On other machines a sample or two may fall on the other side. */
const SLACK = 5e-3;

export interface ExportedAccuracyCheck extends WeightCheck {
  readonly format?: ExportFormat;
  readonly deployment?: Runtime | Unavailable;
}

/** None where the receipt says nothing of it, as older ones do not. */
export async function exportedAccuracyClaims(
  receipt: Receipt,
  subject: Subject,
  plan: PruningPlan,
  artefact: Uint8Array | null,
  check: ExportedAccuracyCheck,
): Promise<Claim[]> {
  const said = receipt.accuracy?.exported;
  if (said === undefined) return [];
  const step = finetuneStep(plan.steps);
  if (receipt.export === undefined || artefact === null || step === null)
    return [fails(NAME, "an exported file, and a training in the plan", "not both")];
  const { retrain = null, retrainMissing = "nothing that trains is at hand", signal } = check;
  const wanted = `${said.accuracy} on ${said.runtime}`;
  const proving = check.runtime;
  const runtime = proving === null ? null : runtimeOf(check, proving);
  if (retrain === null) return [unchecked(NAME, wanted, retrainMissing)];
  if (proving === null || runtime === null) return [unchecked(NAME, wanted, "no such runtime here")];
  try {
    const { accuracy } = await retrain.judge({
      ...{ artefact, runtime, dense: subject.model, bindings: plan.bindings, seed: plan.seed, step },
      ...(signal === undefined ? {} : { signal }),
    });
    const near =
      !sameMachine(receipt, { ...check, runtime: proving }) && Math.abs(accuracy - said.accuracy) <= SLACK;
    return [comparedData(NAME, near ? accuracy : said.accuracy, accuracy)];
  } catch (error) {
    if (!isEspalierError(error) || error.code === "ABORTED") throw error;
    return [unchecked(NAME, wanted, `${error.code}: ${error.message}`)];
  }
}

function runtimeOf({ format, deployment }: ExportedAccuracyCheck, runtime: Runtime): Runtime | null {
  const found = checkedOn(format, deploymentIn(runtime, deployment)).deployment;
  return found === undefined || isUnavailable(found) ? null : found;
}
