// What a run depends on, as one digest: a checkpoint only goes on in the run that it is of.

import type { Host } from "@espalier/core";
import type { Optimiser } from "../optimisers/optimiser.js";
import type { LearningRate } from "../schedules/learning-rate.js";
import type { Trainer } from "../step/trainer.js";

export interface DigestedOptions {
  readonly rate: LearningRate;
  readonly optimiser: Optimiser;
  readonly steps: number;
  readonly stepsPerEpoch: number;
  readonly masks: ReadonlyMap<string, Uint8Array>;
  readonly names: Readonly<Record<string, unknown>>;
}

/**
 * Over the step graph (network, loss, optimiser, batch size), what the trainer begins with, masks, and of every step the
 * learning rate and what else the optimiser is fed. Functions cannot be digested otherwise than by what they give.
 */
export async function digestOptions(
  trainer: Trainer,
  { rate, optimiser, steps, stepsPerEpoch, masks, names }: DigestedOptions,
  host: Pick<Host, "sha256">,
): Promise<string> {
  const { step, tensors } = trainer.state();
  const rates = Float64Array.from({ length: steps }, (_, i) => rate(i, steps));
  const described = [...tensors, ...masks].map(([name, { length }]) => [name, length]);
  const text = JSON.stringify({ step, steps, stepsPerEpoch, names, described });
  const bytes = (array: Float32Array | Float64Array | Uint8Array): Uint8Array =>
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return host.sha256([
    new TextEncoder().encode(text),
    trainer.graph.bytes,
    bytes(rates),
    ...[...tensors.values()].map(bytes),
    ...masks.values(),
    ...fed(optimiser, rates).flatMap(({ name, numbers }) => [new TextEncoder().encode(name), bytes(numbers)]),
  ]);
}

/** The optimiser's numbers of every step beside the learning rates: what they are made of is in no graph. */
function fed(optimiser: Optimiser, rates: Float64Array): { name: string; numbers: Float64Array }[] {
  const names = Object.keys(optimiser.scalars(1, 1)).filter((name) => name !== "learningRate");
  return names.map((name) => ({
    name: `${optimiser.name} ${name}`,
    numbers: rates.map((rate, i) => optimiser.scalars(i + 1, rate)[name] as number),
  }));
}
