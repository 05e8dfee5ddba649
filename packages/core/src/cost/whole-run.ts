// From the kernels of a network to its whole run. A kernel is faster in a small network than in a large one, since
// caches keep more of what the run before left: measured, the same convolution takes 25 µs among narrow layers and
// 34 among wide ones. So the sum is scaled by a factor that follows the sum, learned from networks run as a whole.

import type { CostTable, RunSample } from "./cost-table.js";
import type { ProfiledKernel } from "./probe.js";

/** How far a measured network speaks for others, in doublings of the sum. */
const REACH = 0.15;
/** Weight of the nearest network, however far it is. */
const NEAREST = 0.05;

/** Microseconds of a whole run whose kernels sum up to so much; the sum itself where no network was run. */
export function wholeRun({
  runs,
  overheadUs,
}: Pick<CostTable, "runs" | "overheadUs">): (sumUs: number) => number {
  const points = runs.flatMap(([, sumUs, runUs, weight]) => {
    const factor = (runUs - overheadUs) / sumUs;
    return factor > 0 && Number.isFinite(factor)
      ? [{ x: Math.log2(sumUs), y: Math.log(factor), weight }]
      : [];
  });
  return (sumUs) => {
    if (points.length === 0 || sumUs <= 0) return overheadUs + sumUs;
    const x = Math.log2(sumUs);
    const nearest = Math.min(...points.map((point) => Math.abs(point.x - x)));
    let [sum, total] = [0, 0];
    for (const point of points) {
      const distance = Math.abs(point.x - x);
      const near =
        Math.exp(-((distance / REACH) ** 2) / 2) +
        NEAREST * Math.exp(-(((distance - nearest) / REACH) ** 2) / 2);
      sum += point.weight * near * point.y;
      total += point.weight * near;
    }
    return overheadUs + sumUs * Math.exp(sum / total);
  };
}

/** Kernels as they are in a network of middling size: without the factor of the run that they were timed in. */
export function atFactor(
  kernels: readonly ProfiledKernel[],
  { overheadUs }: Pick<CostTable, "overheadUs">,
  run: RunSample | undefined,
): readonly ProfiledKernel[] {
  const factor = run === undefined ? 1 : (run[2] - overheadUs) / run[1];
  return factor > 0 && Number.isFinite(factor)
    ? kernels.map((kernel) => ({ ...kernel, us: kernel.us / factor }))
    : kernels;
}
