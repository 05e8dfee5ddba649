// Runs training steps on a runtime. Weights and what the optimiser keeps lie in two sets of buffers: a step reads one and
// writes the other, then they change places.

import { type Feeds, type Runtime, type RuntimeTensor, type Session, seededRandom } from "@espalier/core";
import { DataType, EspalierError, type Model } from "@espalier/ir";
import { defaultGradients } from "../gradients/all.js";
import type { GradientRegistry } from "../gradients/gradient-rule.js";
import { elementCount } from "../graph/element-count.js";
import type { FedPort } from "./append-loss.js";
import { checkedBatch } from "./checked-batch.js";
import { StateBuffers } from "./state-buffers.js";
import { buildStepGraph, type DrawnPort, type StepGraph, type StepGraphOptions } from "./step-graph.js";
import { writeWeights } from "./write-weights.js";

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
  readonly threads?: number;
  readonly signal?: AbortSignal;
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
  /** What is run. */
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
  /** The weights as they are, views: the second step from here on overwrites them, and so does `setMask`. */
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

/** @throws EspalierError as {@link buildStepGraph} and {@link Trainer.setMask} */
export async function createTrainer(options: TrainerOptions): Promise<Trainer> {
  const {
    runtime,
    model,
    optimiser,
    masks = new Map(),
    rules = defaultGradients(),
    seed = 0,
    threads,
    signal,
  } = options;
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
  const session = await runtime.load(graph.bytes, {
    spinning: true, // the next of a step's many small kernels follows at once
    ...(threads === undefined ? {} : { threads }),
    ...(signal === undefined ? {} : { signal }),
  });
  return new RunningTrainer({ model, graph, optimiser, buffers, masks: kept, setMask, seed, session });
}

interface TrainerParts extends Pick<TrainerOptions, "model" | "optimiser"> {
  readonly graph: StepGraph;
  readonly buffers: StateBuffers;
  readonly masks: ReadonlyMap<string, RuntimeTensor>;
  readonly setMask: Trainer["setMask"];
  readonly seed: number;
  readonly session: Session;
}

class RunningTrainer implements Trainer {
  readonly graph: StepGraph;
  readonly setMask: Trainer["setMask"];
  readonly #parts: TrainerParts;
  readonly #fetches: readonly string[];
  #step = 0;

  constructor(parts: TrainerParts) {
    const { graph, setMask } = parts;
    this.graph = graph;
    this.setMask = setMask;
    this.#parts = parts;
    this.#fetches = [
      ...[...graph.parameters, ...graph.others].map(({ output }) => output),
      ...[graph.loss, graph.correct].filter((name) => name !== null),
    ];
  }

  get batch(): readonly FedPort[] {
    return this.graph.batch;
  }

  get parameters(): Trainer["parameters"] {
    return this.graph.parameters;
  }

  get step(): number {
    return this.#step;
  }

  async train(batch: Feeds, learningRate: number): Promise<StepResult> {
    if (!(learningRate >= 0 && learningRate < Number.POSITIVE_INFINITY))
      throw new EspalierError("INVALID_OPTION", "The learning rate makes no sense", {
        where: `step ${this.#step + 1}`,
        expected: "a number from 0 on",
        found: String(learningRate),
      });
    const numbers = this.#parts.optimiser.scalars(this.#step + 1, learningRate);
    const feeds: Record<string, RuntimeTensor> = {
      ...checkedBatch(batch, this.graph.batch),
      ...this.#parts.buffers.inputs(),
    };
    for (const [name, tensor] of this.#parts.masks) feeds[name] = tensor;
    for (const port of this.graph.drawn) feeds[port.input] = this.#draw(port);
    for (const [name, input] of Object.entries(this.graph.scalars))
      feeds[input] = { dataType: DataType.FLOAT, dims: [], data: Float32Array.of(numbers[name] as number) };
    const results = await this.#parts.session.run(feeds, this.#fetches, this.#parts.buffers.outputs());
    const loss = Number(results[this.graph.loss]?.data[0]);
    if (!Number.isFinite(loss))
      throw new EspalierError("DIVERGED", "The loss is no longer a finite number", {
        expected: "a finite loss",
        found: `${loss} in step ${this.#step + 1} at learning rate ${learningRate}`,
        unblock: "Go on from the last checkpoint with a lower learning rate, or warm up first.",
      });
    this.#parts.buffers.swap(results);
    this.#step++;
    const correct = this.graph.correct;
    return { loss, correct: correct === null ? null : Number(results[correct]?.data[0]) };
  }

  /** Of the step that is about to be done. */
  #draw({ input, dims, kept }: DrawnPort): RuntimeTensor {
    const random = seededRandom(this.#parts.seed, `${input}@${this.#step}`);
    const size = elementCount(dims);
    const data = Uint8Array.from({ length: size }, () => Number(random.uniform() < kept));
    return { dataType: DataType.BOOL, dims, data };
  }

  weights(): ReadonlyMap<string, Float32Array> {
    return new Map(
      this.graph.parameters.map(({ name }) => [name, this.#parts.buffers.current(name) as Float32Array]),
    );
  }

  model(): Model {
    const stored = [...this.graph.parameters, ...this.graph.others].filter(({ initial }) => initial !== null);
    return writeWeights(
      this.#parts.model,
      new Map(stored.map(({ name }) => [name, this.#parts.buffers.current(name) as Float32Array])),
    );
  }

  state(): TrainingState {
    return { step: this.#step, tensors: this.#parts.buffers.copy() };
  }

  restore({ step, tensors }: TrainingState): void {
    this.#parts.buffers.restore(tensors);
    this.#step = step;
  }

  masks(): ReadonlyMap<string, Uint8Array> {
    return new Map(
      this.graph.parameters.flatMap(({ name, mask }) => {
        const kept = mask === null ? undefined : this.#parts.masks.get(mask);
        return kept === undefined ? [] : [[name, (kept.data as Uint8Array).slice()] as const];
      }),
    );
  }

  async dispose(): Promise<void> {
    await this.#parts.session.dispose();
  }
}
