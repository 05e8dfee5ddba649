// Runs a network once where it can be stopped, and looks at what it takes and says: token ids as large as the data has,
// one number for each class and sample.

import { type Feeds, modelBytes, type Runtime, type RuntimeTensor } from "@espalier/core";
import { type LabelledSet, sampleSize } from "@espalier/data";
import { EspalierError, isEspalierError, type Model, quoteName } from "@espalier/ir";
import { logitClasses } from "@espalier/train";
import { testBatches } from "./batch-sources.js";
import type { FittedData } from "./fit-data.js";

export type ShownData = Pick<FittedData, "input" | "train" | "test" | "testBatch" | "digests" | "vocabulary">;

export interface Answer {
  /** What the first output holds of one sample. */
  readonly dims: readonly number[];
  /** How many classes it tells apart: those of the data, or more. */
  readonly classes: number;
  /** Whether it gives probabilities where training wants logits. */
  readonly probabilities: boolean;
}

/**
 * The first output on a batch of the data.
 *
 * @throws EspalierError `DATA_UNFIT` where it tells apart fewer classes than the data has, or fails on token ids;
 * `NOT_RUNNABLE`, `RUN_FAILED`, `TIMEOUT`, `MEMORY`
 */
export async function requireClasses(
  model: Model,
  data: ShownData,
  { runtime, signal }: { readonly runtime: Pick<Runtime, "loadUntrusted">; readonly signal: AbortSignal },
): Promise<Answer> {
  const session = await runtime.loadUntrusted(modelBytes(model), { threads: 1, signal });
  try {
    const { feeds, largest } = await telling(data);
    const samples = feeds[data.input]?.dims[0] ?? 1;
    const answers = await session.run(feeds).catch((error) => {
      throw largest !== null && isEspalierError(error, "RUN_FAILED") ? unfitIds(data, largest, error) : error;
    });
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
    return { dims, classes, probabilities: sumsToOne(first, classes) };
  } finally {
    await session.dispose();
  }
}

/** The first batch of the test part; of texts with the sample that has the largest token id of both parts in front. */
async function telling(data: ShownData): Promise<{ readonly feeds: Feeds; readonly largest: bigint | null }> {
  const { input, test, train, testBatch: batch } = data;
  const { labels: _, ...feeds } = await testBatches(test, { input, batch }).batch(0);
  const tokens = feeds[input]?.data;
  if (!(tokens instanceof BigInt64Array)) return { feeds, largest: null };
  const tops = [train, test].map(sampleWithLargest);
  const [top, other] = tops as [Top, Top];
  const chosen = top.largest >= other.largest ? top : other;
  tokens.set(chosen.sample);
  return { feeds, largest: chosen.largest };
}

interface Top {
  readonly largest: bigint;
  readonly sample: BigInt64Array;
}

function sampleWithLargest(set: LabelledSet): Top {
  const sample = new BigInt64Array(sampleSize(set));
  let [largest, at] = [-1n, 0];
  for (let i = 0; i < set.count; i++) {
    set.read(i, sample);
    for (const id of sample) if (id > largest) [largest, at] = [id, i];
  }
  set.read(at, sample);
  return { largest, sample };
}

function unfitIds({ input, digests, vocabulary }: ShownData, largest: bigint, cause: unknown): EspalierError {
  return new EspalierError(
    "DATA_UNFIT",
    "The network fails on the token ids of the data set",
    {
      where: `${digests.name}, input ${quoteName(input)}`,
      expected: `a network that takes ids up to ${largest}: one row of its embedding for each`,
      found: "the runtime stopped",
      unblock: `The ids are those of Espalier's own vocabulary of ${vocabulary?.tokens.length ?? "so many"} tokens, made from the training texts: take a network that was made for it.`,
    },
    { cause },
  );
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
