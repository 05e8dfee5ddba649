// Distillation: learn what another network says, not only which class is right.

import { DataType, EspalierError, intAttribute, type Value } from "@espalier/ir";
import { crossEntropy } from "./cross-entropy.js";
import { logitRows, outputOf } from "./logits.js";
import type { Loss } from "./loss.js";

export interface DistillationOptions {
  /** Both networks' logits are divided by it before the softmax. @default 4 */
  readonly temperature?: number;
  /** Share of the teacher's part in the loss; the rest is cross-entropy with the labels. @default 0.9 */
  readonly weight?: number;
  /** Which output holds the logits, as {@link crossEntropy} takes them. @default 0 */
  readonly output?: number;
}

/**
 * w·T²·KL(softmax(t/T) ‖ softmax(z/T)) + (1 − w)·cross-entropy(z, labels), means over the batch. The teacher's logits t
 * are fed as `teacher`, of the shape of z.
 *
 * Source: Hinton, Vinyals and Dean 2015, "Distilling the Knowledge in a Neural Network", §2, arXiv:1503.02531; T² keeps
 * the gradients of both parts at one scale.
 */
export function distillation({ temperature = 4, weight = 0.9, output = 0 }: DistillationOptions = {}): Loss {
  if (!(temperature > 0) || !(weight >= 0 && weight <= 1))
    throw new EspalierError("INVALID_OPTION", "Distillation needs a temperature and a share", {
      expected: "a temperature above 0, a weight from 0 to 1",
      found: `${temperature}, ${weight}`,
    });
  const labelled = crossEntropy({ output });
  return {
    name: "distillation",
    append: (context) => {
      const { make } = context;
      const hard = labelled.append(context);
      const logits = outputOf(context, output);
      const { samples, dims, matrix } = logitRows(context, logits);
      const teacher = context.input("teacher", dims, DataType.FLOAT);
      const logs = (x: Value): Value =>
        make.op("LogSoftmax", [make.scale(matrix(x), 1 / temperature)], { axis: intAttribute(-1) });
      const [own, wanted] = [logs(logits), logs(teacher)];
      const shares = make.exp(wanted);
      const divergence = make.sumAll(make.multiply(shares, make.subtract(wanted, own)));
      const soft = make.scale(divergence, (weight * temperature ** 2) / samples);
      return { loss: make.add(soft, make.scale(hard.loss, 1 - weight)), correct: hard.correct };
    },
  };
}
