// What an operator of a file is called in a profile, so that the planner finds the network's own: an operator with
// weights, or a product, by the node it was lowered from, everything else by its result.

import { defaultHandlers } from "@espalier/core";
import type { Model, Node } from "@espalier/ir";
import { weightFacts } from "../graph/weighted.js";
import type { BuiltinOperator } from "../schema/builtin-operator.js";
import type { SingleOperator } from "./single-operator.js";

/** Products without weights. */
const PRODUCTS: ReadonlySet<BuiltinOperator> = new Set<BuiltinOperator>(["BATCH_MATMUL"]);
/** How far back the node lies from the value that the operator gives, over what was folded into it. */
const LONGEST_CHAIN = 6;

export interface KernelName {
  readonly name: string;
  readonly opType: string;
}

/** Names the operators of the file that `model` was lowered to. */
export function kernelNames(model: Model): (operator: SingleOperator) => KernelName {
  const producers = new Map<string, Node>();
  for (const node of model.graph.nodes)
    for (const output of node.outputs) if (output !== null) producers.set(output.name, node);
  const handlers = defaultHandlers();
  /** Nodes that run a kernel of some pattern are those that layers are made of. */
  const isLayer = (node: Node): boolean => handlers.find(node)?.pattern !== undefined;
  return ({ builtin, result: { name } }) => {
    const last = producers.get(name);
    const heavy = weightFacts(builtin) !== null || PRODUCTS.has(builtin);
    let front: Node[] = heavy && last !== undefined ? [last] : [];
    for (let i = 0; i < LONGEST_CHAIN && front.length > 0; i++) {
      const found = front.find(isLayer);
      if (found !== undefined) return { name: found.name, opType: found.opType };
      front = front.flatMap((node) => node.inputs.flatMap((input) => input?.producer ?? []));
    }
    return { name, opType: builtin };
  };
}
