// The matrix product behind a layer, as a kernel for tensor cores sees it.

import type { HandlerRegistry, PatternLayer } from "@espalier/core";
import { type Facts, isEspalierError, type Model } from "@espalier/ir";

export interface LayerGeometry {
  /** Name of the weight, and of the nodes that read it. */
  readonly weight: string;
  readonly nodes: readonly string[];
  /** Input channels of one group: C. */
  readonly inputs: number;
  /** Output channels of one group: K. */
  readonly outputs: number;
  /** Positions of the kernel: 9 of 3 × 3. */
  readonly taps: number;
  readonly groups: number;
  /** Of all nodes together, at the bound shape; null where a size is open. */
  readonly macs: number | null;
  readonly weights: number;
  /** Numbers read and written beside the weights; null where a size is open. */
  readonly activations: number | null;
}

/** Sizes of a layer that can carry the pattern. */
export function layerGeometry(
  layer: PatternLayer,
  { model, facts, handlers }: { model: Model; facts: Facts; handlers: HandlerRegistry },
): LayerGeometry {
  const { name, dims, axis } = layer;
  const weights = dims.reduce((product, dim) => product * dim, 1);
  const inputs = dims[axis] as number;
  const readers = [...model.graph.nodes].filter((node) => node.inputs.some((input) => input?.name === name));
  let [macs, activations]: [number | null, number | null] = [0, 0];
  let [outputs, groups] = [weights / inputs, 1];
  for (const node of readers) {
    const handler = handlers.find(node);
    const view = handler === null ? null : unlessInvalid(() => handler.definition.view(node, facts));
    const pattern = view === null ? null : (handler?.pattern?.(view, facts) ?? null);
    const own = view === null ? null : (handler?.macs?.(view, facts) ?? null);
    macs = macs === null || own === null ? null : macs + own;
    const size = [...node.inputs, ...node.outputs].reduce<number | null>((sum, value) => {
      if (value === null || facts.constant(value) !== null) return sum;
      const shape = facts.shape(value);
      const known = shape?.every((dim) => typeof dim === "number") === true;
      return sum === null || !known ? null : sum + (shape as number[]).reduce((a, b) => a * b, 1);
    }, 0);
    activations = activations === null || size === null ? null : activations + size;
    if (pattern === null) continue;
    groups = Math.max(1, Math.round(pattern.in / inputs));
    outputs = pattern.out / groups;
  }
  const taps = weights / (inputs * outputs * groups);
  return { weight: name, nodes: layer.nodes, inputs, outputs, taps, groups, macs, weights, activations };
}

function unlessInvalid<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (isEspalierError(error)) return null;
    throw error;
  }
}
