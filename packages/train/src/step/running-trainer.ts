// A trainer at work. Weights and what the optimiser keeps lie in two sets of buffers: a call of the runtime reads one and
// writes the other, then they change places.

import { type Feeds, type RuntimeTensor, type Session, seededRandom } from "@espalier/core";
import { DataType, EspalierError, type Model } from "@espalier/ir";
import { elementCount } from "../graph/element-count.js";
import type { FedPort } from "./append-loss.js";
import { checkedBatch } from "./checked-batch.js";
import type { StateBuffers } from "./state-buffers.js";
import type { DrawnPort, StepGraph } from "./step-graph.js";
import type { StepStack } from "./step-stack.js";
import type { PlannedStep, StepResult, Trainer, TrainerOptions, TrainingState } from "./trainer.js";
import { writeWeights } from "./write-weights.js";

export interface TrainerParts extends Pick<TrainerOptions, "model" | "optimiser"> {
  readonly graph: StepGraph;
  readonly buffers: StateBuffers;
  readonly masks: ReadonlyMap<string, RuntimeTensor>;
  readonly setMask: Trainer["setMask"];
  readonly seed: number;
  readonly stepsPerRun: number;
  /** Where the session does several steps: what they are fed. */
  readonly stack: StepStack | null;
  readonly session: Session;
}

interface Planned {
  readonly planned: number;
  /** What so many of them are fed. */
  first(steps: number): Record<string, RuntimeTensor>;
  /** Of the first. */
  readonly rate: number;
}

/** What the runtime gave: states by their names in the graph, and of each step what it was like. */
interface FinishedRun {
  readonly states: Readonly<Record<string, RuntimeTensor>>;
  readonly results: readonly StepResult[];
}

export class RunningTrainer implements Trainer {
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
    const [result] = await this.trainSteps(1, () => ({ batch, learningRate }));
    return result as StepResult;
  }

  async trainSteps(
    count: number,
    plan: Parameters<Trainer["trainSteps"]>[1],
  ): Promise<readonly StepResult[]> {
    const { stepsPerRun, buffers } = this.#parts;
    if (!Number.isSafeInteger(count) || count < 1 || count > stepsPerRun)
      throw new EspalierError("INVALID_OPTION", "A call does no such number of steps", {
        where: "count",
        expected: `1 to ${stepsPerRun}, as stepsPerRun of the trainer says`,
        found: String(count),
      });
    const { planned, first, rate } = await this.#plan(count, plan);
    let done = await this.#run(first(planned));
    const diverged = done.results.findIndex(({ loss }) => !Number.isFinite(loss));
    if (diverged === 0)
      throw new EspalierError("DIVERGED", "The loss is no longer a finite number", {
        expected: "a finite loss",
        found: `${done.results[0]?.loss} in step ${this.#step + 1} at learning rate ${rate}`,
        unblock: "Go on from the last checkpoint with a lower learning rate, or warm up first.",
      });
    // The weights before a step in between lie nowhere: the steps up to there are done again.
    if (diverged > 0) done = await this.#run(first(diverged));
    buffers.swap(done.states);
    this.#step += done.results.length;
    return done.results;
  }

  /** What the next steps are fed, up to one that cannot be; throws where that is the first. */
  async #plan(count: number, plan: Parameters<Trainer["trainSteps"]>[1]): Promise<Planned> {
    const { stack } = this.#parts;
    const start = await plan(this.#step);
    const rate = start.learningRate;
    const fed = this.#fed(start, this.#step);
    if (stack === null) return { planned: 1, first: () => fed, rate };
    stack.put(0, count, fed);
    let planned = 1;
    try {
      for (; planned < count; planned++) {
        const step = this.#step + planned;
        stack.put(planned, count, this.#fed(await plan(step), step));
      }
    } catch {
      // The steps before it are done; the next call meets it again.
    }
    return { planned, first: (steps) => stack.first(steps), rate };
  }

  /** What one step is fed beside states and masks. */
  #fed({ batch, learningRate }: PlannedStep, step: number): Record<string, RuntimeTensor> {
    if (!(learningRate >= 0 && learningRate < Number.POSITIVE_INFINITY))
      throw new EspalierError("INVALID_OPTION", "The learning rate makes no sense", {
        where: `step ${step + 1}`,
        expected: "a number from 0 on",
        found: String(learningRate),
      });
    const numbers = this.#parts.optimiser.scalars(step + 1, learningRate);
    const fed = checkedBatch(batch, this.graph.batch);
    for (const port of this.graph.drawn) fed[port.input] = this.#draw(port, step);
    for (const [name, input] of Object.entries(this.graph.scalars))
      fed[input] = { dataType: DataType.FLOAT, dims: [], data: Float32Array.of(numbers[name] as number) };
    return fed;
  }

  /** From the states as they are, into the spare buffers. */
  async #run(fed: Readonly<Record<string, RuntimeTensor>>): Promise<FinishedRun> {
    const { buffers, masks, session } = this.#parts;
    const feeds: Record<string, RuntimeTensor> = { ...fed, ...buffers.inputs() };
    for (const [name, tensor] of masks) feeds[name] = tensor;
    const states = await session.run(feeds, this.#fetches, buffers.outputs());
    const { loss, correct } = this.graph;
    const numbers = (name: string): readonly number[] => Array.from(states[name]?.data ?? [], Number);
    const right = correct === null ? null : numbers(correct);
    const results = numbers(loss).map((value, i) => ({ loss: value, correct: right?.[i] ?? null }));
    return { states, results };
  }

  #draw({ input, dims, kept }: DrawnPort, step: number): RuntimeTensor {
    const random = seededRandom(this.#parts.seed, `${input}@${step}`);
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
