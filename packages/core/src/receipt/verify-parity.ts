// The proof of a receipt, run again on the runtime.

import { EspalierError, isEspalierError } from "@espalier/ir";
import type { KeptUnits } from "../plan/kept-units.js";
import type { Feeds, ProgressListener, Runtime } from "../runtime.js";
import { isUnavailable } from "../runtime.js";
import { isProofRefusal, proveStructural, toleranceOf } from "../target/prove-structural.js";
import type { Subject } from "../target/subject.js";
import { type Claim, fails, holds, unchecked } from "./claim.js";
import type { Parity, Receipt } from "./receipt.js";

/** What one model differs by between optimisation levels and machines was 4e-7 to 5e-6. */
const NOISE = 1e-5;
const WORSE = 10;

export interface ParityCheck {
  readonly runtime: Runtime | null;
  /** The inputs that `inputs.spec` of the receipt speaks of; null when they are not at hand. */
  readonly specified: readonly Feeds[] | null;
  /** Which elements of weights the plan keeps; absent where it masks none. */
  readonly masks?: ReadonlyMap<string, Uint8Array>;
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

/**
 * Holds when the re-run stays within the tolerance of this model, and the recorded agreement is not better
 * than the re-run by more than ten times and 1e-5: machines differ, but not so much.
 */
export async function parityClaim(
  receipt: Receipt,
  subject: Subject,
  steps: readonly KeptUnits[],
  artefact: Uint8Array,
  check: ParityCheck,
): Promise<Claim> {
  const said = receipt.parity;
  if (said === null || isUnavailable(said)) return fails("parity", "a proof for the artefact", "none");
  const tolerance = toleranceOf(subject);
  if (said.tolerance !== tolerance) return fails("parity", `tolerance ${said.tolerance}`, `${tolerance}`);
  if (!(said.maxRel <= tolerance)) return fails("parity", `maxRel ≤ ${tolerance}`, `${said.maxRel} recorded`);
  const worst = Math.max(0, ...said.outputs.map(({ maxRel }) => maxRel));
  if (said.maxRel !== worst) return fails("parity", `maxRel ${said.maxRel}`, `${worst} over the outputs`);
  if (check.runtime === null) return unchecked("parity", parityText(said), "no runtime here");
  try {
    const proof = await proveStructural(subject, steps, artefact, check.runtime, {
      seed: receipt.inputs.seed,
      count: receipt.inputs.count,
      inputs: check.specified ?? [],
      ...(check.masks === undefined ? {} : { masks: check.masks }),
      ...(check.signal === undefined ? {} : { signal: check.signal }),
      ...(check.onProgress === undefined ? {} : { onProgress: check.onProgress }),
    });
    if ("refused" in proof) return unchecked("parity", parityText(said), proof.refused.reason);
    return judged(said, proof.parity, check.specified === null);
  } catch (error) {
    return parityError(said, error);
  }
}

/** For a receipt without an artefact whose plan has steps: the model cannot be run here either, for the same reason. */
export async function runsNowhereClaim(
  name: string,
  { refused, inputs }: Receipt,
  subject: Subject,
  steps: readonly KeptUnits[],
  pruned: Uint8Array,
  check: ParityCheck,
): Promise<Claim> {
  const said = refused.find(({ code }) => isProofRefusal(code));
  if (said === undefined) return fails(name, "a reason", "the plan has steps and every dimension is bound");
  if (check.runtime === null) return unchecked(name, said.reason, "no runtime here");
  const { signal } = check;
  const options = { seed: inputs.seed, count: 1, ...(signal === undefined ? {} : { signal }) };
  const proof = await proveStructural(subject, steps, pruned, check.runtime, options);
  if ("refused" in proof) {
    const { code, reason } = proof.refused;
    return code === said.code ? holds(name, reason) : unchecked(name, said.reason, `${code} here: ${reason}`);
  }
  return unchecked(name, said.reason, `${check.runtime.name} here runs it`);
}

function judged(said: Parity, found: Parity, incomplete: boolean): Claim {
  const names = (parity: Parity): string => parity.outputs.map(({ name }) => name).join();
  if (names(said) !== names(found)) return fails("parity", `outputs ${names(said)}`, names(found));
  if (found.maxRel > WORSE * said.maxRel + NOISE) return fails("parity", parityText(said), parityText(found));
  if (incomplete)
    return unchecked("parity", "the inputs given with --inputs", `without them ${parityText(found)}`);
  if (said.inputs !== found.inputs)
    return fails("parity", `${said.inputs} sets of inputs`, `${found.inputs}`);
  return {
    name: "parity",
    status: "holds",
    informational: false,
    expected: parityText(said),
    found: parityText(found),
  };
}

function parityError(said: Parity, error: unknown): Claim {
  if (isEspalierError(error, "MISMATCH"))
    return fails("parity", parityText(said), error.context.found ?? error.message);
  const cannotRun: readonly string[] = ["UNAVAILABLE", "RUN_FAILED", "TIMEOUT", "MEMORY"];
  if (error instanceof EspalierError && cannotRun.includes(error.code))
    return unchecked("parity", parityText(said), error.message);
  throw error;
}

function parityText({ maxRel, tolerance, inputs }: Parity): string {
  return `maxRel ${maxRel} ≤ ${tolerance} on ${inputs} inputs`;
}
