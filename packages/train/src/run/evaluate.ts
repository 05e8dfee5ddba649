// Runs a network over a set and scores it.

import { abortedError, modelBytes, type Runtime, type Session } from "@espalier/core";
import type { Model } from "@espalier/ir";
import { type EvaluationSet, requireBatches } from "../batches/batch-source.js";
import { classification, type Metric, type Scores } from "./metric.js";

export interface EvaluateOptions {
  readonly runtime: Runtime;
  readonly model: Model;
  readonly set: EvaluationSet;
  /** @default classification of the first output */
  readonly metric?: Metric;
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

/** @throws EspalierError `INVALID_BATCH` for an empty set, or one that does not fit the network; `ABORTED` */
export async function evaluate(options: EvaluateOptions): Promise<Scores> {
  const { runtime, model, threads } = options;
  requireBatches(options.set.batches, options.set.name);
  const session = await runtime.load(modelBytes(model), threads === undefined ? {} : { threads });
  try {
    return await evaluateSession(session, options);
  } finally {
    await session.dispose();
  }
}

/** Scores a network that somebody opened, in whatever format. The session stays open. Throws as `evaluate`. */
export async function evaluateSession(
  session: Session,
  { set, metric = classification(), signal }: Pick<EvaluateOptions, "set" | "metric" | "signal">,
): Promise<Scores> {
  requireBatches(set.batches, set.name);
  const sums = metric.start();
  const inputs = session.inputs.map(({ name }) => name);
  for (let i = 0; i < set.batches; i++) {
    if (signal?.aborted) throw abortedError(signal);
    const feeds = await set.batch(i);
    const results = await session.run(
      Object.fromEntries(Object.entries(feeds).filter(([name]) => inputs.includes(name))),
    );
    sums.add(
      session.outputs.flatMap(({ name }) => results[name] ?? []),
      feeds,
    );
  }
  return sums.scores();
}
