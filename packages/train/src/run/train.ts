// A training run: epochs of steps, evaluations, checkpoints. It can be stopped anywhere, by a signal or by the end of the
// process, and goes on to the bit: every step is a function of what a checkpoint holds.

import { abortedError, keptEntries, type Masks } from "@espalier/core";
import { EspalierError, isEspalierError, type Model } from "@espalier/ir";
import { requireBatches } from "../batches/batch-source.js";
import { encodeCheckpoint } from "../checkpoint/checkpoint.js";
import { newestCheckpoint } from "../checkpoint/newest-checkpoint.js";
import { elementCount } from "../graph/element-count.js";
import { createTrainer, type Trainer, type TrainingState } from "../step/trainer.js";
import { evaluate } from "./evaluate.js";
import { type History, HistoryRecorder } from "./history.js";
import { digestOptions } from "./options-digest.js";
import { Pace, type TrainingProgress } from "./progress.js";
import { mostSteps, stepsAtOnce } from "./steps-at-once.js";
import type { TrainOptions } from "./train-options.js";

export interface TrainResult {
  readonly model: Model;
  readonly history: History;
  /** What a later run can begin with. */
  readonly state: TrainingState;
  /** By the name of a weight; empty where no mask lies on any. */
  readonly masks: Masks;
  /** The step of the checkpoint that the run went on from; null where it began. */
  readonly resumedAt: number | null;
}

/**
 * Trains a network.
 *
 * @throws EspalierError as {@link createTrainer}; `INVALID_OPTION` for lengths and rates that make no sense, or two sets of one
 *   name; `INVALID_BATCH`, also for an empty set; `DIVERGED` where the loss or a weight is no longer finite, the last
 *   checkpoint is one in which all is; `CHECKPOINT_MISMATCH` where the store holds another run; `ABORTED`, after a
 *   checkpoint; what the store throws
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  requireBatches(options.batches.stepsPerEpoch, "training");
  for (const [name, value, least] of [
    ["epochs", options.epochs, 1],
    ["evaluateEvery", options.evaluateEvery ?? 1, 0],
    ["until", options.until ?? 0, 0],
    ["curveEvery", options.curveEvery ?? 1, 1],
    ["checkpoints.every", options.checkpoints?.every ?? 1, 1],
  ] as const)
    if (!Number.isSafeInteger(value) || value < least)
      throw new EspalierError("INVALID_OPTION", "The run makes no sense", {
        where: name,
        expected: `a whole number from ${least} on`,
        found: String(value),
      });
  const sets = options.evaluate?.map(({ name }) => name) ?? [];
  const twice = sets.find((name, i) => sets.indexOf(name) !== i);
  if (twice !== undefined)
    throw new EspalierError("INVALID_OPTION", "Two sets to evaluate on have one name", {
      where: "evaluate",
      expected: "a name for each",
      found: twice,
    });
  const stepsPerRun = mostSteps(options);
  const trainer = await createTrainer({ ...withMasks(options), stepsPerRun });
  try {
    const run = new Run(options, trainer, stepsPerRun);
    await run.begin();
    await run.advance();
    return run.result();
  } finally {
    await trainer.dispose();
  }
}

/** Weights that a masking may mask later carry masks from the start, of which all is kept. */
function withMasks(options: TrainOptions): TrainOptions {
  const { masking, masks = new Map() } = options;
  const { signal: _, ...rest } = options; // Between steps: a session that is stopped would lose what lies in it.
  if (masking === undefined) return rest;
  const later = masking.weights.filter((name) => !masks.has(name)).map((name) => [name, null] as const);
  return { ...rest, masks: new Map([...masks, ...later]) };
}

class Run {
  readonly #options: TrainOptions;
  readonly #trainer: Trainer;
  readonly #total: number;
  readonly #last: number;
  readonly #perEpoch: number;
  readonly #most: number;
  readonly #recorder: HistoryRecorder;
  readonly #pace: Pace;
  #masks: Masks;
  #digest = "";
  #resumedAt: number | null = null;
  /** Since the last checkpoint. */
  #changed = true;
  #latest: Pick<TrainingProgress, "loss" | "accuracy"> = { loss: Number.NaN, accuracy: null };

