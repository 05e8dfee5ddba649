// Where the artefact will run. Proofs and recovery are computed on ONNX Runtime; costs and latencies are those of the
// runtime that the artefact is for, which may be another one, or not be here.

import type { Runtime, Unavailable } from "../runtime.js";

export interface Deployment {
  /** Computes proofs and recovery. */
  readonly runtime: Runtime;
  /**
   * The runtime that the artefact will run on, where it is another one: it loads artefacts of the target, and ONNX models
   * in whatever way it runs them. A refusal where it is not here. Default: `runtime`.
   */
  readonly deployment?: Runtime | Unavailable;
}

/** Both in one, where the second may not be said. */
export function deploymentIn(runtime: Runtime, deployment: Runtime | Unavailable | undefined): Deployment {
  return deployment === undefined ? { runtime } : { runtime, deployment };
}

/** The runtime that costs and latencies are about. */
export function deploymentOf({ runtime, deployment }: Deployment): Runtime | Unavailable {
  return deployment ?? runtime;
}
