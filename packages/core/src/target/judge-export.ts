// How good the deployed file is, where that is not the network that was trained but an export of it: counted on the same
// test samples, on the runtime that the file is for.

import { finetuneStep, type PruningPlan } from "../plan/plan.js";
import type { AccuracyRecord } from "../receipt/receipt.js";
import { isUnavailable } from "../runtime.js";
import { deploymentOf } from "./deployment.js";
import type { Exported } from "./export-format.js";
import type { TargetRunOptions } from "./run-options.js";
import type { Subject } from "./subject.js";

/**
 * `accuracy` with that of the file; as it is where there is none to count, or nothing to run it on.
 *
 * @param asked the plan as it was made or handed over: it says which data
 * @throws EspalierError what {@link Retrain.judge} throws
 */
export async function judgeExport(
  accuracy: AccuracyRecord | null,
  exported: Exported | null,
  subject: Subject,
  asked: PruningPlan,
  options: TargetRunOptions,
): Promise<AccuracyRecord | null> {
  const { retrain, signal, onProgress } = options;
  const runtime = deploymentOf(options);
  if (accuracy === null || exported === null || retrain == null || isUnavailable(runtime)) return accuracy;
  const found = await retrain.judge({
    ...{ artefact: exported.bytes, runtime, dense: subject.model },
    ...{ bindings: asked.bindings, seed: asked.seed, step: finetuneStep(asked.steps) },
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  return { ...accuracy, exported: { accuracy: found.accuracy, runtime: runtime.name } };
}
