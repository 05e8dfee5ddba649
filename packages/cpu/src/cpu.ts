// The target ONNX Runtime on the CPU: a smaller dense ONNX model for onnxruntime-node, proven and measured there.
// The way users import it: `import { cpu } from "@espalier/cpu"`.

import {
  applyPlan,
  type PlannedModel,
  type PlanningRunOptions,
  type PruningPlan,
  planModel,
  pruneModel,
  type TargetOptions,
  type TargetResult,
  type TargetRunOptions,
} from "@espalier/core";

/** ONNX Runtime on the CPU, dense. */
export const cpu: {
  readonly name: "cpu";
  /**
   * Chooses what to remove; nothing is removed.
   * @throws EspalierError reading errors; `INVALID_OPTION`
   */
  plan(bytes: Uint8Array, options: PlanningRunOptions): Promise<PlannedModel>;
  /**
   * Prunes a model for onnxruntime on the CPU: removes units, proves the result equal to the masked original on
   * the runtime, and measures both.
   *
   * @throws EspalierError reading errors; `INVALID_OPTION`; `MISMATCH` when the proof fails; `TIMEOUT`, `MEMORY`
   */
  prune(bytes: Uint8Array, options: TargetOptions): Promise<TargetResult>;
  /**
   * Replays a plan on the model it was made for: the same bytes on any machine.
   * @throws EspalierError `PLAN_MISMATCH`
   */
  apply(plan: PruningPlan, bytes: Uint8Array, options: TargetRunOptions): Promise<TargetResult>;
} = {
  name: "cpu",
  plan: (bytes, options) => planModel("cpu", bytes, options),
  prune: (bytes, options) => pruneModel("cpu", bytes, options),
  apply: applyPlan,
};
