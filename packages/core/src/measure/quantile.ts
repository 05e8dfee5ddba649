// Quantiles of a handful of timings, by linear interpolation between order statistics (type 7 of Hyndman
// and Fan 1996, the default of R and NumPy).

/** @param p between 0 and 1 */
export function quantile(values: readonly number[], p: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * p;
  const below = Math.floor(position);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (position - below);
}

/** Mean of the middle half: as robust as needed, and finer than the ticks of a coarse clock. */
export function interquartileMean(values: readonly number[]): number {
  const [low, high] = [quantile(values, 0.25), quantile(values, 0.75)];
  const middle = values.filter((value) => value >= low && value <= high);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
