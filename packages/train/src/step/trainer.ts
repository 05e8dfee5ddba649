// What runs training steps on a runtime, and what it promises.

import type { Feeds, Runtime, RuntimeTensor } from "@espalier/core";
import { DataType, EspalierError, type Model } from "@espalier/ir";
import { defaultGradients } from "../gradients/all.js";
import type { GradientRegistry } from "../gradients/gradient-rule.js";
import type { FedPort } from "./append-loss.js";
import { repeatedStep, repeatsToTheBit } from "./repeated-step.js";
import { RunningTrainer } from "./running-trainer.js";
import { StateBuffers } from "./state-buffers.js";
import { buildStepGraph, type StepGraph, type StepGraphOptions } from "./step-graph.js";
import { StepStack } from "./step-stack.js";

export interface TrainerOptions extends Omit<StepGraphOptions, "rules" | "masked"> {
  readonly runtime: Runtime;
  readonly rules?: GradientRegistry;
  /** By the name of a weight: 1 where an entry is kept, 0 where it is and stays zero; null to mask it later. */
  readonly masks?: ReadonlyMap<string, Uint8Array | null>;
  /**
   * What is drawn while training depends on the seed and the number of the step alone.
   *
   * @default 0
   */
  readonly seed?: number;
  /**
   * How many steps one call of the runtime does at most, see {@link Trainer.trainSteps}. Weights come out the same, to the bit.
   *
   * @default 1
   */
  readonly stepsPerRun?: number;
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

/** A step to do. */
export interface PlannedStep {
  readonly batch: Feeds;
  readonly learningRate: number;
}

export interface StepResult {
  readonly loss: number;
  /** Right predictions in the batch; null where the loss does not count them. */
  readonly correct: number | null;
}

/** Everything a run goes on from: by state name, row-major. */
export interface TrainingState {
  readonly step: number;
  readonly tensors: ReadonlyMap<string, Float32Array>;
}

export interface Trainer {
  /** One step as a graph. */
  readonly graph: StepGraph;
  /** What a batch must hold. */
  readonly batch: readonly FedPort[];
  /** Names and shapes of the weights that change. */
  readonly parameters: readonly { readonly name: string; readonly dims: readonly number[] }[];
  /** Steps done. */
  readonly step: number;
  /**
   * One step at a learning rate.
   * @throws EspalierError `INVALID_BATCH`; `INVALID_OPTION` for a rate that is no number from 0 on; `DIVERGED` when the loss is not finite; the weights are those before the step then
   */
  train(batch: Feeds, learningRate: number): Promise<StepResult>;
  /**
   * Steps one after the other in one call of the runtime: after a call the engine copies the weights into its results, which
   * on small networks takes as long as a step.
   *
   * @param count 1 to `stepsPerRun`
   * @param plan asked for each step in turn, by its number in the training from 0 on; must give the same when it is asked
   *   again. Its batch is copied before the next is asked for
   * @returns of the steps that were done, at least one. Fewer than `count` where a later one cannot be done, which the next call
   *   says, and one where floats of a batch do not fill whole 16 bytes: behind each other they would be summed in another order
   * @throws EspalierError as {@link Trainer.train}, or what `plan` throws, of the first step; `INVALID_OPTION` for another count
   */
  trainSteps(
    count: number,
    plan: (step: number) => PlannedStep | Promise<PlannedStep>,
  ): Promise<readonly StepResult[]>;
  /** The weights as they are, views: the second call of `train` or `trainSteps` from here on overwrites them, and so does `setMask`. */
  weights(): ReadonlyMap<string, Float32Array>;
  /** The network with the weights as they are, copied. */
  model(): Model;
  /** A copy of all there is to go on from. */
  state(): TrainingState;
  /** @throws EspalierError `CHECKPOINT_MISMATCH` when it is not one of this network and optimiser */
  restore(state: TrainingState): void;
  /** What is kept, by the name of the weight; copied. */
  masks(): ReadonlyMap<string, Uint8Array>;
  /**
   * Changes what is kept; weights that are not become zero at once.
   * @throws EspalierError `INVALID_OPTION` for a mask of a wrong length, of other entries than 0 and 1, or of no weight
   */
  setMask(name: string, mask: Uint8Array): void;
  dispose(): Promise<void>;
}

/** @throws EspalierError as {@link buildStepGraph} and {@link Trainer.setMask}; `INVALID_OPTION` for `stepsPerRun` below 1 */
export async function createTrainer(options: TrainerOptions): Promise<Trainer> {
  const {
    runtime,
    model,
    optimiser,
    masks = new Map(),
    rules = defaultGradients(),
    seed = 0,
    stepsPerRun = 1,
    threads,
    signal,
  } = options;
  if (!Number.isSafeInteger(stepsPerRun) || stepsPerRun < 1)
    throw new EspalierError("INVALID_OPTION", "A call does no such number of steps", {
      where: "stepsPerRun",
      expected: "a whole number from 1 on",
      found: String(stepsPerRun),
    });
  const graph = buildStepGraph({ ...options, rules, masked: [...masks.keys()] });
  const buffers = new StateBuffers([...graph.parameters, ...graph.others]);
  const kept = new Map<string, RuntimeTensor>();
  const setMask = (name: string, mask: Uint8Array): void => {
    const port = graph.parameters.find((one) => one.name === name);
    const weights = buffers.current(name);
    if (port?.mask == null || weights === undefined || mask.length !== weights.length)
      throw new EspalierError("INVALID_OPTION", "The mask fits no masked weight", {
        value: name,
        expected:
          port?.mask == null ? "a weight that had a mask from the start" : `${weights?.length} entries`,
        found: `${mask.length} entries`,
      });
    const other = mask.find((keep) => keep > 1);
    if (other !== undefined)
      throw new EspalierError("INVALID_OPTION", "A mask says what is kept", {
        value: name,
        expected: "1 where an entry is kept, else 0",
        found: String(other),
      });
    for (const [i, keep] of mask.entries()) if (keep === 0) weights[i] = 0;
    kept.set(port.mask, { dataType: DataType.BOOL, dims: port.dims, data: mask.slice() });
  };
  for (const [name, mask] of masks)
    setMask(name, mask ?? new Uint8Array(buffers.current(name)?.length ?? 0).fill(1));
  const stack = stepsPerRun > 1 && repeatsToTheBit(graph) ? new StepStack() : null;
  const session = await runtime.load(stack === null ? graph.bytes : repeatedStep(graph), {
    spinning: true, // the next of a step's many small kernels follows at once
    ...(threads === undefined ? {} : { threads }),
    ...(signal === undefined ? {} : { signal }),
  });
  return new RunningTrainer({
    model,
    graph,
    optimiser,
    buffers,
    masks: kept,
    setMask,
    seed,
    stepsPerRun,
    stack,
    session,
  });
}
