// How the rest of Espalier sees an operator: through a normalised view, the same whatever the opset.
// An operator is described once per concern; this is the reading concern: view and shape inference.
// What it means for pruning stands in core/src/ops.

import type { Node } from "../graph/node.js";
import type { Value } from "../graph/value.js";
import type { RaiseForm } from "../raise/raise-form.js";
import type { Facts, TypeFact } from "../shape/facts.js";

/** One operator (or one of a family of operators that read alike). */
export interface OpDefinition<View = unknown> {
  /** "" is ai.onnx. */
  readonly domain: string;
  readonly opType: string;
  /**
   * Typed attributes with their defaults, operands by role, constant inputs resolved. The only place that
   * knows opset versions.
   * @throws EspalierError `INVALID_NODE`
   */
  view(node: Node, facts: Facts): View;
  /**
   * Types of the outputs, by position; null for one of which nothing can be said. Facts of values inside
   * subgraphs are there already.
   * @throws EspalierError `SHAPE_MISMATCH` when operands contradict each other; never for what is unknown
   */
  infer(view: View, facts: Facts, node: Node): readonly (TypeFact | null)[];
  /**
   * Rewrites a node of an older opset, 7 or newer, into the form that opset 17 reads: in place, or by nodes that replace its
   * outputs. Left out where every form from opset 7 on reads alike.
   */
  raise?(view: View, node: Node, form: RaiseForm): void;
  /** Types that the inputs of its subgraphs take from its own operands. Only control flow has these. */
  bodyInputs?(view: View, facts: Facts): Iterable<readonly [Value, TypeFact]>;
}

/** Keeps the view type while definitions of different views lie in one list. */
export function defineOp<View>(definition: OpDefinition<View>): OpDefinition<View> {
  return definition;
}

/** Operators by (domain, opType). A pure value: there is no global registry. */
export interface OpRegistry {
  /** The definition for this node, or null for an operator nobody described: a barrier with a reason. */
  find(node: Pick<Node, "domain" | "opType">): OpDefinition | null;
  readonly definitions: readonly OpDefinition[];
}

/** @throws Error when two definitions name the same operator */
export function createOpRegistry(definitions: readonly OpDefinition[]): OpRegistry {
  const byName = new Map<string, OpDefinition>();
  for (const definition of definitions) {
    const key = `${definition.domain}:${definition.opType}`;
    if (byName.has(key)) throw new Error(`operator ${key} is defined twice`);
    byName.set(key, definition);
  }
  return { definitions, find: (node) => byName.get(`${node.domain}:${node.opType}`) ?? null };
}
