// Fine-tuning: the network goes on from its weights, with a small learning rate.

import { zeroMasks } from "../masked/zero-masks.js";
import { sgd } from "../optimisers/sgd.js";
import { constantRate } from "../schedules/learning-rate.js";
import { type TrainResult, train } from "./train.js";
import type { TrainOptions } from "./train-options.js";

export interface FineTuneOptions
  extends Omit<TrainOptions, "epochs" | "rate" | "optimiser">,
    Partial<Pick<TrainOptions, "epochs" | "rate" | "optimiser">> {
  /** Weights that are exactly zero stay so: for networks whose single weights were pruned. @default false */
  readonly keepZeros?: boolean;
}

/**
 * Trains on with the settings of Li et al. 2017, §4 (arXiv:1608.08710), where nothing else is said: 40 epochs at a
 * constant rate of 0.001, with the optimiser of their networks: SGD, momentum 0.9, weight decay 10⁻⁴.
 */
export async function fineTune({ keepZeros = false, ...options }: FineTuneOptions): Promise<TrainResult> {
  const masks = new Map([...(keepZeros ? zeroMasks(options.model, options) : []), ...(options.masks ?? [])]);
  return train({
    epochs: 40,
    rate: constantRate(0.001),
    optimiser: sgd({ momentum: 0.9, weightDecay: 1e-4 }),
    ...options,
    masks,
  });
}
