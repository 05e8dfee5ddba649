// How good a network is: counted over a whole set in float64, whatever the size of its batches.

import type { Feeds, RuntimeTensor } from "@espalier/core";
import { EspalierError } from "@espalier/ir";
import { logitClasses } from "../losses/logits.js";
import { checkLabels } from "../step/checked-batch.js";
import { floatsOf } from "./output-floats.js";

export interface Scores {
  readonly samples: number;
  /** Mean over the samples. */
  readonly loss: number;
  /** Fraction of right predictions; null where that means nothing. */
  readonly accuracy: number | null;
}

export interface Metric {
  readonly name: string;
  /** Begins a set: takes batch after batch, then says the scores. */
  start(): MetricSums;
}

export interface MetricSums {
  /** @param outputs of the network, in its order */
  add(outputs: readonly RuntimeTensor[], feeds: Feeds): void;
  scores(): Scores;
}

/**
 * Top-1 accuracy and cross-entropy of logits, [N, K], [N, …, K] or [N, K, 1, 1], with `labels`.
 *
 * @param output which output of the network holds the logits
 */
export function classification(output = 0): Metric {
  return {
    name: "classification",
    start: () => {
      let [samples, loss, correct] = [0, 0, 0];
      return {
        add: (outputs, feeds) => {
          const given = required(outputs[output], `output ${output}`);
          const [logits, { dims }] = [floatsOf(given, `output ${output}`), given];
          const { data: labels } = required(feeds.labels, "labels");
          const classes = logits.length / labels.length;
          if (classes !== logitClasses(dims))
            throw unfit(`${dims.join(" × ")} logits for ${labels.length} labels`);
          checkLabels("labels", labels, classes);
          for (let i = 0; i < labels.length; i++) {
            const row = { from: i * classes, classes, label: Number(labels[i]) };
            const { best, nll } = scoreRow(logits, row);
            loss += nll;
            if (best === row.label) correct++;
          }
          samples += labels.length;
        },
        scores: () => ({ samples, loss: loss / samples, accuracy: correct / samples }),
      };
    },
  };
}

/** Mean squared error of an output with `targets`. */
export function squaredError(output = 0): Metric {
  return {
    name: "squared error",
    start: () => {
      let [samples, sum, count] = [0, 0, 0];
      return {
        add: (outputs, feeds) => {
          const given = required(outputs[output], `output ${output}`);
          const [data, { dims }] = [floatsOf(given, `output ${output}`), given];
          const targets = floatsOf(required(feeds.targets, "targets"), "targets");
          if (targets.length !== data.length)
            throw unfit(`${data.length} numbers, ${targets.length} targets`);
          for (let i = 0; i < data.length; i++) sum += ((data[i] as number) - (targets[i] as number)) ** 2;
          count += data.length;
          samples += dims[0] ?? 1;
        },
        scores: () => ({ samples, loss: sum / count, accuracy: null }),
      };
    },
  };
}

function scoreRow(
  logits: Float32Array | Float64Array,
  { from, classes, label }: { readonly from: number; readonly classes: number; readonly label: number },
): { best: number; nll: number } {
  let best = 0;
  for (let k = 1; k < classes; k++)
    if ((logits[from + k] as number) > (logits[from + best] as number)) best = k;
  const largest = logits[from + best] as number;
  let sum = 0;
  for (let k = 0; k < classes; k++) sum += Math.exp((logits[from + k] as number) - largest);
  return { best, nll: Math.log(sum) + largest - (logits[from + label] as number) };
}

function required(tensor: RuntimeTensor | undefined, what: string): RuntimeTensor {
  if (tensor === undefined) throw unfit(`no ${what}`);
  return tensor;
}

function unfit(found: string): EspalierError {
  return new EspalierError("INVALID_BATCH", "What the network gives cannot be compared", { found });
}
