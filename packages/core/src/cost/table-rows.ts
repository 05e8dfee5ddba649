// The rows of a cost table, gathered from networks that were timed.

import type { OtherKernel, OtherSample, PatternRow, PatternSample } from "./cost-table.js";
import { mean, round } from "./figures.js";
import type { ProfiledKernel } from "./probe.js";

/** What each pattern took at each pair of widths: the mean of all kernels that ran it there. */
export function patternRows(networks: readonly (readonly ProfiledKernel[])[]): PatternRow[] {
  const rows = new Map<
    string,
    { kind: string; at: Map<string, { widths: [number, number]; us: number[] }> }
  >();
  for (const { pattern, us } of networks.flat()) {
    if (pattern === null) continue;
    const { key, kind, in: input, out: output, times } = pattern;
    const row = rows.get(key) ?? { kind, at: new Map() };
    rows.set(key, row);
    const place = `${input} ${output}`;
    const known = row.at.get(place) ?? { widths: [input, output], us: [] };
    row.at.set(place, known);
    known.us.push(us / Math.max(1, times));
  }
  return [...rows]
    .map(([key, { kind, at }]) => ({
      key,
      kind,
      samples: [...at.values()]
        .map(({ widths: [input, output], us }): PatternSample => [input, output, round(mean(us))])
        .sort((a, b) => a[0] - b[0] || a[1] - b[1]),
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Kernels that are no patterns, each in its place. */
export function otherKernels(networks: readonly (readonly ProfiledKernel[])[]): OtherKernel[] {
  const rows = new Map<
    string,
    { kernel: string; value: string | null; at: Map<number, number[]>; ran: number }
  >();
  for (const kernels of networks) {
    const met = new Map<string, number>();
    for (const kernel of kernels) {
      if (kernel.pattern !== null) continue;
      const place = `${kernel.kernel} ${kernel.value ?? ""}`;
      const nth = met.get(place) ?? 0;
      met.set(place, nth + 1);
      const key = `${place} ${nth}`;
      const row = rows.get(key) ?? { kernel: kernel.kernel, value: kernel.value, at: new Map(), ran: 0 };
      rows.set(key, row);
      row.ran += 1;
      const us = row.at.get(kernel.elements) ?? [];
      row.at.set(kernel.elements, us);
      us.push(kernel.us);
    }
  }
  return [...rows.values()].map(({ kernel, value, at, ran }) => ({
    kernel,
    value,
    share: round(ran / networks.length),
    samples: [...at]
      .map(([elements, us]): OtherSample => [elements, round(mean(us))])
      .sort((a, b) => a[0] - b[0]),
  }));
}
