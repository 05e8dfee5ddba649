// Distillation: a network learns from a larger one, which runs on every batch.

import { type Feeds, modelBytes, type RuntimeTensor, type Session } from "@espalier/core";
import { EspalierError, type Model } from "@espalier/ir";
import type { BatchSource } from "../batches/batch-source.js";
import { type DistillationOptions, distillation } from "../losses/distillation.js";
import { withFeatures } from "../losses/with-features.js";
import { exposeValues } from "./expose-values.js";
import { type TrainResult, train } from "./train.js";
import type { TrainOptions } from "./train-options.js";

export interface DistillOptions extends Omit<TrainOptions, "loss">, DistillationOptions {
  /** Takes the same inputs, and gives logits of the same shape at the same output. */
  readonly teacher: Model;
  /** Pairs of values that should become alike, of one shape; by name. */
  readonly features?: readonly {
    readonly teacher: string;
    readonly student: string;
    readonly weight: number;
  }[];
}

/**
 * Trains `model` on the teacher's logits and the labels. The teacher is run on the runtime as it is in use: by its stored
 * statistics.
 *
 * Source: Hinton, Vinyals and Dean 2015, arXiv:1503.02531, by {@link distillation}.
 *
 * @throws EspalierError as {@link train}; `UNDEFINED_VALUE` for a feature that is not there
 */
export async function distill(options: DistillOptions): Promise<TrainResult> {
  const { teacher, features = [], model, runtime, host, threads, key = "", output = 0 } = options;
  const bytes = modelBytes(
    exposeValues(
      teacher,
      features.map((pair) => pair.teacher),
    ),
  );
  const session = await runtime.load(bytes, threads === undefined ? {} : { threads });
  try {
    const logits = teacher.graph.outputs[output]?.name ?? "";
    const wanted = new Map([["teacher", logits]]);
    for (const [i, pair] of features.entries()) wanted.set(`teacher/${i}`, pair.teacher);
    const first = model.graph.outputs.length;
    const result = await train({
      ...options,
      model: exposeValues(
        model,
        features.map(({ student }) => student),
      ),
      loss: withFeatures(
        distillation(options),
        features.map(({ weight }, i) => ({ output: first + i, fed: `teacher/${i}`, weight })),
      ),
      batches: taught(options.batches, session, wanted),
      key: `${key} teacher ${await host.sha256(bytes)}`,
    });
    result.model.graph.outputs.length = first;
    return result;
  } finally {
    await session.dispose();
  }
}

/** Batches with what the teacher says to them. */
function taught(batches: BatchSource, session: Session, wanted: ReadonlyMap<string, string>): BatchSource {
  const inputs = session.inputs.map(({ name }) => name);
  return {
    stepsPerEpoch: batches.stepsPerEpoch,
    batch: async (epoch, index): Promise<Feeds> => {
      const feeds = await batches.batch(epoch, index);
      const missing = inputs.filter((name) => feeds[name] === undefined);
      if (missing.length > 0)
        throw new EspalierError("INVALID_BATCH", "The teacher takes other inputs than the network", {
          expected: missing.join(", "),
          found: Object.keys(feeds).join(", "),
        });
      const results = await session.run(
        Object.fromEntries(inputs.map((name) => [name, feeds[name] as RuntimeTensor])),
        [...new Set(wanted.values())],
      );
      const said = [...wanted].map(([fed, name]) => [fed, results[name] as RuntimeTensor] as const);
      return { ...feeds, ...Object.fromEntries(said) };
    },
  };
}
