// Learning rates over a run: pure functions of the step.

/** The rate of a step. Steps count from 0; `total` is the length of the run. */
export type LearningRate = (step: number, total: number) => number;

/** η throughout. */
export function constantRate(rate: number): LearningRate {
  return () => rate;
}

/**
 * η, multiplied by `factor` at each of `milestones`, which are shares of the run.
 *
 * Source: He et al. 2016, "Deep Residual Learning", §4.2: a tenth at 50 % and 75 % of the run on CIFAR-10.
 */
export function stepRate(
  rate: number,
  milestones: readonly number[] = [0.5, 0.75],
  factor = 0.1,
): LearningRate {
  return (step, total) => {
    const passed = milestones.filter((share) => step >= share * total).length;
    return rate * factor ** passed;
  };
}

/**
 * From η down to `last` along half a cosine: last + (η − last)·(1 + cos(π·t/T))/2.
 *
 * Source: Loshchilov and Hutter 2017, "SGDR", equation 5 without restarts, arXiv:1608.03983.
 */
export function cosineRate(rate: number, last = 0): LearningRate {
  return (step, total) => last + ((rate - last) * (1 + Math.cos((Math.PI * step) / Math.max(1, total)))) / 2;
}

/** Another schedule, risen to linearly over the first `steps`. */
export function warmUp(steps: number, then: LearningRate): LearningRate {
  return (step, total) => then(step, total) * Math.min(1, (step + 1) / Math.max(1, steps));
}
