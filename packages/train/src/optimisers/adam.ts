// Adam and AdamW.

import { requireSetting } from "./checked-setting.js";
import type { Optimiser } from "./optimiser.js";

export interface AdamOptions {
  /** @default 0.9 */
  readonly beta1?: number;
  /** @default 0.999 */
  readonly beta2?: number;
  /** @default 1e-8 */
  readonly epsilon?: number;
  /** λ. @default 0 */
  readonly weightDecay?: number;
}

/**
 * m ← β₁·m + (1 − β₁)·g; v ← β₂·v + (1 − β₂)·g²; w ← w − η·m̂/(√v̂ + ε), with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ). Weight decay
 * is an L2 penalty: λ·w is added to g.
 *
 * Source: Kingma and Ba 2015, "Adam: A Method for Stochastic Optimization", algorithm 1, arXiv:1412.6980.
 *
 * @throws EspalierError `INVALID_OPTION` for a β outside [0, 1), a negative ε or weight decay
 */
export function adam(options: AdamOptions = {}): Optimiser {
  return moments("adam", options, false);
}

/**
 * Adam with decoupled weight decay: w ← w − η·(m̂/(√v̂ + ε) + λ·w).
 *
 * Source: Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", algorithm 2, arXiv:1711.05101.
 *
 * @throws EspalierError as {@link adam}
 */
export function adamW(options: AdamOptions = {}): Optimiser {
  return moments("adam-w", { weightDecay: 0.01, ...options }, true);
}

function moments(
  name: string,
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 }: AdamOptions,
  decoupled: boolean,
): Optimiser {
  requireSetting("beta1", beta1, 1);
  requireSetting("beta2", beta2, 1);
  requireSetting("epsilon", epsilon);
  requireSetting("weightDecay", weightDecay);
  return {
    name,
    slots: ["mean", "square"],
    scalars: (step, learningRate) => {
      // m̂ and v̂ are never made: w − η·m̂/(√v̂ + ε) = w − stepSize·m/(√v + floor).
      const root = Math.sqrt(1 - beta2 ** step);
      return { learningRate, stepSize: (learningRate * root) / (1 - beta1 ** step), floor: epsilon * root };
    },
    update: ({ make, weight, gradient, slots, scalars, decays }) => {
      const [mean, square] = slots;
      const { learningRate, stepSize, floor } = scalars;
      if (!mean || !square || !learningRate || !stepSize || !floor)
        throw new Error("adam keeps two moments and is fed three numbers");
      const decay = decays ? weightDecay : 0;
      const g = decay > 0 && !decoupled ? make.add(gradient, make.scale(weight, decay)) : gradient;
      const nextMean = make.add(make.scale(mean, beta1), make.scale(g, 1 - beta1));
      const nextSquare = make.add(make.scale(square, beta2), make.scale(make.multiply(g, g), 1 - beta2));
      const direction = make.divide(nextMean, make.add(make.op("Sqrt", [nextSquare]), floor));
      const stepped = make.subtract(weight, make.multiply(direction, stepSize));
      const shrunk =
        decay > 0 && decoupled
          ? make.subtract(stepped, make.multiply(weight, make.scale(learningRate, decay)))
          : stepped;
      return { weight: shrunk, slots: [nextMean, nextSquare] };
    },
  };
}
