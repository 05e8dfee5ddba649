// Runs a network once where it can be stopped, and looks at what it says: one number for each class and sample.

import { modelBytes, type Runtime, type RuntimeTensor } from "@espalier/core";
import { EspalierError, type Model } from "@espalier/ir";
import { logitClasses } from "@espalier/train";
import { testBatches } from "./batch-sources.js";
import type { FittedData } from "./fit-data.js";

export interface Answer {
  /** What the first output holds of one sample. */
  readonly dims: readonly number[];
  /** Whether it gives probabilities where training wants logits. */
  readonly probabilities: boolean;
}

/**
 * The first output on a batch of the data.
 *
 * @throws EspalierError `DATA_UNFIT` where it tells apart fewer classes than the data has; `NOT_RUNNABLE`, `RUN_FAILED`,
 * `TIMEOUT`, `MEMORY`
 */
export async function requireClasses(
  model: Model,
  data: FittedData,
  { runtime, signal }: { readonly runtime: Runtime; readonly signal: AbortSignal },
): Promise<Answer> {
  const session = await runtime.loadUntrusted(modelBytes(model), { threads: 1, signal });
  try {
    const { labels: _, ...feeds } = await testBatches(data.test, {
      input: data.input,
      batch: data.testBatch,
    }).batch(0);
    const samples = feeds[data.input]?.dims[0] ?? 1;
    const answers = await session.run(feeds);
    const first = answers[session.outputs[0]?.name ?? ""];
    const dims = (first?.dims ?? []).slice(1);
    const classes = logitClasses(first?.dims ?? []);
    const { classes: wanted } = data.test;
    if (first === undefined || first.data.length !== samples * classes || classes < wanted.length)
      throw new EspalierError("DATA_UNFIT", "The network does not tell the classes of the data set apart", {
        where: data.digests.name,
        expected: `${wanted.length} or more numbers a sample in the first output`,
        found: dims.length === 0 ? "none" : dims.join(" × "),
      });
    return { dims, probabilities: sumsToOne(first, classes) };
  } finally {
    await session.dispose();
  }
}

function sumsToOne({ data }: RuntimeTensor, classes: number): boolean {
  for (let row = 0; row + classes <= data.length; row += classes) {
    let sum = 0;
    for (let i = row; i < row + classes; i++) {
      const value = Number(data[i]);
      if (value < 0) return false;
      sum += value;
    }
    if (Math.abs(sum - 1) > 1e-3) return false;
  }
  return true;
}
