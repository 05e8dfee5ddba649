// A cost table with one more network measured into it: the widths that a planner settled on.

import type { Facts } from "@espalier/ir";
import { type CostSubject, macsAt, patternOperators } from "./cost-model.js";
import type { CostTable, OtherKernel, RunSample } from "./cost-table.js";
import { round } from "./figures.js";
import { otherKernels, patternRows } from "./table-rows.js";
import { kernelTimes, type Trial, wholeUs } from "./trial.js";
import { atFactor } from "./whole-run.js";

/** Whether the network was run at exactly these widths, or at others with the same kernels. */
export function isMeasured(table: CostTable, subject: CostSubject, facts: Facts): boolean {
  const macs = macsAt(subject, facts);
  if (!table.runs.some(([known]) => known === macs)) return false;
  const rows = new Map(table.patterns.map((row) => [row.key, row.samples]));
  return patternOperators(subject).every(({ pattern }) => {
    const now = pattern(facts);
    const samples = now === null ? undefined : rows.get(now.key);
    return samples === undefined || samples.some(([input, out]) => input === now?.in && out === now.out);
  });
}

/** How many trials a network counts for that a planner chose: what it chooses next is like it. */
const PLANNED = 20;

/**
 * The table with what this network took; where the same was measured before, the mean of both.
 *
 * @param sumUs what the table says that its kernels sum up to
 */
export function refineTable(
  table: CostTable,
  trial: Trial,
  { macs, sumUs }: { readonly macs: number; readonly sumUs: number },
): CostTable {
  const run: RunSample = [macs, round(sumUs), round(wholeUs(trial, table)), PLANNED];
  const kernels = atFactor(kernelTimes(trial, table), table, run);
  const patterns = new Map(patternRows([kernels]).map((row) => [row.key, row.samples]));
  const others = otherKernels([kernels]);
  const taken = new Set<OtherKernel>();
  return {
    ...table,
    runs: [...table.runs, run],
    patterns: table.patterns.map((row) => {
      const found = patterns.get(row.key);
      return found === undefined ? row : { ...row, samples: merged(row.samples, found) };
    }),
    others: table.others.map((row) => {
      const found = others.find(
        (one) => !taken.has(one) && one.kernel === row.kernel && one.value === row.value,
      );
      if (found === undefined) return row;
      taken.add(found);
      return { ...row, samples: merged(row.samples, found.samples) };
    }),
  };
}

/** Both lists in order; the last number of a sample is its time, the others say what of. */
function merged<Sample extends readonly number[]>(
  known: readonly Sample[],
  found: readonly Sample[],
): Sample[] {
  const place = (sample: Sample): string => sample.slice(0, -1).join(" ");
  const all = new Map(known.map((sample) => [place(sample), sample]));
  for (const sample of found) {
    const before = all.get(place(sample))?.at(-1);
    const us = sample.at(-1) as number;
    const now = before === undefined ? us : round((before + us) / 2);
    all.set(place(sample), [...sample.slice(0, -1), now] as readonly number[] as Sample);
  }
  return [...all.values()].sort(
    (a, b) => (a[0] as number) - (b[0] as number) || (a[1] as number) - (b[1] as number),
  );
}
