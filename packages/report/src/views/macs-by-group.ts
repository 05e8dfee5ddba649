// Whose doing is a saved MAC? A node that loses inputs and outputs saves in both; MACs are a product of
// widths, so its saving is shared among its groups in proportion to log(before / after) of each: the
// shares of a product's factors, which add up to the whole.

import type { WidthRow } from "@espalier/core";
import type { ReportGraph } from "../graph/report-graph.js";

/** Group id → MACs saved; groups without a share are missing. */
export function macsSavedByGroup(graph: ReportGraph, widths: readonly WidthRow[]): Map<string, number> {
  const shrink = new Map(
    widths.map((row) => [row.group, row.after > 0 ? Math.log(row.before / row.after) : 0]),
  );
  const saved = new Map<string, number>();
  for (const node of graph.nodes) {
    if (node.macsBefore === null || node.macsAfter === null || node.macsAfter >= node.macsBefore) continue;
    const groups = [...new Set([...node.groups, ...node.inputGroups])].filter(
      (group) => (shrink.get(group) ?? 0) > 0,
    );
    const total = groups.reduce((sum, group) => sum + (shrink.get(group) as number), 0);
    for (const group of groups) {
      const share = ((node.macsBefore - node.macsAfter) * (shrink.get(group) as number)) / total;
      saved.set(group, (saved.get(group) ?? 0) + share);
    }
  }
  return saved;
}
