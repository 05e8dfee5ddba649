// The widths that a group may take under a budget, and the importance it keeps at each.

import type { CoupledGroup } from "../groups/coupled-group.js";
import type { ScoredGroup } from "./allocation.js";

/** More widths than this are not tried for one group. */
const MOST_WIDTHS = 48;

export interface Choices {
  /** Widths on the stairs, ascending; the last is the present one. */
  readonly widths: readonly number[];
  /** Importance kept at each of them. */
  readonly kept: readonly number[];
  readonly scores: Float64Array;
}

export interface ChoiceOptions {
  readonly step: number;
  readonly minWidth: number;
  readonly maxRatio?: number;
  readonly weightOf?: (group: CoupledGroup) => number;
}

export function choicesOf(
  { group, scores }: ScoredGroup,
  { step, minWidth, maxRatio = 1, weightOf = () => 1 }: ChoiceOptions,
): Choices {
  const weight = weightOf(group);
  const present = scores.reduce((sum, score) => sum + (score >= 0 ? 1 : 0), 0);
  const fewest = Math.min(present, Math.max(1, minWidth, Math.ceil(group.width * (1 - maxRatio) - 1e-9)));
  const stride = Math.max(1, Math.ceil(present / step / MOST_WIDTHS)) * step;
  const widths: number[] = [];
  for (let width = Math.ceil(fewest / step) * step; width < present; width += stride) widths.push(width);
  widths.push(present);
  const sorted = [...scores].filter((score) => score >= 0).sort((a, b) => b - a);
  const total = sorted.reduce((sum, score) => sum + score, 0);
  const mean = total > 0 ? total / sorted.length : 1;
  const sums = [0];
  for (const score of sorted) sums.push((sums.at(-1) as number) + weight * (total > 0 ? score / mean : 1));
  return { widths, kept: widths.map((width) => sums[width] as number), scores };
}
