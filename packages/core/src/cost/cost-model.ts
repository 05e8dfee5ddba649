// What a network costs as a function of the widths of its groups: a sum of terms, each of which depends on a few
// groups only. Planners change one width and compute the terms it touches anew.

import {
  type Facts,
  isEspalierError,
  isStatic,
  type Model,
  type Node,
  productOf,
  type Value,
} from "@espalier/ir";
import type { CoupledGroup } from "../groups/coupled-group.js";
import type { GroupAnalysis } from "../groups/find-groups.js";
import { touches } from "../groups/positions.js";
import { weightsOf } from "../measure/macs.js";
import type { HandlerRegistry, OpHandler } from "../ops/handler.js";
import type { CostPattern } from "./cost-pattern.js";

export interface CostTerm {
  /** Ids of the groups whose widths it depends on. */
  readonly groups: readonly string[];
  /** Its cost at the widths that `facts` speak of. */
  at(facts: Facts): number;
}

export interface CostModel {
  readonly unit: "ms" | "MACs" | "parameters" | "bytes";
  readonly terms: readonly CostTerm[];
  /** The cost of the whole from the sum of its terms, growing with it. Default: the sum. */
  readonly whole?: (sum: number) => number;
  /** What the dense network costs, where that was measured. */
  readonly dense?: number;
}

const BISECTIONS = 60;

/** What cost models are made from. */
export interface CostSubject {
  readonly model: Model;
  /** With symbolic dimensions left open: what surgery may rely on. */
  readonly facts: Facts;
  /** At the bound shape. */
  readonly boundFacts: Facts;
  readonly analysis: GroupAnalysis;
  readonly handlers: HandlerRegistry;
}

/** Cost of the whole network at the widths that `facts` speak of. */
export function totalCost(costs: CostModel, facts: Facts): number {
  const sum = termSum(costs, facts);
  return costs.whole?.(sum) ?? sum;
}

/** Sum of the terms: what planners change term by term. */
export function termSum({ terms }: CostModel, facts: Facts): number {
  return terms.reduce((sum, term) => sum + term.at(facts), 0);
}

/** The largest sum of terms, up to `most`, with which the whole costs no more than `cost`. */
export function sumFor({ whole }: CostModel, cost: number, most: number): number {
  if (whole === undefined) return cost;
  if (whole(most) <= cost) return most;
  let [low, high] = [0, most];
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (low + high) / 2;
    if (whole(middle) <= cost) low = middle;
    else high = middle;
  }
  return low;
}

/** Multiply-accumulates, as `countMacs` counts them. */
export function macsModel(subject: CostSubject): CostModel {
  const terms = operatorsOf(subject).flatMap(({ node, handler, view }): CostTerm[] => {
    if (handler.macs === undefined) return [];
    return [
      {
        groups: groupsAt(subject, valuesOf(node)),
        at: (facts) => handler.macs?.(view, facts) ?? 0,
      },
    ];
  });
  return { unit: "MACs", terms };
}

/** Number of weights. */
export function parametersModel(subject: CostSubject): CostModel {
  const weights = [...weightsOf(subject.model, subject.boundFacts).keys()];
  return {
    unit: "parameters",
    terms: weights.map((value) => ({
      groups: groupsAt(subject, [value]),
      at: (facts) => sizeOf(value, facts),
    })),
  };
}

/**
 * Bytes of the file: its tensors, and what else is in it, which stays. A file smaller than its tensors has them beside
 * it; the pruned model has them inside.
 */
export function bytesModel(subject: CostSubject, fileBytes: number): CostModel {
  const weights = [...weightsOf(subject.model, subject.boundFacts).keys()];
  const bytesPerElement = (value: Value): number => {
    const tensor = subject.boundFacts.constant(value);
    return tensor === null || tensor.size === 0 ? 0 : (tensor.byteLength ?? 0) / tensor.size;
  };
  const tensors = weights.map((value) => ({
    groups: groupsAt(subject, [value]),
    at: (facts: Facts) => sizeOf(value, facts) * bytesPerElement(value),
  }));
  const inTensors = tensors.reduce((sum, term) => sum + term.at(subject.boundFacts), 0);
  const rest = fileBytes < inTensors ? fileBytes : fileBytes - inTensors;
  return { unit: "bytes", terms: [...tensors, { groups: [], at: () => rest }] };
}

/** Every operator of the main graph that has a handler, with its view. */
function operatorsOf({
  model,
  boundFacts,
  handlers,
}: CostSubject): { readonly node: Node; readonly handler: OpHandler; readonly view: unknown }[] {
  return [...model.graph.nodes].flatMap((node) => {
    const handler = handlers.find(node);
    if (handler === null) return [];
    try {
      return [{ node, handler, view: handler.definition.view(node, boundFacts) }];
    } catch (error) {
      if (isEspalierError(error)) return [];
      throw error;
    }
  });
}

/** An operator of the main graph that runs a kernel of some pattern. */
export interface PatternOperator {
  readonly node: Node;
  /** Its pattern at the widths that `facts` speak of. */
  pattern(facts: Facts): CostPattern | null;
  macs(facts: Facts): number;
}

/**
 * Every operator whose handler names a pattern. One that reads nothing that can shrink, such as the first layer with
 * its three channels, is a pattern of its own: runtimes have kernels for narrow inputs.
 */
export function patternOperators(subject: CostSubject): PatternOperator[] {
  return operatorsOf(subject).flatMap(({ node, handler, view }): PatternOperator[] => {
    if (handler.pattern === undefined || handler.pattern(view, subject.boundFacts) === null) return [];
    const [input] = node.inputs;
    const fixed = input == null || groupsAt(subject, [input]).length === 0;
    return [
      {
        node,
        macs: (facts) => handler.macs?.(view, facts) ?? 0,
        pattern: (facts) => {
          const pattern = handler.pattern?.(view, facts) ?? null;
          return pattern === null || !fixed ? pattern : { ...pattern, key: `${pattern.key} in${pattern.in}` };
        },
      },
    ];
  });
}

/** Multiply-accumulates of the network at the widths that `facts` speak of. */
export function macsAt(subject: CostSubject, facts: Facts): number {
  return totalCost(macsModel(subject), facts);
}

/** What all operators but these compute, constants left out. */
export function otherResults({ model, boundFacts }: CostSubject, priced: ReadonlySet<Node>): Value[] {
  return [...model.graph.nodes]
    .filter((node) => !priced.has(node))
    .flatMap((node) => node.outputs.filter((value) => value !== null))
    .filter((value) => boundFacts.constant(value) === null);
}

export function valuesOf(node: Node): Value[] {
  return [...node.inputs, ...node.outputs].filter((value) => value !== null);
}

/** Ids of the groups that shape any axis of these values. */
export function groupsAt({ analysis }: Pick<CostSubject, "analysis">, values: readonly Value[]): string[] {
  const layouts = values.flatMap((value) => analysis.links.table.of(value) ?? []);
  return analysis.groups
    .filter((group: CoupledGroup) => layouts.some((layout) => touches(layout, group.factors)))
    .map((group) => group.id);
}

function sizeOf(value: Value, facts: Facts): number {
  const size = productOf(facts.shape(value) ?? []);
  return isStatic(size) ? size : 0;
}
