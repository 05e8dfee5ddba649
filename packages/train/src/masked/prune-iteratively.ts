// Iterative magnitude pruning: train, mask the smallest weights, go on from what was trained or rewind, train again.

import { keptEntries, type MaskRule, type Masks, type MaskWeights } from "@espalier/core";
import { EspalierError, type Model } from "@espalier/ir";
import type { History } from "../run/history.js";
import { type TrainResult, train } from "../run/train.js";
import type { TrainOptions } from "../run/train-options.js";
import type { TrainingState } from "../step/trainer.js";

/** `until` is where each round stops. */
export interface PruneIterativelyOptions extends Omit<TrainOptions, "masks" | "masking" | "from"> {
  /** Says which weights go after each round. */
  readonly rule: MaskRule;
  /** Weights that masks lie on. */
  readonly weights: readonly string[];
  /** Times that weights go, after the dense network is trained. */
  readonly rounds: number;
  /**
   * Where a round begins. A step: weights, optimiser and statistics as they were then, with the learning rates and batches
   * from there on; 0 is the initialisation. `trained`: the weights as trained, with a fresh optimiser.
   */
  readonly rewind: number | "trained";
  /** What rounds that go on from trained weights do otherwise than the first training. */
  readonly retrain?: Partial<Pick<TrainOptions, "epochs" | "rate" | "optimiser">>;
  /** Called when a round is over, 0 being the dense network; again for rounds that are read back. */
  readonly onRound?: (round: PruningRound, trained: TrainResult) => void | Promise<void>;
}

export interface PruningRound {
  readonly round: number;
  /** Entries of the masked weights that are kept, and all of them. */
  readonly kept: number;
  readonly all: number;
  readonly history: History;
}

export interface PrunedIteratively {
  readonly rounds: readonly PruningRound[];
  /** Those of the last round. */
  readonly masks: Masks;
  readonly model: Model;
}

/**
 * With a store it goes on where it was stopped: a round that is over is read back from its last checkpoint.
 *
 * Sources: Han et al. 2015, "Learning both Weights and Connections", §3, arXiv:1506.02626 (`trained`, with
 * `standardDeviations` or `layerSmallest`); Frankle and Carbin 2019, "The Lottery Ticket Hypothesis", §2,
 * arXiv:1803.03635 (`rewind: 0`, with `layerSmallest(lotteryRates(…))`); Frankle et al. 2019, "Stabilizing the Lottery
 * Ticket Hypothesis", arXiv:1903.01611 (later steps). Differs from Han et al.: dropout is not rescaled.
 *
 * @throws EspalierError `INVALID_OPTION` for rounds that are no whole number from 0 on, or a step to rewind to at which a
 *   round is over; else as `train`
 */
export async function pruneIteratively(options: PruneIterativelyOptions): Promise<PrunedIteratively> {
  const { rule, weights, rounds, rewind, retrain = {}, onRound, checkpoints, ...training } = options;
  const whole = training.epochs * training.batches.stepsPerEpoch;
  requireWhole("rounds", rounds, Number.MAX_SAFE_INTEGER);
  if (rewind !== "trained") requireWhole("rewind", rewind, Math.min(whole, training.until ?? whole) - 1);
  const named = (name: string): Pick<TrainOptions, "checkpoints"> =>
    checkpoints === undefined
      ? {}
      : { checkpoints: { ...checkpoints, name: `${checkpoints.name ?? "run"}/${name}` } };
  const dense = new Map(weights.map((name) => [name, null] as const));

  let start: TrainingState | null = null;
  if (rewind !== "trained")
    start = (await train({ ...training, ...named("start"), masks: dense, until: rewind })).state;

  const done: PruningRound[] = [];
  let masks: ReadonlyMap<string, Uint8Array | null> = dense;
  let trained: TrainResult | null = null;
  for (let round = 0; round <= rounds; round++) {
    if (trained !== null) masks = rule.apply(weightsIn(trained.state, weights), trained.masks);
    const again = trained !== null && rewind === "trained";
    trained = await train({
      ...training,
      ...(again ? { ...retrain, model: trained?.model ?? training.model } : {}),
      ...named(`round-${round}`),
      ...(start === null ? {} : { from: start }),
      masks,
    });
    const { history } = trained;
    const finished = { round, ...keptEntries(trained.masks), history };
    done.push(finished);
    await onRound?.(finished, trained);
  }
  const { masks: last, model } = trained as TrainResult;
  return { rounds: done, masks: last, model };
}

/** The rates of the lottery ticket paper: the output layer goes at half the rate of the others. */
export function lotteryRates(output: string, rate = 0.2): (name: string) => number {
  return (name) => (name === output ? rate / 2 : rate);
}

function requireWhole(where: string, value: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= 0 && value <= most) return;
  throw new EspalierError("INVALID_OPTION", "The rounds make no sense", {
    where,
    expected: most === Number.MAX_SAFE_INTEGER ? "a whole number from 0 on" : `a step from 0 to ${most}`,
    found: String(value),
  });
}

function weightsIn(state: TrainingState, names: readonly string[]): MaskWeights {
  return new Map(names.map((name) => [name, state.tensors.get(name) as Float32Array]));
}
