// The proof: the pruned model computes what the masked original computes.

import { DataType, EspalierError, isEspalierError } from "@espalier/ir";
import { randomInputs } from "../inputs/random-inputs.js";
import { measureParity, modelBytes } from "../parity/parity.js";
import type { KeptUnits } from "../plan/kept-units.js";
import { arrangementOf } from "../plan/removal.js";
import type { Parity, RefusalEntry } from "../receipt/receipt.js";
import { maskedReference } from "../reference/masked-reference.js";
import { zeroWeights } from "../reference/masked-weights.js";
import type { Feeds, ProgressListener, RunLimits, Runtime } from "../runtime.js";
import type { Subject } from "./subject.js";

/** Why a runtime gives no outputs to compare, and what would help. */
const UNBLOCK = {
  NOT_RUNNABLE: "Use a runtime that has the operators this model needs.",
  RUN_FAILED: "Give inputs that the model accepts with --inputs, or use another runtime.",
  TIMEOUT: "Give smaller inputs with --dim or --inputs, or use a faster machine.",
  MEMORY: "Give smaller inputs with --dim or --inputs, or use a machine with more memory.",
} as const;

export type ProofRefusalCode = keyof typeof UNBLOCK;

/** The refusals of models that could not be run, among all refusals of a receipt. */
export function isProofRefusal(code: string): code is ProofRefusalCode {
  return Object.hasOwn(UNBLOCK, code);
}

export interface ProofOptions extends RunLimits {
  readonly seed: number;
  /** Number of random input sets. */
  readonly count: number;
  /** Real inputs, tried beside the random ones. */
  readonly inputs?: readonly Feeds[];
  /** By weight, over what is left of it: which elements the pruned model keeps. Default: all. */
  readonly masks?: ReadonlyMap<string, Uint8Array>;
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

/**
 * Parity of the pruned model with the masked reference, on random legal inputs.
 * @returns the refusal instead when the runtime cannot run the source, or either model within its limits
 * @throws EspalierError `MISMATCH` when the two disagree, or the pruned model does not run where the reference did: then
 *   nothing must be handed out
 */
export async function proveStructural(
  subject: Subject,
  steps: readonly KeptUnits[],
  prunedBytes: Uint8Array,
  runtime: Runtime,
  options: ProofOptions,
): Promise<{ parity: Parity; feeds: readonly Feeds[] } | { refused: RefusalEntry }> {
  const { model, facts, boundFacts, analysis, handlers } = subject;
  const feeds = [...(options.inputs ?? []), ...randomInputs(model, boundFacts, handlers, options)];
  const arrangement = arrangementOf(analysis, steps);
  const reference = maskedReference(model, facts, analysis, arrangement.removal, handlers);
  if (options.masks !== undefined) zeroWeights(reference, analysis, arrangement, options.masks);
  let runs = 0;
  try {
    const parity = await measureParity(
      runtime,
      { bytes: modelBytes(reference) },
      { bytes: prunedBytes },
      {
        ...options,
        inputs: feeds,
        tolerance: toleranceOf(subject),
        onProgress: (event) => {
          runs = event.done;
          options.onProgress?.(event);
        },
      },
    );
    if (!(parity.maxRel <= parity.tolerance)) {
      throw mismatch(
        "The pruned model does not compute what the masked original computes",
        `maxRel ≤ ${parity.tolerance}`,
        `${parity.maxRel}`,
      );
    }
    return { parity, feeds };
  } catch (error) {
    if (!isEspalierError(error) || !isProofRefusal(error.code)) throw error;
    const { code, message } = error;
    const referenceRan = feeds.length > 0 && runs >= feeds.length;
    if (referenceRan && (code === "NOT_RUNNABLE" || code === "RUN_FAILED"))
      throw mismatch(
        "The pruned model does not run where the masked original does",
        "it runs",
        message,
        error,
      );
    return { refused: { group: null, node: null, code, reason: message, unblock: UNBLOCK[code] } };
  }
}

function mismatch(message: string, expected: string, found: string, cause?: unknown): EspalierError {
  const unblock = "This is a defect in Espalier: please report the model. Nothing was written.";
  return new EspalierError("MISMATCH", message, { expected, found, unblock }, { cause });
}

/** 5e-3 when the network computes in float16, else 1e-4. */
export function toleranceOf({ model, facts }: Pick<Subject, "model" | "facts">): number {
  const half = model.graph.outputs.some((output) => facts.dataType(output) === DataType.FLOAT16);
  return half ? 5e-3 : 1e-4;
}
