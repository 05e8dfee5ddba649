// The target TensorRT on NVIDIA GPUs: channels removed in steps that tensor cores like, 2:4 where sparse kernels can win.
// What is deployed is ONNX; ONNX Runtime proves it, and TensorRT builds and times it where there is one.

import {
  applyPlan,
  type DeployedAs,
  type ExportOptions,
  executePlan,
  structuralTarget,
  type Target,
  type Unavailable,
  verifyReceipt,
} from "@espalier/core";
import { exportTensorRt } from "./export-model.js";
import { findDevice } from "./find-device.js";
import { FLOAT16, formatOf } from "./float16/float16-format.js";
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
    exportModel: async (model, { bindings = {}, settings = {} } = {}) => {
      const graphType = formatOf(settings) === null ? "float32" : "float16";
      return exportTensorRt(model, { dims: bindings, graphType }).files;
    },
    measureLatency: async () => NO_TENSORRT,
    verify: (files, { receipt, sourceBytes, realInputs = [], ...world }) =>
      verifyReceipt({
        ...{ receipt, sourceBytes, specified: realInputs },
        files: new Map(files.map(({ path, bytes }) => [path, bytes])),
        // A receipt without this block is of the pruned network as it is.
        ...(receipt.export === undefined ? {} : { format: FLOAT16 }),
        ...world,
      }),
    prune: async (bytes, asked) =>
      executePlan(deployedAs(asked.export), bytes, await planTensorRt(NAME, bytes, asked, verdicts), {
        ...asked,
        deployment: NO_TENSORRT,
      }),
    apply: (plan, bytes, asked) =>
      applyPlan(deployedAs(plan.options.export), plan, bytes, { ...asked, deployment: NO_TENSORRT }),
  };
}

function deployedAs(settings: ExportOptions["settings"] | undefined): DeployedAs {
  const format = formatOf(settings);
  return { name: NAME, ...(format === null ? {} : { format }) };
}

/** TensorRT on an NVIDIA GPU, judged by an A100 at float16. */
export const tensorrt: Target = tensorrtTarget();
