// Mean squared error against given outputs.

import { DataType } from "@espalier/ir";
import { elementCount } from "../graph/element-count.js";
import { outputOf } from "./logits.js";
import type { Loss } from "./loss.js";

export interface MeanSquaredErrorOptions {
  /** Which output of the network; its targets are fed as `targets`, of its shape. @default 0 */
  readonly output?: number;
}

/** mean (y − t)² over all elements of the batch. */
export function meanSquaredError({ output = 0 }: MeanSquaredErrorOptions = {}): Loss {
  return {
    name: "mean-squared-error",
    append: (context) => {
      const { make, shape, input } = context;
      const value = outputOf(context, output);
      const dims = shape(value);
      const targets = input("targets", dims, DataType.FLOAT);
      const difference = make.subtract(value, targets);
      const count = elementCount(dims);
      return {
        loss: make.scale(make.sumAll(make.multiply(difference, difference)), 1 / count),
        correct: null,
      };
    },
  };
}
