// A cost table with one more network measured into it: the widths that a planner settled on.

import type { Facts } from "@espalier/ir";
import { type CostSubject, patternOperators } from "./cost-model.js";
import type { CostTable, PatternSample } from "./cost-table.js";
import { mean, round } from "./figures.js";
import type { ProfiledKernel } from "./probe.js";

/** Whether every kernel of the network was measured at exactly these widths. */
export function isMeasured(table: CostTable, subject: CostSubject, facts: Facts): boolean {
  const rows = new Map(table.patterns.map((row) => [row.key, row.samples]));
  return patternOperators(subject).every(({ pattern }) => {
    const now = pattern(facts);
    const samples = now === null ? undefined : rows.get(now.key);
    return samples === undefined || samples.some(([input, out]) => input === now?.in && out === now.out);
  });
}

/** The table with the patterns that these kernels ran; where a width was measured before, the mean of both. */
export function refineTable(table: CostTable, kernels: readonly ProfiledKernel[]): CostTable {
  const found = new Map<string, Map<string, { sample: PatternSample; us: number[] }>>();
  for (const kernel of kernels) {
    if (kernel.pattern === null) continue;
    const { key, in: input, out, times } = kernel.pattern;
    const places = found.get(key) ?? new Map<string, { sample: PatternSample; us: number[] }>();
    found.set(key, places);
    const place = places.get(`${input} ${out}`) ?? { sample: [input, out, 0] as const, us: [] };
    places.set(`${input} ${out}`, place);
    place.us.push(kernel.us / Math.max(1, times));
  }
  return {
    ...table,
    patterns: table.patterns.map((row) => {
      const places = found.get(row.key);
      if (places === undefined) return row;
      const known = new Map(row.samples.map((sample) => [`${sample[0]} ${sample[1]}`, sample]));
      for (const [place, { sample, us }] of places) {
        const before = known.get(place);
        const now = before === undefined ? mean(us) : (before[2] + mean(us)) / 2;
        known.set(place, [sample[0], sample[1], round(now)]);
      }
      return { ...row, samples: [...known.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]) };
    }),
  };
}
