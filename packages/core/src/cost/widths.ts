// Sizes of a network at widths that nothing has been sliced to yet: how long every axis would be if each factor
// kept so many of its indices. Planners try thousands of widths; only the one that is chosen is built.

import { type Dim, type Facts, isStatic, type Value } from "@espalier/ir";
import type { CoupledGroup } from "../groups/coupled-group.js";
import type { GroupAnalysis } from "../groups/find-groups.js";
import { type Factor, type Layout, resolve } from "../groups/layout.js";

/** How many indices of each factor are kept; factors that are absent keep all. */
export type KeptCounts = ReadonlyMap<Factor, number>;

/** Length of an axis at these widths. */
export function sizeAt(layout: Layout, kept: KeptCounts): Dim {
  const resolved = resolve(layout);
  if (resolved.kind === "factor") return kept.get(resolved) ?? resolved.size;
  let size = resolved.kind === "sum" ? 0 : 1;
  for (const part of resolved.parts) {
    const length = sizeAt(part, kept);
    if (!isStatic(length)) throw new Error("a live axis has a symbolic size");
    size = resolved.kind === "sum" ? size + length : size * length;
  }
  return size;
}

/**
 * The facts of a model as if it had been sliced to these widths. Only shapes change: whoever reads elements of a
 * constant still reads those of the original. `kept` may change afterwards; shapes are computed when asked for.
 */
export function factsAt(facts: Facts, analysis: GroupAnalysis, kept: KeptCounts): Facts {
  const { table } = analysis.links;
  return {
    dataType: (value) => facts.dataType(value),
    constant: (value) => facts.constant(value),
    contents: (value) => facts.contents(value),
    opset: (domain) => facts.opset(domain),
    shape: (value: Value) => {
      const shape = facts.shape(value);
      const axes = shape === null ? null : table.of(value);
      if (shape === null || axes === null) return shape;
      return shape.map((dim, i) => {
        const layout = axes[i];
        return layout === undefined || !isStatic(dim) || !holdsAny(layout, kept) ? dim : sizeAt(layout, kept);
      });
    },
  };
}

/** Writes into `kept` what a group's factors keep when these of its units stay. */
export function keepUnits(group: CoupledGroup, keep: readonly number[], kept: Map<Factor, number>): void {
  for (const [factor, offset] of group.factors) {
    const end = offset + (factor.size as number);
    kept.set(factor, keep.filter((unit) => unit >= offset && unit < end).length);
  }
}

function holdsAny(layout: Layout, kept: KeptCounts): boolean {
  const resolved = resolve(layout);
  return resolved.kind === "factor"
    ? kept.has(resolved)
    : resolved.parts.some((part) => holdsAny(part, kept));
}
