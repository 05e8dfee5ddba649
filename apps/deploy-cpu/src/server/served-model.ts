// The model that is served: what the folder says about it, its ports, its processes.

import type { Receipt } from "@espalier/core";
import type { ModelPool } from "../infer/model-pool.js";
import type { Port } from "../infer/port.js";

export interface ServedModel {
  readonly title: string;
  readonly receipt: Receipt;
  readonly sha256: string;
  readonly bytes: number;
  /** The dense baseline instead of the pruned model. */
  readonly dense: boolean;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly pool: ModelPool;
  readonly workers: number;
  /** "onnxruntime-node 1.30.0" */
  readonly runtime: string;
}
