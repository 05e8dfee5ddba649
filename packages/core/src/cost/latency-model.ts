// Latency of a network as a function of its widths, read from a cost table.

import { EspalierError, type Facts, type Node, quoteName, type Value } from "@espalier/ir";
import {
  type CostModel,
  type CostSubject,
  type CostTerm,
  groupsAt,
  otherResults,
  patternOperators,
  valuesOf,
} from "./cost-model.js";
import type { CostPattern } from "./cost-pattern.js";
import type { CostTable } from "./cost-table.js";
import { OTHER, padding } from "./kind-rates.js";
import { nonNegativeLeastSquares } from "./least-squares.js";
import { patternCurve } from "./pattern-curve.js";
import { elementsOf } from "./probe.js";
import { wholeRun } from "./whole-run.js";

/**
 * Milliseconds per run at the table's thread count.
 *
 * @throws EspalierError `UNKNOWN_COST` when the table says nothing of a kernel of this network
 */
export function latencyModel(subject: CostSubject, table: CostTable): CostModel {
  const price = patternPrice(table);
  const terms: CostTerm[] = [];
  const operators = patternOperators(subject);
  for (const { node, pattern, macs } of operators) {
    const at = (facts: Facts): number => {
      const now = pattern(facts);
      return now === null ? 0 : price(now, macs(facts), elementsOf(node.inputs, facts)) / 1000;
    };
    at(subject.boundFacts); // says at once what the table does not know
    terms.push({ groups: groupsAt(subject, valuesOf(node)), at });
  }
  const others =
    table.source === null
      ? bundledOthers(subject, table, new Set(operators.map(({ node }) => node)))
      : measuredOthers(subject, table);
  const whole = wholeRun(table);
  return {
    unit: "ms",
    terms: [...terms, ...others],
    whole: (sum) => whole(1000 * sum) / 1000,
    ...(table.denseUs > 0 ? { dense: table.denseUs / 1000 } : {}),
  };
}

/** Microseconds of a pattern: from its own measurements, else from what its kind costs. */
function patternPrice(table: CostTable): (pattern: CostPattern, macs: number, elements: number) => number {
  const curves = new Map(table.patterns.map((row) => [row.key, patternCurve(row.samples, table.step)]));
  const kinds = new Map(table.kinds.map((rate) => [rate.kind, rate]));
  return (pattern, macs, elements) => {
    const curve = curves.get(pattern.key);
    if (curve !== undefined) return pattern.times * curve(pattern.in, pattern.out);
    const rate = kinds.get(pattern.kind);
    // A table measured on this network lists every kernel that ran: the others were folded away.
    if (rate === undefined && table.source !== null) return 0;
    if (rate === undefined) {
      throw new EspalierError("UNKNOWN_COST", "The cost table says nothing of a kernel of this network", {
        where: pattern.key,
        expected: `a pattern or the kind ${quoteName(pattern.kind)}`,
        found: `${table.patterns.length} patterns, kinds ${table.kinds.map(({ kind }) => kind).join(", ") || "none"}`,
        unblock: "Measure a table for this network: leave --cost-table out.",
      });
    }
    const padded = macs * padding(pattern, table.step);
    return rate.fixedUs * pattern.times + (rate.nsPerMac * padded + rate.nsPerElement * elements) / 1000;
  };
}

/** Kernels that are no patterns, each in its place: us = a + b · elements there, a, b ≥ 0. */
function measuredOthers(subject: CostSubject, table: CostTable): CostTerm[] {
  const byName = new Map<string, Value>();
  for (const node of subject.model.graph.nodes)
    for (const output of node.outputs) if (output !== null) byName.set(output.name, output);
  return table.others.map(({ value: name, share, samples }): CostTerm => {
    const usable = samples.filter(([, us]) => us > 0);
    const [fixed = 0, perElement = 0] = nonNegativeLeastSquares(
      usable.map(([elements]) => [1, elements]),
      usable.map(([, us]) => us),
      usable.map(([, us]) => 1 / us),
    );
    const ms = (elements: number): number => (share * (fixed + perElement * elements)) / 1000;
    const most = Math.max(...samples.map(([elements]) => elements));
    const value = name === null ? undefined : byName.get(name);
    const dense = elementsOf([value ?? null], subject.boundFacts);
    if (value === undefined || dense === 0) return { groups: [], at: () => ms(most) };
    return {
      groups: groupsAt(subject, [value]),
      at: (facts) => ms((most * elementsOf([value], facts)) / dense),
    };
  });
}

/** Without a list: the results of all other operators at the rate of the kind "other". */
function bundledOthers(subject: CostSubject, table: CostTable, priced: ReadonlySet<Node>): CostTerm[] {
  const rate = table.kinds.find(({ kind }) => kind === OTHER);
  if (rate === undefined) return [];
  return otherResults(subject, priced).map((value) => ({
    groups: groupsAt(subject, [value]),
    at: (facts) => (rate.fixedUs + (rate.nsPerElement * elementsOf([value], facts)) / 1000) / 1000,
  }));
}
