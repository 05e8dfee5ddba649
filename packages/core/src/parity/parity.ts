// Runs the masked reference and the pruned model on the same inputs and compares their outputs.

import { concatChunks, type Model, writeModel } from "@espalier/ir";
import type { Parity } from "../receipt/receipt.js";
import type { Feeds, ModelBytes, ProgressListener, RunLimits, Runtime } from "../runtime.js";
import { compareOutput, missingOutput, type OutputAgreement, pooled } from "./compare.js";

export interface ParityOptions extends RunLimits {
  readonly inputs: readonly Feeds[];
  /** Largest maxRel that passes: 1e-4, 5e-3 for float16. */
  readonly tolerance: number;
  /** Where the candidate runs; default: where the reference does. */
  readonly candidateRuntime?: Runtime;
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

/** Agreement of `candidate` with `reference` on every input. Both run where they can be stopped. */
export async function measureParity(
  runtime: Runtime,
  reference: ModelBytes,
  candidate: ModelBytes,
  options: ParityOptions,
): Promise<Parity> {
  const limits = { threads: 1, spinning: false, ...options };
  // One optimisation level for both, without layout changes: what is compared is the pruning.
  const expected = await runAll(runtime, reference, options.inputs, limits, (done) => report(options, done));
  const other = options.candidateRuntime ?? runtime;
  const actual = await runAll(other, candidate, options.inputs, limits, (done) =>
    report(options, options.inputs.length + done),
  );
  const byOutput = new Map<string, OutputAgreement>();
  expected.forEach((outputs, i) => {
    for (const [name, tensor] of Object.entries(outputs)) {
      const found = actual[i]?.[name];
      const agreement = found === undefined ? missingOutput(name) : compareOutput(name, tensor, found);
      byOutput.set(name, pooled(byOutput.get(name), agreement));
    }
  });
  const outputs = [...byOutput.values()].map(({ name, maxAbs, maxRel, ties }) => ({
    name,
    maxAbs,
    maxRel,
    ties,
  }));
  return {
    reference: "masked",
    maxAbs: Math.max(0, ...outputs.map((output) => output.maxAbs)),
    maxRel: Math.max(0, ...outputs.map((output) => output.maxRel)),
    outputs,
    inputs: options.inputs.length,
    tolerance: options.tolerance,
  };
}

/** A model as bytes for a runtime. */
export function modelBytes(model: Model): Uint8Array {
  return concatChunks(writeModel(model, { external: "never" }).chunks);
}

async function runAll(
  runtime: Runtime,
  model: ModelBytes,
  inputs: readonly Feeds[],
  limits: Parameters<Runtime["loadUntrusted"]>[1],
  onDone: (done: number) => void,
): Promise<Awaited<ReturnType<Awaited<ReturnType<Runtime["load"]>>["run"]>>[]> {
  const session = await runtime.loadUntrusted(model, limits);
  try {
    const results: Awaited<ReturnType<typeof session.run>>[] = [];
    for (const [i, feeds] of inputs.entries()) {
      results.push(await session.run(feeds));
      onDone(i + 1);
    }
    return results;
  } finally {
    await session.dispose();
  }
}

function report(options: ParityOptions, done: number): void {
  options.onProgress?.({ phase: "parity", done, total: 2 * options.inputs.length, unit: "runs" });
}