  constructor(options: TrainOptions, trainer: Trainer, most: number) {
    this.#options = options;
    this.#trainer = trainer;
    this.#most = most;
    this.#perEpoch = options.batches.stepsPerEpoch;
    this.#total = options.epochs * this.#perEpoch;
    this.#last = Math.min(this.#total, options.until ?? this.#total);
    this.#recorder = new HistoryRecorder({ stepsPerEpoch: this.#perEpoch, steps: this.#total });
    this.#pace = new Pace(() => options.host.now(), trainer.batch[0]?.dims[0] ?? 1);
    this.#masks = trainer.masks();
  }

  /** From the checkpoint, from what the options begin with, or from the model's weights. */
  async begin(): Promise<void> {
    const { from, rate, optimiser, seed = 0, key = "", masking, host, checkpoints } = this.#options;
    if (from !== undefined) {
      this.#trainer.restore(from);
      this.#setMasks(this.#masks);
    }
    if (checkpoints === undefined) return this.#mask();
    this.#digest = await digestOptions(
      this.#trainer,
      {
        ...{ rate, optimiser, steps: this.#total, stepsPerEpoch: this.#perEpoch, masks: this.#masks },
        names: { seed, key, masking: masking?.name ?? null, ...this.#every() },
      },
      host,
    );
    const { store, name = "run" } = checkpoints;
    const found = await newestCheckpoint(store, `${name}.safetensors`, host);
    if (found === null) return this.#mask();
    if (found.options !== this.#digest)
      throw new EspalierError("CHECKPOINT_MISMATCH", "The store holds a checkpoint of another run", {
        where: name,
        expected: this.#digest,
        found: found.options,
        unblock: "Give this run another name, or remove the checkpoints of the other.",
      });
    this.#trainer.restore(found.state);
    this.#setMasks(found.masks);
    this.#recorder.restore(found.run);
    this.#resumedAt = found.state.step;
    this.#changed = false;
  }

  async advance(): Promise<void> {
    try {
      await this.#evaluate();
      while (this.#trainer.step < this.#last) {
        await this.#steps();
        await this.#evaluate();
        if (this.#trainer.step % this.#checkpointEvery === 0) await this.#save();
      }
    } catch (error) {
      if (isEspalierError(error, "ABORTED")) await this.#save();
      throw error;
    }
    await this.#save();
  }

  result(): TrainResult {
    return {
      model: this.#trainer.model(),
      history: this.#recorder.history(),
      state: this.#trainer.state(),
      masks: this.#masks,
      resumedAt: this.#resumedAt,
    };
  }

  /** Steps up to the next evaluation, checkpoint, or end; not always all of them. */
  async #steps(): Promise<void> {
    const { batches, rate, signal } = this.#options;
    const done = this.#trainer.step;
    const { evaluateEvery, curveEvery } = this.#every();
    const until = (every: number): number => (every > 0 ? every - (done % every) : Number.POSITIVE_INFINITY);
    const due = [this.#last - done, until(evaluateEvery), until(this.#checkpointEvery)];
    const count = stepsAtOnce(this.#most, due, this.#pace.lastStepMs, this.#trainer.graph);
    const rates = Array.from({ length: count }, (_, i) => rate(done + i, this.#total));
    const results = await this.#pace.steps(() =>
      this.#trainer.trainSteps(count, async (step) => {
        if (signal?.aborted) throw abortedError(signal);
        const batch = await batches.batch(Math.floor(step / this.#perEpoch), step % this.#perEpoch);
        return { batch, learningRate: rates[step - done] as number };
      }),
    );
    const labels = labelsIn(this.#trainer);
    this.#changed = true;
    for (const [i, result] of results.entries())
      this.#recorder.addStep(done + i + 1, result, {
        learningRate: rates[i] as number,
        every: curveEvery,
        labels,
      });
    this.#mask(); // where masks change, there was one step
    for (const [i, { loss, correct }] of results.entries()) {
      this.#latest = { loss, accuracy: correct === null ? null : correct / labels };
      this.#report("train", done + i + 1);
    }
  }

  #mask(): void {
    const { masking } = this.#options;
    if (masking === undefined) return;
    const own = new Map(masking.weights.map((name) => [name, this.#masks.get(name) as Uint8Array]));
    const next = masking.after(this.#trainer.step, this.#trainer.weights(), own);
    if (next !== null) this.#setMasks(next);
  }

  #setMasks(masks: Masks): void {
    for (const [name, mask] of masks) this.#trainer.setMask(name, mask);
    this.#masks = this.#trainer.masks();
  }

  /** Where it is due: on the sets that are still to come. */
  async #evaluate(): Promise<void> {
    const { evaluate: all = [], metric, runtime, threads, signal } = this.#options;
    const { evaluateEvery } = this.#every();
    const { step } = this.#trainer;
    const due = step === 0 || step === this.#total || (evaluateEvery > 0 && step % evaluateEvery === 0);
    const sets = due ? all.filter(({ name }) => !this.#recorder.has(step, name)) : [];
    if (sets.length === 0) return;
    const model = this.#trainer.model();
    for (const set of sets) {
      const scores = await evaluate({
        ...{ runtime, model, set },
        ...(metric === undefined ? {} : { metric }),
        ...(threads === undefined ? {} : { threads }),
        ...(signal === undefined ? {} : { signal }),
      });
      const { kept, all } = keptEntries(this.#masks);
      this.#changed = true;
      this.#recorder.addEvaluation({ step, set: set.name, ...scores, kept: all === 0 ? null : kept / all });
      this.#latest = scores;
      this.#report("evaluate", step);
    }
  }

  /** Unless it is there already. */
  async #save(): Promise<void> {
    const { host, checkpoints } = this.#options;
    if (!this.#changed) return;
    const state = this.#trainer.state();
    for (const [name, values] of state.tensors)
      if (!values.every(Number.isFinite))
        throw new EspalierError("DIVERGED", "A weight, or what goes with it, is no longer a finite number", {
          value: name,
          found: `after step ${state.step}`,
          unblock: "Go on from the last checkpoint with a lower learning rate, or warm up first.",
        });
    if (checkpoints === undefined) return;
    const checkpoint = { options: this.#digest, state, masks: this.#masks, run: this.#recorder.toJSON() };
    const { graph } = this.#trainer;
    const shapes = new Map([...graph.parameters, ...graph.others].map(({ name, dims }) => [name, dims]));
    await checkpoints.store.write(
      `${checkpoints.name ?? "run"}.safetensors`,
      await encodeCheckpoint(checkpoint, shapes, host),
    );
    this.#changed = false;
  }

  /** Steps between checkpoints; not in the digest, a run may be stopped anywhere. */
  get #checkpointEvery(): number {
    return this.#options.checkpoints?.every ?? this.#perEpoch;
  }

  #every(): { readonly evaluateEvery: number; readonly curveEvery: number } {
    const { evaluateEvery = this.#perEpoch, curveEvery = Math.ceil(this.#total / 1000) } = this.#options;
    return { evaluateEvery, curveEvery };
  }

  #report(phase: TrainingProgress["phase"], step: number): void {
    this.#options.onProgress?.({
      ...{ phase, done: step, total: this.#total, unit: "steps" },
      epoch: Math.floor(step / this.#perEpoch),
      ...this.#latest,
      ...this.#pace.report(this.#last - step),
    });
  }
}

/** Predictions in a batch: labels, or samples where there are none. */
function labelsIn({ batch }: Trainer): number {
  const port = batch.find(({ classes }) => classes !== null);
  return port === undefined ? (batch[0]?.dims[0] ?? 1) : elementCount(port.dims);
}
