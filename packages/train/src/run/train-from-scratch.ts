// The control of every pruned architecture: the same network, drawn at random and trained.

import { countMacs, defaultHandlers } from "@espalier/core";
import { EspalierError, inferFacts, type Model } from "@espalier/ir";
import { type InitialiseParameter, reinitialise } from "./reinitialise.js";
import { type TrainResult, train } from "./train.js";
import type { TrainOptions } from "./train-options.js";

export interface TrainFromScratchOptions extends TrainOptions {
  readonly initialise: InitialiseParameter;
  /**
   * `epochs` (Scratch-E): as many as the large network was trained for. `computation` (Scratch-B): so many that as much
   * is computed, ⌊epochs · MACs of the large network / MACs of this one⌋. Learning rates follow the longer run.
   */
  readonly budget: "epochs" | "computation";
  /** The network before pruning, at the same sizes; for `computation`. */
  readonly large?: Model;
}

/**
 * Draws all weights anew, by the seed of the run, and trains.
 *
 * Source: Liu et al. 2019, "Rethinking the Value of Network Pruning", §3, arXiv:1810.05270.
 *
 * @throws EspalierError as {@link train}; `SIZE_UNKNOWN` where a MAC count is open
 */
export async function trainFromScratch(options: TrainFromScratchOptions): Promise<TrainResult> {
  const { initialise, model, bindings, seed = 0, rules, trains, epochs, budget, large } = options;
  const fresh = reinitialise({
    ...{ model, bindings, initialise, seed },
    ...(rules === undefined ? {} : { rules }),
    ...(trains === undefined ? {} : { trains }),
  });
  const length = budget === "epochs" ? epochs : computationEpochs(epochs, large, model, bindings);
  return train({ ...options, model: fresh, epochs: length });
}

/** ⌊epochs · MACs of the large network / MACs of the small one⌋. */
function computationEpochs(
  epochs: number,
  large: Model | undefined,
  small: Model,
  bindings: Readonly<Record<string, number>>,
): number {
  if (large === undefined)
    throw new EspalierError("INVALID_OPTION", "The computation to spend is that of the large network", {
      where: "large",
      expected: "the network before pruning",
      found: "none",
    });
  const [before, after] = [large, small].map((model) => {
    const { total } = countMacs(model, inferFacts(model, { bindings }), defaultHandlers());
    if (total === null || total === 0)
      throw new EspalierError("SIZE_UNKNOWN", "The multiply-accumulates cannot be counted", {
        found: String(total),
        unblock: "Bind all symbolic dimensions.",
      });
    return total;
  });
  // In this order: a ratio that is rounded first falls below a whole number of epochs.
  return Math.floor((epochs * (before as number)) / (after as number));
}
