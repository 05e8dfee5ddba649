// Physical removal: every tensor loses the positions its axes lose, and holds the others in the order in which units
// were put; then each handler rewrites the attributes and shape constants of its node. The source model is not touched.

import {
  type ClonedModel,
  cloneModel,
  type Facts,
  FreshNames,
  isStatic,
  type Model,
  type Node,
  type Tensor,
  tensorAttribute,
  type Value,
} from "@espalier/ir";
import { type Arrangement, arrangedPositions, type Orders } from "../groups/arrangement.js";
import type { GroupAnalysis } from "../groups/find-groups.js";
import { isStored } from "../groups/link-context.js";
import type { Removal } from "../groups/positions.js";
import type { HandlerRegistry } from "../ops/handler.js";
import { SliceContext } from "./slice-context.js";
import { type Kept, sliceTensor } from "./slice-tensor.js";

/** A smaller copy of `model` in which the units of `removal` are gone, and those of `orders` lie in another order. */
export function sliceModel(
  model: Model,
  facts: Facts,
  analysis: GroupAnalysis,
  removal: Removal,
  handlers: HandlerRegistry,
  orders: Orders = new Map(),
): Model {
  const clone = cloneModel(model);
  const kept = keptLookup(analysis, { removal, orders });
  sliceConstants(analysis, facts, clone, kept);
  const names = new FreshNames(clone.model.graph);
  for (const node of analysis.links.order) {
    const handler = handlers.find(node);
    if (handler?.slice === undefined || analysis.links.barriers.has(node) || !isAffected(node, facts, kept))
      continue;
    const twin = clone.nodes.get(node) as Node;
    handler.slice(
      handler.definition.view(node, facts),
      new SliceContext({ facts, node: twin, original: node, graph: clone.model.graph, names, kept }),
    );
  }
  redeclareShapes(analysis, clone, kept);
  return clone.model;
}

/** Kept positions of an axis of an original value, computed once each. */
export function keptLookup(
  analysis: GroupAnalysis,
  arrangement: Arrangement,
): (value: Value, axis: number) => Kept {
  const cache = new Map<Value, Map<number, Kept>>();
  return (value, axis) => {
    const axes = cache.get(value) ?? new Map<number, Kept>();
    cache.set(value, axes);
    let kept = axes.get(axis);
    if (kept === undefined) {
      const layout = analysis.links.table.of(value)?.[axis];
      kept = layout === undefined ? null : arrangedPositions(layout, arrangement);
      axes.set(axis, kept);
    }
    return kept;
  };
}

function isAffected(node: Node, facts: Facts, kept: (value: Value, axis: number) => Kept): boolean {
  return [...node.inputs, ...node.outputs].some(
    (value) => value !== null && (facts.shape(value) ?? []).some((_, axis) => kept(value, axis) !== null),
  );
}

function sliceConstants(
  analysis: GroupAnalysis,
  facts: Facts,
  clone: ClonedModel,
  kept: (value: Value, axis: number) => Kept,
): void {
  for (const [value, axes] of analysis.links.table.entries()) {
    const tensor = isStored(value, facts) ? facts.constant(value) : null;
    const copy = clone.values.get(value);
    if (tensor === null || axes === null || copy === undefined) continue;
    const keep = axes.map((_, axis) => kept(value, axis));
    if (keep.some((positions) => positions !== null)) replaceConstant(copy, sliceTensor(tensor, keep));
  }
}

/** Gives an initialiser or the output of a Constant node another tensor. */
export function replaceConstant(value: Value, tensor: Tensor): void {
  if (value.initializer !== null) {
    value.initializer = tensor;
    return;
  }
  const node = value.producer as Node;
  node.attributes.clear();
  node.attributes.set("value", tensorAttribute(tensor));
}

/** Declared shapes follow: they are part of the file, and runtimes believe them. */
function redeclareShapes(
  analysis: GroupAnalysis,
  clone: ClonedModel,
  kept: (value: Value, axis: number) => Kept,
): void {
  for (const [value, axes] of analysis.links.table.entries()) {
    const copy = clone.values.get(value);
    const type = copy?.type;
    if (copy === undefined || type?.kind !== "tensor" || type.shape === null || axes === null) continue;
    const shape = type.shape.map((dim, axis) => (isStatic(dim) ? (kept(value, axis)?.length ?? dim) : dim));
    copy.type = { ...type, shape };
  }
}
