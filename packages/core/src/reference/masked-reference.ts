// The masked reference: the original model in which removed positions can no longer influence kept ones.
// Built from the original graph and the plan alone; shares no code with surgery, so that the comparison of
// the two proves something.

import { cloneModel, type Facts, type Model, type Node, sortTopologically } from "@espalier/ir";
import type { GroupAnalysis } from "../groups/find-groups.js";
import { type Removal, removedPositions } from "../groups/positions.js";
import type { HandlerRegistry } from "../ops/handler.js";
import { type RemovedLookup, referenceContexts } from "./reference-context.js";

/** A copy of `model` of full width in which the units of `removal` are neutralised wherever they would mix. */
export function maskedReference(
  model: Model,
  facts: Facts,
  analysis: GroupAnalysis,
  removal: Removal,
  handlers: HandlerRegistry,
): Model {
  const clone = cloneModel(model);
  const removed: RemovedLookup = (value, axis) => {
    const layout = analysis.links.table.of(value)?.[axis];
    return layout === undefined ? null : removedPositions(layout, removal);
  };
  const contextOf = referenceContexts(clone.model.graph, facts, removed);
  for (const node of analysis.links.order) {
    const handler = handlers.find(node);
    if (handler === null || analysis.links.barriers.has(node)) continue;
    const view = handler.definition.view(node, facts);
    const context = contextOf(node, clone.nodes.get(node) as Node);
    if (handler.reference !== undefined) handler.reference(view, context);
    else for (const mixing of handler.mixing?.(view, facts) ?? []) context.neutralise(mixing);
  }
  sortTopologically(clone.model.graph);
  return clone.model;
}
