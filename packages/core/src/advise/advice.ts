// Advice: before anything is pruned, what would pay on a target and what would not, each with its reason and the
// number behind it.

import type { Evidence, Granularity } from "../granularity/granularity.js";
import type { AdviceCode } from "./codes.js";

/** Whether it is worth it: `paysAt` says from which gain on. "unknown" where nobody measured. */
export type Pays = "yes" | "little" | "no" | "unknown";

/** What gets better: the time of an answer, or the wait until a page has its model. */
export type Benefit = "latency" | "download";

export interface Advice {
  readonly target: string;
  /** What would be removed: whole units, single zeros, 2:4, … */
  readonly granularity: Granularity;
  readonly benefit: Benefit;
  readonly pays: Pays;
  /** How many times faster; null where no time is promised. */
  readonly gain: number | null;
  readonly code: AdviceCode;
  /** One sentence for people, with the numbers of this network. */
  readonly sentence: string;
  readonly evidence: readonly Evidence[];
}

/** From so many times faster on it pays, and pays a little. */
export const PAYS = 1.3;
export const PAYS_LITTLE = 1.05;

/** The verdict on a gain. */
export function paysAt(gain: number): Exclude<Pays, "unknown"> {
  if (gain >= PAYS) return "yes";
  return gain >= PAYS_LITTLE ? "little" : "no";
}

/**
 * How many times faster the whole becomes when a part of it becomes faster.
 *
 *     1 / ((1 − share) + share / speedup)
 *
 * @param share the part's share of the time, 0 to 1; shares of the MACs stand in where no time is known
 * @see Amdahl 1967
 */
export function gainOfPart(share: number, speedup: number): number {
  return 1 / (1 - share + share / speedup);
}

export function percent(share: number): string {
  const rounded = Math.round(100 * share);
  return rounded === 0 && share > 0 ? "under 1 %" : `${rounded} %`;
}

/** Two decimals near the thresholds. */
export function times(gain: number): string {
  return `${gain.toFixed(gain < 1.5 ? 2 : 1)}×`;
}
