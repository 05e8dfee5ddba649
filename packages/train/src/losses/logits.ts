// Where a classifier's answer lies: which output, and which of its axes counts the classes.

import { EspalierError, type Value } from "@espalier/ir";
import { elementCount } from "../graph/element-count.js";
import type { LossContext } from "./loss.js";

/** An output of the network by its number. @throws EspalierError `INVALID_OPTION` */
export function outputOf({ outputs }: Pick<LossContext, "outputs">, output: number): Value {
  const value = outputs[output];
  if (value === undefined)
    throw new EspalierError("INVALID_OPTION", "The network has no such output", {
      expected: `0 to ${outputs.length - 1}`,
      found: String(output),
    });
  return value;
}

/** How many classes logits [N, K], [N, ..., K], or [N, K, 1, 1] as older classifiers have them, tell apart. */
export function logitClasses(dims: readonly number[]): number {
  return (isMap(dims) ? dims[1] : dims.at(-1)) ?? 1;
}

export interface LogitRows {
  readonly samples: number;
  readonly classes: number;
  /** Of the labels: those of the logits without the classes. */
  readonly labelDims: readonly number[];
  /** Of the logits as they come. */
  readonly dims: readonly number[];
  /** A value of these sizes as a matrix [samples, classes]. */
  matrix(value: Value): Value;
}

/** @throws EspalierError `SIZE_UNKNOWN` */
export function logitRows({ make, shape }: Pick<LossContext, "make" | "shape">, value: Value): LogitRows {
  const dims = shape(value);
  const classes = logitClasses(dims);
  const samples = elementCount(dims) / classes;
  const labelDims = isMap(dims) ? dims.slice(0, 1) : dims.slice(0, -1);
  return { samples, classes, labelDims, dims, matrix: (one) => make.reshape(one, [samples, classes]) };
}

function isMap(dims: readonly number[]): boolean {
  return dims.length === 4 && dims[2] === 1 && dims[3] === 1;
}
