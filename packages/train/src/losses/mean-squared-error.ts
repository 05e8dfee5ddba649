// Mean squared error against given outputs.

import { DataType, EspalierError } from "@espalier/ir";
import type { Loss } from "./loss.js";

export interface MeanSquaredErrorOptions {
  /** Which output of the network; its targets are fed as `targets`, of its shape. @default 0 */
  readonly output?: number;
}

/** mean (y − t)² over all elements of the batch. */
export function meanSquaredError({ output = 0 }: MeanSquaredErrorOptions = {}): Loss {
  return {
    name: "mean-squared-error",
    append: ({ make, outputs, shape, input }) => {
      const value = outputs[output];
      if (value === undefined)
        throw new EspalierError("INVALID_OPTION", "The network has no such output", {
          expected: `0 to ${outputs.length - 1}`,
          found: String(output),
        });
      const dims = shape(value);
      const targets = input("targets", dims, DataType.FLOAT);
      const difference = make.subtract(value, targets);
      const count = dims.reduce((all, size) => all * size, 1);
      return {
        loss: make.scale(make.sumAll(make.multiply(difference, difference)), 1 / count),
        correct: null,
      };
    },
  };
}
