// What a run depends on, as one digest: a checkpoint only goes on in the run that it is of.

import type { Host } from "@espalier/core";
import type { LearningRate } from "../schedules/learning-rate.js";
import type { Trainer } from "../step/trainer.js";

export interface DigestedOptions {
  readonly rate: LearningRate;
  readonly steps: number;
  readonly stepsPerEpoch: number;
  readonly masks: ReadonlyMap<string, Uint8Array>;
  readonly names: Readonly<Record<string, unknown>>;
}

/**
 * Over the step graph (network, loss, optimiser, batch size), what the trainer begins with, masks, and the learning rate
 * of every step. Functions cannot be digested otherwise than by what they give.
 */
export async function digestOptions(
  trainer: Trainer,
  { rate, steps, stepsPerEpoch, masks, names }: DigestedOptions,
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
  ]);
}
