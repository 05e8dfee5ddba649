// Elimination orders of all groups, from the calibration inputs.

import type { Facts } from "@espalier/ir";
import { readFloats, type Tensor } from "@espalier/ir";
import { type CollectOptions, collectGrams, type GroupConsumer } from "../calibration/collect-grams.js";
import { type Consumer, type Elimination, eliminate } from "./elimination.js";
import { centre } from "./least-squares.js";
import type { DenseSide } from "./recovery-jobs.js";

export interface EliminationOptions extends CollectOptions {
  /** λ over the mean diagonal of the Gram matrix. Default 1e-3. */
  readonly ridge?: number;
}

/** Group id → the order in which its units go, and the error after each. Groups without contractions are left out. */
export async function collectEliminations(
  dense: DenseSide,
  options: EliminationOptions,
): Promise<Map<string, Elimination>> {
  const found = new Map<string, Elimination>();
  await collectGrams(dense, options, (group, consumers) => {
    found.set(group.id, eliminate(group.width, problemsOf(consumers, dense.facts), options.ridge ?? 1e-3));
  });
  return found;
}

/** The consumers of a group as elimination sees them: one problem per block. */
export function problemsOf(consumers: readonly GroupConsumer[], facts: Facts): Consumer[] {
  return consumers.flatMap(({ station, sums, unitOf }) => {
    const { blocks, columns: n, outputs: m } = sums;
    const matrix = station.contraction.toMatrix(readFloats(facts.constant(station.contraction.w) as Tensor));
    return Array.from({ length: blocks }, (_, block) => ({
      n,
      m,
      gram: centre(sums, block).gram,
      weights: matrix.subarray(block * n * m, (block + 1) * n * m),
      unitOf,
    }));
  });
}
