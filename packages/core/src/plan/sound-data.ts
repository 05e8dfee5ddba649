// Whether the steps of a plan and its data file fit each other, as far as plan.json alone can tell.

import { type EspalierError, quoteName } from "@espalier/ir";
import { patternMisfit } from "../n-m/pattern-axis.js";
import type { MaskStep, PruningPlan } from "./plan.js";
import { isDataStep, segmentBytes } from "./plan-data.js";

type Contradiction = (path: readonly (string | number)[], expected: string, found: string) => EspalierError;

/**
 * Segments follow one another without gaps to the end of the file, each as long as its step says; no group is permuted
 * and no weight masked twice; patterns fit their weights.
 */
export function requireSoundData({ steps, data }: PruningPlan, contradiction: Contradiction): void {
  let end = 0;
  const seen = new Set<string>();
  for (const [i, step] of steps.entries()) {
    if (!isDataStep(step)) continue;
    if (data === undefined) throw contradiction(["data"], "the file that holds orders and masks", "none");
    const about = step.kind === "permute" ? `group ${step.group}` : `weight ${step.tensor}`;
    if (seen.has(about)) throw contradiction(["steps", i], "one such step each", quoteName(about));
    seen.add(about);
    const { offset, bytes } = step.data;
    if (offset !== end) throw contradiction(["steps", i, "data", "offset"], String(end), String(offset));
    const wanted = segmentBytes(step);
    if (bytes !== wanted) throw contradiction(["steps", i, "data", "bytes"], String(wanted), String(bytes));
    end += bytes;
    if (step.kind === "mask") requirePattern(step, i, contradiction);
  }
  if (end !== (data?.bytes ?? 0)) throw contradiction(["data", "bytes"], String(end), String(data?.bytes));
}

function requirePattern({ dims, pattern }: MaskStep, i: number, contradiction: Contradiction): void {
  if (pattern === undefined) return;
  const at = ["steps", i, "pattern"];
  if (pattern.nonzero >= pattern.block)
    throw contradiction([...at, "nonzero"], `less than ${pattern.block}`, String(pattern.nonzero));
  const misfit = patternMisfit({ dims, axis: pattern.axis }, pattern);
  if (misfit !== null) throw contradiction([...at, "axis"], `a multiple of ${pattern.block} weights`, misfit);
}
