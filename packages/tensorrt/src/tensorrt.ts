// The target TensorRT on NVIDIA GPUs: channels removed in steps that tensor cores like, 2:4 where sparse kernels can win.
// What is deployed is ONNX; ONNX Runtime proves it, and TensorRT builds and times it where there is one.

import { applyPlan, executePlan, structuralTarget, type Target, type Unavailable } from "@espalier/core";
import { exportTensorRt } from "./export-model.js";
import { findDevice } from "./find-device.js";
import { planTensorRt } from "./plan-tensorrt.js";
import type { VerdictOptions } from "./sparse-verdict.js";

const NAME = "tensorrt";

/** Why there is no time: nothing here runs what TensorRT builds. */
export const NO_TENSORRT: Unavailable = {
  unavailable: "UNAVAILABLE",
  unblock:
    "Times are TensorRT's own, on an NVIDIA GPU: run the script that deploy-tensorrt writes there, and read its profiles.",
};

export interface TensorRtOptions extends Partial<VerdictOptions> {}

/** A target for one device, and for layer times where they were measured. */
export function tensorrtTarget(options: TensorRtOptions = {}): Target {
  const verdicts: VerdictOptions = { device: findDevice(), precision: "float16", ...options };
  const base = structuralTarget({ name: NAME, runs: "TensorRT on an NVIDIA GPU with sparse tensor cores" });
  return {
    ...base,
    profile: async () => NO_TENSORRT,
    plan: (bytes, asked) => planTensorRt(NAME, bytes, asked, verdicts),
    exportModel: async (model) => exportTensorRt(model).files,
    measureLatency: async () => NO_TENSORRT,
    prune: async (bytes, asked) =>
      executePlan({ name: NAME }, bytes, await planTensorRt(NAME, bytes, asked, verdicts), {
        ...asked,
        deployment: NO_TENSORRT,
      }),
    apply: (plan, bytes, asked) =>
      applyPlan({ name: NAME }, plan, bytes, { ...asked, deployment: NO_TENSORRT }),
  };
}

/** TensorRT on an NVIDIA GPU, judged by an A100 at float16. */
export const tensorrt: Target = tensorrtTarget();
