// Whether an artefact of another format, on its own runtime, computes what the pruned network does on ONNX Runtime.

import { EspalierError } from "@espalier/ir";
import { measureParity } from "../parity/parity.js";
import type { ExportRecord } from "../receipt/receipt.js";
import { type Feeds, isUnavailable, type ProgressListener, type RunLimits } from "../runtime.js";
import { type Deployment, deploymentOf } from "./deployment.js";
import { type Exported, PRUNED_PATH } from "./export-format.js";

export interface ExportCheck extends Deployment, RunLimits {
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

/**
 * Agreement of an artefact with the network it was written from.
 *
 * @param pruned the network as ONNX
 * @throws EspalierError `MISMATCH` beyond the tolerance of the format: then nothing must be handed out; `NONFINITE` where
 *   it gives up precision and overflows; what its runtime throws where the artefact does not run
 */
export async function measureExport(
  pruned: Uint8Array,
  exported: Exported,
  feeds: readonly Feeds[],
  options: ExportCheck,
): Promise<ExportRecord> {
  const deployed = deploymentOf(options);
  const { tolerance } = exported;
  const record = { reference: "pruned onnx", path: PRUNED_PATH, tolerance } as const;
  if (isUnavailable(deployed)) {
    const { unavailable: reason, unblock } = deployed;
    return { ...record, runtime: null, maxAbs: null, maxRel: null, inputs: 0, reason, unblock };
  }
  const { maxAbs, maxRel, inputs } = await measureParity(
    options.runtime,
    { bytes: pruned },
    { bytes: exported.bytes },
    {
      ...options,
      ...{ inputs: feeds, tolerance: tolerance ?? Number.POSITIVE_INFINITY, candidateRuntime: deployed },
    },
  );
  if (tolerance !== null && !(maxRel <= tolerance)) {
    throw new EspalierError(
      "MISMATCH",
      "The exported file does not compute what the pruned network computes",
      {
        expected: `maxRel ≤ ${tolerance}`,
        found: `${maxRel} on ${deployed.name}`,
        unblock: "This is a defect in Espalier: please report the model. Nothing was written.",
      },
    );
  }
  if (!Number.isFinite(maxRel))
    throw new EspalierError("NONFINITE", "The exported file overflows where the pruned network does not", {
      where: deployed.name,
      unblock: "Keep this network in float32, or take a precision with a larger range.",
    });
  return { ...record, runtime: deployed.name, maxAbs, maxRel, inputs };
}
