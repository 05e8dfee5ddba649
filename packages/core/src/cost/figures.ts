// Means and rounding of measured times.

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** As many digits as a measurement bears. */
export function round(value: number, to = 100): number {
  return Math.round(value * to) / to;
}
