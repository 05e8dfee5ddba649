// Stochastic gradient descent with momentum.

import { requireSetting } from "./checked-setting.js";
import type { Optimiser } from "./optimiser.js";

export interface SgdOptions {
  /** @default 0.9 */
  readonly momentum?: number;
  /** L2 penalty: λ·w is added to the gradient. @default 0 */
  readonly weightDecay?: number;
  /** Step by the gradient where the momentum leads. @default false */
  readonly nesterov?: boolean;
}

/**
 * g ← g + λ·w; v ← m·v + g; w ← w − η·v (with Nesterov: w − η·(g + m·v)).
 *
 * Source: Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning", §2, with the
 * learning rate outside the velocity, as PyTorch has it.
 *
 * @throws EspalierError `INVALID_OPTION` for a momentum outside [0, 1) or a negative weight decay
 */
export function sgd({ momentum = 0.9, weightDecay = 0, nesterov = false }: SgdOptions = {}): Optimiser {
  requireSetting("momentum", momentum, 1);
  requireSetting("weightDecay", weightDecay);
  return {
    name: "sgd",
    slots: momentum === 0 ? [] : ["velocity"],
    scalars: (_, learningRate) => ({ learningRate }),
    update: ({ make, weight, gradient, slots: [velocity], scalars, decays }) => {
      const { learningRate: rate } = scalars;
      if (rate === undefined) throw new Error("sgd is fed its learning rate");
      const pull = decays && weightDecay > 0 ? make.add(gradient, make.scale(weight, weightDecay)) : gradient;
      const next = velocity && make.add(make.scale(velocity, momentum), pull);
      const direction =
        next === undefined ? pull : nesterov ? make.add(pull, make.scale(next, momentum)) : next;
      return {
        weight: make.subtract(weight, make.multiply(direction, rate)),
        slots: next === undefined ? [] : [next],
      };
    },
  };
}
