// Runs the claims of a receipt again, from the source and the plan. Believes nothing the receipt says: every
// digest, count and comparison is computed anew. Timings are measurements of one machine at one time, so they
// are not claims to be verified; `bench` measures again.

import { inferFacts, isEspalierError } from "@espalier/ir";
import { measureSparsity } from "../measure/sparsity.js";
import type { PruningPlan } from "../plan/plan.js";
import { readPlan } from "../plan/read-plan.js";
import { checkSteps } from "../plan/removal.js";
import type { Host, ProgressListener, Runtime } from "../runtime.js";
import { applyStructural } from "../target/apply-structural.js";
import { proveStructural } from "../target/prove-structural.js";
import { structuralCosts } from "../target/structural-costs.js";
import { openSubject, type SubjectOptions } from "../target/subject.js";
import type { Receipt } from "./receipt.js";
import { sealReceipt } from "./seal.js";

export interface Claim {
  readonly name: string;
  readonly status: "holds" | "fails" | "unchecked";
  readonly expected: string;
  readonly found: string;
}

export interface VerifyInput extends Omit<SubjectOptions, "dims"> {
  readonly receipt: Receipt;
  readonly planBytes: Uint8Array | null;
  /** null when the file is not there. */
  readonly artefactBytes: Uint8Array | null;
  /** null when the source is not at hand: what needs it stays unchecked. */
  readonly sourceBytes: Uint8Array | null;
  /** null when nothing can be run: parity stays unchecked. */
  readonly runtime: Runtime | null;
  readonly host: Host;
  readonly onProgress?: ProgressListener;
}

/** Every claim with its outcome. Valid when none fails; complete when none is unchecked. */
export async function verifyReceipt(input: VerifyInput): Promise<readonly Claim[]> {
  const claims = [...(await digestClaims(input))];
  if (claims.some((claim) => claim.status === "fails") || input.receipt.artefact === null) return claims;
  return [...claims, ...(await rebuiltClaims(input))];
}

async function digestClaims({
  receipt,
  planBytes,
  artefactBytes,
  sourceBytes,
  host,
}: VerifyInput): Promise<Claim[]> {
  const digest = async (name: string, bytes: Uint8Array | null, expected: string): Promise<Claim> => ({
    name,
    expected,
    found: bytes === null ? "no such file" : await host.sha256(bytes),
    status: "unchecked",
  });
  const judged = (claim: Claim): Claim => ({
    ...claim,
    status: claim.expected === claim.found ? "holds" : "fails",
  });
  const claims: Claim[] = [];
  if (receipt.seal !== undefined) {
    const { seal } = await sealReceipt(receipt, host);
    claims.push(equal("receipt seal", receipt.seal, seal ?? ""));
  }
  if (receipt.plan !== null) claims.push(judged(await digest("plan sha256", planBytes, receipt.plan.sha256)));
  if (receipt.artefact !== null) {
    claims.push(judged(await digest("artefact sha256", artefactBytes, receipt.artefact.sha256)));
    claims.push(equal("artefact bytes", receipt.artefact.bytes, artefactBytes?.byteLength ?? 0));
  }
  const source = await digest("source sha256", sourceBytes, receipt.source.sha256);
  claims.push(sourceBytes === null ? source : judged(source));
  return claims;
}

/** What only the source can settle: the same bytes again, the same counts, the same outputs. */
async function rebuiltClaims(input: VerifyInput): Promise<Claim[]> {
  const { receipt, planBytes, artefactBytes, sourceBytes, runtime } = input;
  const names = [
    "artefact is the plan applied to the source",
    "params",
    "macs",
    "widths",
    "sparsity",
    "parity",
  ];
  if (sourceBytes === null || planBytes === null || artefactBytes === null) {
    return names.map((name) => ({
      name,
      status: "unchecked",
      expected: "the source model",
      found: "not given",
    }));
  }
  let plan: PruningPlan;
  try {
    plan = readPlan(planBytes);
    if (plan.source.sha256 !== receipt.source.sha256)
      return [fails(names[0] ?? "", receipt.source.sha256, plan.source.sha256)];
    const subject = openSubject(sourceBytes, { ...input, dims: plan.bindings });
    const steps = checkSteps(subject.analysis, plan.steps);
    const { pruned, prunedBytes } = applyStructural(subject, steps, plan, receipt.plan?.sha256 ?? "");
    const { params, macs } = structuralCosts(subject, pruned);
    const claims = [
      equal(names[0] ?? "", await input.host.sha256(artefactBytes), await input.host.sha256(prunedBytes)),
      equal("params", change(receipt.params), change(params)),
      equal("macs", change(receipt.macs), change(macs)),
      equal(
        "widths",
        steps.map((step) => `${step.group} ${step.width}→${step.keep.length}`).join(", "),
        receipt.widths
          .filter((row) => row.after !== row.before)
          .map((row) => `${row.group} ${row.before}→${row.after}`)
          .join(", "),
      ),
      equal(
        "sparsity",
        JSON.stringify(receipt.sparsity),
        JSON.stringify(measureSparsity(pruned, inferFacts(pruned))),
      ),
    ];
    if (runtime === null) return [...claims, unchecked("parity", "a runtime", "none here")];
    const proof = await proveStructural(subject, steps, artefactBytes, runtime, {
      seed: receipt.inputs.seed,
      count: receipt.inputs.count,
      ...(input.signal === undefined ? {} : { signal: input.signal }),
      ...(input.onProgress === undefined ? {} : { onProgress: input.onProgress }),
    });
    if ("refused" in proof)
      return [...claims, unchecked("parity", "a model that runs here", proof.refused.code)];
    return [
      ...claims,
      {
        name: "parity",
        status: "holds",
        expected: `maxRel ≤ ${proof.parity.tolerance}`,
        found: String(proof.parity.maxRel),
      },
    ];
  } catch (error) {
    if (isEspalierError(error, "MISMATCH"))
      return [fails("parity", error.context.expected ?? "", error.context.found ?? "")];
    if (isEspalierError(error, "PLAN_MISMATCH") || isEspalierError(error, "INVALID_PLAN"))
      return [fails("plan fits the source", "a plan for it", error.message)];
    throw error;
  }
}

function change({
  before,
  after,
}: {
  readonly before: number | null;
  readonly after: number | null;
}): string {
  return `${before} → ${after}`;
}

function equal(name: string, expected: string | number, found: string | number): Claim {
  return {
    name,
    status: expected === found ? "holds" : "fails",
    expected: String(expected),
    found: String(found),
  };
}

function fails(name: string, expected: string, found: string): Claim {
  return { name, status: "fails", expected, found };
}

function unchecked(name: string, expected: string, found: string): Claim {
  return { name, status: "unchecked", expected, found };
}
