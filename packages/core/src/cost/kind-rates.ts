// What kinds of kernels cost on a machine, fitted over many networks: less exact than a network's own table, and
// good for networks nobody has measured.

import type { CostPattern } from "./cost-pattern.js";
import type { KindRate } from "./cost-table.js";
import { nonNegativeLeastSquares } from "./least-squares.js";

/** Everything that is no pattern: element-wise, pooling, data movement, and what a run takes besides. */
export const OTHER = "other";

export interface KindSample {
  readonly kind: string;
  /** How many kernels, or results, it is about. */
  readonly count: number;
  /** Multiply-accumulates, widths rounded up to the step. */
  readonly macs: number;
  readonly elements: number;
  readonly us: number;
  /** What an error is held against. Default: `us`; of a rest, the run it is left of. */
  readonly of?: number;
}

/** By how much widths that are no multiple of the step cost more than their MACs say. */
export function padding(
  { in: input, out, depthwise }: Pick<CostPattern, "in" | "out" | "depthwise">,
  step: number,
): number {
  const up = (width: number): number => (Math.ceil(width / step) * step) / width;
  return depthwise === true ? up(out) : up(input) * up(out);
}

/** us = count · fixedUs + (nsPerMac · macs + nsPerElement · elements) / 1000 per kind, fitted to relative errors. */
export function fitKindRates(samples: readonly KindSample[]): KindRate[] {
  const kinds = [...new Set(samples.map(({ kind }) => kind))].sort();
  return kinds.map((kind) => {
    const own = samples.filter((sample) => sample.kind === kind && (sample.of ?? sample.us) > 0);
    const [fixedUs = 0, perMac = 0, perElement = 0] = nonNegativeLeastSquares(
      own.map(({ count, macs, elements }) => [count, macs, elements]),
      own.map(({ us }) => us),
      own.map(({ us, of = us }) => 1 / of),
    );
    const digits = (value: number): number => Number(value.toPrecision(4));
    return {
      kind,
      fixedUs: digits(fixedUs),
      nsPerMac: digits(1000 * perMac),
      nsPerElement: digits(1000 * perElement),
    };
  });
}
