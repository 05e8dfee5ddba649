// Hints: what a network computes on the way should be what its teacher computes there.

import { DataType } from "@espalier/ir";
import { elementCount } from "../graph/element-count.js";
import { outputOf } from "./logits.js";
import type { Loss } from "./loss.js";

export interface FeatureTerm {
  /** Which output of the network. */
  readonly output: number;
  /** What the teacher's value is fed as. */
  readonly fed: string;
  readonly weight: number;
}

/**
 * Another loss plus Σ weight · mean (z − t)² over all elements of each feature. The teacher's t is fed, of the shape of z.
 *
 * Source: Romero et al. 2015, "FitNets", equation 3, arXiv:1412.6550; without their regressor, so both have one shape.
 */
export function withFeatures(loss: Loss, features: readonly FeatureTerm[]): Loss {
  if (features.length === 0) return loss;
  return {
    name: `${loss.name}, features`,
    append: (context) => {
      const { make } = context;
      const first = loss.append(context);
      const terms = features.map(({ output, fed, weight }) => {
        const own = outputOf(context, output);
        const dims = context.shape(own);
        const difference = make.subtract(own, context.input(fed, dims, DataType.FLOAT));
        const count = elementCount(dims);
        return make.scale(make.sumAll(make.multiply(difference, difference)), weight / count);
      });
      return { loss: make.total([first.loss, ...terms]), correct: first.correct };
    },
  };
}
