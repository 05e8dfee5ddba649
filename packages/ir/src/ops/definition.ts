// How the rest of Espalier sees an operator: through a normalised view, the same whatever the opset.
// An operator is described once per concern; this is the reading concern: view and shape inference.
// What it means for pruning stands in core/src/ops.

import type { Node } from "../graph/node.js";
import type { Value } from "../graph/value.js";
import type { RaiseForm } from "../raise/raise-form.js";
import type { Facts, TypeFact } from "../shape/facts.js";

/**
 * Why an operator stays in float32 among float16 ones. The list is that of onnxconverter-common's float16 converter, less
 * what newer opsets have in float16 (Min, Max, data of Resize), and with what overflows (TensorRT's own warning names
 * Reduce and Pow).
 *
 * - `TYPE`: ONNX has no float16 there, or the type is an attribute's or a quantisation's
 * - `OVERFLOW`: sums, powers or products of many numbers, whose parts or result may exceed 65504
 * - `ORDER`: it puts numbers in order, and rounding makes equal what was not
 * - `STATE`: what it carries from step to step would gather the rounding of every step
 * - `PLACES`: its floats are places or counts, which float16 has without gaps up to 2048
 */
export type Float32Reason = "TYPE" | "OVERFLOW" | "ORDER" | "STATE" | "PLACES";

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
  /** Why it stays in float32 where a network is rewritten in float16; left out where it computes in float16. */
  readonly float32?: Float32Reason;
  /** Operands that stay float32 even so, by position: their type is one of their own. */
  readonly float32Inputs?: readonly number[];
  /** Outputs that are float32 even so. */
  readonly float32Outputs?: readonly number[];
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
