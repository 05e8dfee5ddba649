// The proof: the pruned model computes what the masked original computes.

import { DataType, EspalierError, isEspalierError } from "@espalier/ir";
import { randomInputs } from "../inputs/random-inputs.js";
import { measureParity, modelBytes } from "../parity/parity.js";
import type { SliceStep } from "../plan/plan.js";
import { removalOf } from "../plan/removal.js";
import type { Parity, RefusalEntry } from "../receipt/receipt.js";
import { maskedReference } from "../reference/masked-reference.js";
import type { Feeds, ProgressListener, RunLimits, Runtime } from "../runtime.js";
import type { Subject } from "./subject.js";

export interface ProofOptions extends RunLimits {
  readonly seed: number;
  /** Number of random input sets. */
  readonly count: number;
  /** Real inputs, tried beside the random ones. */
  readonly inputs?: readonly Feeds[];
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

/**
 * Parity of the pruned model with the masked reference, on random legal inputs.
 * @returns the refusal instead when the runtime cannot run the source at all
 * @throws EspalierError `MISMATCH` when the two disagree: then nothing must be handed out
 */
export async function proveStructural(
  subject: Subject,
  steps: readonly SliceStep[],
  prunedBytes: Uint8Array,
  runtime: Runtime,
  options: ProofOptions,
): Promise<{ parity: Parity; feeds: readonly Feeds[] } | { refused: RefusalEntry }> {
  const { model, facts, boundFacts, analysis, handlers } = subject;
  const feeds = [...(options.inputs ?? []), ...randomInputs(model, boundFacts, handlers, options)];
  const reference = maskedReference(model, facts, analysis, removalOf(analysis, steps), handlers);
  try {
    const parity = await measureParity(
      runtime,
      { bytes: modelBytes(reference) },
      { bytes: prunedBytes },
      {
        ...options,
        inputs: feeds,
        tolerance: toleranceOf(subject),
      },
    );
    if (!(parity.maxRel <= parity.tolerance)) {
      throw new EspalierError(
        "MISMATCH",
        "The pruned model does not compute what the masked original computes",
        {
          expected: `maxRel ≤ ${parity.tolerance}`,
          found: `${parity.maxRel}`,
          unblock: "This is a defect in Espalier: please report the model. Nothing was written.",
        },
      );
    }
    return { parity, feeds };
  } catch (error) {
    if (!isEspalierError(error, "NOT_RUNNABLE")) throw error;
    return {
      refused: {
        group: null,
        node: null,
        code: "NOT_RUNNABLE",
        reason: error.message,
        unblock: "Use a runtime that has the operators this model needs.",
      },
    };
  }
}

/** 5e-3 when the network computes in float16, else 1e-4. */
export function toleranceOf({ model, facts }: Pick<Subject, "model" | "facts">): number {
  const half = model.graph.outputs.some((output) => facts.dataType(output) === DataType.FLOAT16);
  return half ? 5e-3 : 1e-4;
}
