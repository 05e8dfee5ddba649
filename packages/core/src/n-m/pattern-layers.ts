// The layers of a network that can carry an N:M pattern, and along which axis; the others with the reason why not.

import { type Facts, isEspalierError, type Model, type Node, type Value } from "@espalier/ir";
import { REASONS, type ReasonCode } from "../groups/refusal.js";
import { weightsOf } from "../measure/macs.js";
import type { HandlerRegistry, Reduction } from "../ops/handler.js";
import type { NmPattern } from "./pattern.js";
import { checkPattern } from "./pattern.js";
import { type PatternAxis, patternMisfit } from "./pattern-axis.js";

export interface PatternLayer extends PatternAxis {
  /** Name of the weight. */
  readonly name: string;
  /** Names of the nodes that read it along the axis. */
  readonly nodes: readonly string[];
}

/** A weight without the pattern. */
export interface DenseLayer {
  readonly name: string;
  readonly nodes: readonly string[];
  readonly code: ReasonCode;
  readonly reason: string;
  readonly unblock: string;
  /** What was found. */
  readonly detail: string | null;
}

export interface PatternLayers {
  readonly layers: readonly PatternLayer[];
  readonly dense: readonly DenseLayer[];
}

/**
 * Weights whose every reader sums along the same axis, of a multiple of `block` weights: a layer is sparse to the
 * hardware as a whole or not at all. What a matrix product or convolution does not read is in neither list.
 *
 * @throws EspalierError `INVALID_OPTION`
 */
export function patternLayers(
  model: Model,
  facts: Facts,
  handlers: HandlerRegistry,
  pattern: NmPattern,
): PatternLayers {
  checkPattern(pattern);
  const stored = weightsOf(model, facts);
  const derived = derivedOf(model, facts);
  const readings = new Map<Value, { readonly axes: Set<number>; readonly nodes: Node[] }>();
  for (const node of model.graph.nodes) {
    for (const { weight, axis } of reductionsOf(node, facts, handlers)) {
      if (!stored.has(weight) && !derived.has(weight)) continue;
      const reading = readings.get(weight) ?? { axes: new Set(), nodes: [] };
      reading.axes.add(axis);
      reading.nodes.push(node);
      readings.set(weight, reading);
    }
  }
  const [layers, dense]: [PatternLayer[], DenseLayer[]] = [[], []];
  for (const [weight, { axes, nodes }] of readings) {
    const dims = facts.constant(weight)?.dims ?? [];
    const common = { name: weight.name, nodes: nodes.map((node) => node.name) };
    const refuse = (code: ReasonCode, detail: string | null): void => {
      const { text: reason, unblock } = REASONS[code];
      dense.push({ ...common, code, reason, unblock, detail });
    };
    const [axis = 0] = axes;
    const misfit = patternMisfit({ dims, axis }, pattern);
    if (!stored.has(weight)) refuse("PATTERN_OPERAND", null);
    else if (axes.size > 1) refuse("PATTERN_AXES", `axes ${[...axes].sort().join(" and ")}`);
    else if (misfit !== null) refuse("PATTERN_MISFIT", misfit);
    else layers.push({ ...common, dims, axis });
  }
  return { layers, dense };
}

/** What nodes compute from constants alone; nodes stand in topological order. */
function derivedOf(model: Model, facts: Facts): ReadonlySet<Value> {
  const derived = new Set<Value>();
  for (const { inputs, outputs, subgraphs } of model.graph.nodes) {
    const constant = inputs.every(
      (value) => value === null || facts.constant(value) !== null || derived.has(value),
    );
    if (!constant || inputs.length === 0 || subgraphs.length > 0) continue;
    for (const value of outputs) if (value !== null) derived.add(value);
  }
  return derived;
}

function reductionsOf(node: Node, facts: Facts, handlers: HandlerRegistry): readonly Reduction[] {
  const handler = handlers.find(node);
  if (handler?.reductions === undefined) return [];
  try {
    return handler.reductions(handler.definition.view(node, facts), facts);
  } catch (error) {
    if (isEspalierError(error)) return [];
    throw error;
  }
}
