// Cross-entropy of logits with labels.

import { DataType, EspalierError, intAttribute, type Value } from "@espalier/ir";
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
      const { logits, dims } = rows(context, output);
      const [samples, classes] = dims;
      const labels = make.reshape(
        context.input("labels", labelDims(context, output), DataType.INT64, classes),
        [samples],
      );
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

/** Labels have the logits' shape without the classes. */
function labelDims({ outputs, shape }: LossContext, output: number): readonly number[] {
  const dims = shape(outputs[output] as Value);
  return isMap(dims) ? dims.slice(0, 1) : dims.slice(0, -1);
}

/** The logits as a matrix [samples, classes]. */
function rows(
  { make, outputs, shape }: LossContext,
  output: number,
): { logits: Value; dims: readonly [number, number] } {
  const value = outputs[output];
  if (value === undefined)
    throw new EspalierError("INVALID_OPTION", "The network has no such output", {
      expected: `0 to ${outputs.length - 1}`,
      found: String(output),
    });
  const dims = shape(value);
  const classes = (isMap(dims) ? dims[1] : dims[dims.length - 1]) ?? 1;
  const samples = dims.reduce((all, size) => all * size, 1) / classes;
  return { logits: make.reshape(value, [samples, classes]), dims: [samples, classes] };
}

/** [N, K, 1, 1] */
function isMap(dims: readonly number[]): boolean {
  return dims.length === 4 && dims[2] === 1 && dims[3] === 1;
}

function hits({ make }: LossContext, logits: Value, labels: Value): Value {
  const best = make.op("ArgMax", [logits], { axis: intAttribute(1), keepdims: intAttribute(0) });
  return make.sumAll(make.cast(make.op("Equal", [best, labels]), DataType.INT64));
}
