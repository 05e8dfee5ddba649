// Cross-entropy of logits with labels.

import { DataType, EspalierError, intAttribute, type Value } from "@espalier/ir";
import { logitRows, outputOf } from "./logits.js";
import type { Loss, LossContext } from "./loss.js";

export interface CrossEntropyOptions {
  /**
   * Weight that all classes share, 0 to 1: the target is 1 − s + s/K for the label and s/K for every other of K classes.
   * Source: Szegedy et al. 2016, "Rethinking the Inception Architecture", §7, arXiv:1512.00567.
   *
   * @default 0
   */
  readonly smoothing?: number;
  /**
   * Which output of the network holds the logits, [N, K] or [N, ..., K], or [N, K, 1, 1] as older classifiers have it.
   *
   * @default 0
   */
  readonly output?: number;
}

/**
 * −mean Σ_k t_k·log softmax(z)_k over the samples; labels are int64, of the logits' shape without the classes.
 *
 * @throws EspalierError `INVALID_OPTION` when the smoothing lies outside 0 to 1
 */
export function crossEntropy({ smoothing = 0, output = 0 }: CrossEntropyOptions = {}): Loss {
  if (!(smoothing >= 0 && smoothing <= 1))
    throw new EspalierError("INVALID_OPTION", "Label smoothing is a share", {
      expected: "a number from 0 to 1",
      found: String(smoothing),
    });
  return {
    name: "cross-entropy",
    append: (context) => {
      const { make } = context;
      const value = outputOf(context, output);
      const { samples, classes, labelDims, matrix } = logitRows(context, value);
      const logits = matrix(value);
      const labels = make.reshape(context.input("labels", labelDims, DataType.INT64, classes), [samples]);
      const logs = make.op("LogSoftmax", [logits], { axis: intAttribute(-1) });
      const off = smoothing / classes;
      const targets = make.op(
        "OneHot",
        [labels, make.int(classes), make.floats([2], [off, 1 - smoothing + off])],
        {
          axis: intAttribute(-1),
        },
      );
      const loss = make.scale(make.sumAll(make.multiply(logs, targets)), -1 / samples);
      return { loss, correct: hits(context, logits, labels) };
    },
  };
}

function hits({ make }: LossContext, logits: Value, labels: Value): Value {
  const best = make.op("ArgMax", [logits], { axis: intAttribute(1), keepdims: intAttribute(0) });
  return make.sumAll(make.cast(make.op("Equal", [best, labels]), DataType.INT64));
}
