// What an operator means for pruning. One handler per operator (or family that acts alike), on the
// normalised view of its definition in `ir`; nobody else asks for an operator's type.

import type { Facts, Node, OpDefinition, Value } from "@espalier/ir";
import type { Contraction } from "../calibration/contraction.js";
import type { CostPattern } from "../cost/cost-pattern.js";
import type { LinkContext } from "../groups/link-context.js";
import type { ReasonCode } from "../groups/refusal.js";
import type { IntegerDomain } from "../inputs/random-inputs.js";
import type { ReferenceContext } from "../reference/reference-context.js";
import type { SliceContext } from "../surgery/slice-context.js";

/** Inputs along whose axes an operator contracts or mixes positions. */
export interface Mixing {
  /** Index into the node's inputs. */
  readonly input: number;
  readonly axes: readonly number[];
  /** What a removed position must hold to have no influence: 0 for sums, −∞ for max and Softmax. */
  readonly neutral: number;
}

/** An operand of a matrix product, and its axis that products are summed along. */
export interface Reduction {
  readonly weight: Value;
  readonly axis: number;
}

/** A normalisation by stored statistics: y = scale·(x − mean)/√(variance + epsilon) + bias, along axis 1. */
export interface RunningStatistics {
  readonly x: Value;
  readonly y: Value;
  readonly scale: Value;
  readonly bias: Value;
  readonly mean: Value;
  readonly variance: Value;
  readonly epsilon: number;
}

export interface OpHandler<View = unknown> {
  readonly definition: OpDefinition<View>;
  /** Set for an operator that is known and never sliced: why. Its `links` throws that barrier. */
  readonly barrier?: ReasonCode;
  /** Ties the axes of inputs, weights and outputs that shrink together; defines the outputs' axes. */
  links(view: View, ctx: LinkContext): void;
  /** Where removed positions would leak into kept ones, and the neutral element that stops them. */
  mixing?(view: View, facts: Facts): readonly Mixing[];
  /** Rewrites attributes and shape constants; tensors are sliced for every handler alike. */
  slice?(view: View, ctx: SliceContext): void;
  /** The masked reference, where neutral elements alone do not give it. */
  reference?(view: View, ctx: ReferenceContext): void;
  /** Multiply-accumulates at the shapes the facts know; null when one is symbolic. Absent = 0. */
  macs?(view: View, facts: Facts): number | null;
  /** The kernel behind it and its widths, for measured costs; null when a size is symbolic. */
  pattern?(view: View, facts: Facts): CostPattern | null;
  /** The product with stored weights that the operator is, for least squares; null where it is none. */
  contraction?(view: View, facts: Facts): Contraction | null;
  /** Its operands that hardware for N:M patterns may read as sparse, where the operator is such a product. */
  reductions?(view: View, facts: Facts): readonly Reduction[];
  /** The stored statistics by which the operator normalises, for re-estimation. */
  runningStatistics?(view: View, facts: Facts): RunningStatistics | null;
  /** The operands, where the operator is their plain sum. */
  addends?(view: View): readonly Value[];
  /** Which integers an operand may hold: rows of a table, depth of a one-hot, constants it is compared with. */
  domain?(view: View, facts: Facts, operand: Value): IntegerDomain | null;
}

/** Keeps the view type while handlers of different views lie in one list. */
export function defineHandler<View>(handler: OpHandler<View>): OpHandler<View> {
  return handler;
}

export interface HandlerRegistry {
  find(node: Pick<Node, "domain" | "opType">): OpHandler | null;
  readonly handlers: readonly OpHandler[];
}

/** @throws Error when two handlers name the same operator */
export function createHandlerRegistry(handlers: readonly OpHandler[]): HandlerRegistry {
  const byName = new Map<string, OpHandler>();
  for (const handler of handlers) {
    const key = `${handler.definition.domain}:${handler.definition.opType}`;
    if (byName.has(key)) throw new Error(`operator ${key} has two handlers`);
    byName.set(key, handler);
  }
  return {
    handlers: [...byName.values()],
    find: (node) => byName.get(`${node.domain}:${node.opType}`) ?? null,
  };
}
