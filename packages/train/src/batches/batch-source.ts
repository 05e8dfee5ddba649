// Where batches come from. Training reads by epoch and index, so that a run which was stopped goes on in the middle of
// an epoch.

import type { Feeds } from "@espalier/core";
import { EspalierError } from "@espalier/ir";

/** The batches of a training set: a pure function of epoch and index. */
export interface BatchSource {
  /** At least one. All batches are of one size. */
  readonly stepsPerEpoch: number;
  /**
   * The inputs of the network by name, and what the loss asks for (`labels`, `targets`).
   *
   * Tensors may be overwritten once the next batch is asked for.
   */
  batch(epoch: number, index: number): Feeds | Promise<Feeds>;
}

/** What a network is evaluated on: every sample once, in batches of any size. */
export interface EvaluationSet {
  /** As histories name it: "validation". */
  readonly name: string;
  /** At least one. */
  readonly batches: number;
  /** As a {@link BatchSource} gives it. */
  batch(index: number): Feeds | Promise<Feeds>;
}

/** @throws EspalierError `INVALID_BATCH` for a set in which nothing is */
export function requireBatches(count: number, where: string): void {
  if (Number.isSafeInteger(count) && count > 0) return;
  throw new EspalierError("INVALID_BATCH", "There is nothing in the set", {
    where,
    expected: "at least one batch",
    found: String(count),
    unblock: "A set that is smaller than a batch gives none; take smaller batches.",
  });
}
