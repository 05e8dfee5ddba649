// Shape inference: one walk over the nodes in topological order, into subgraphs too. Never fails for what a
// model leaves open or does wrong; such outputs are unknown, and stay out of the way of the rest.

import { bindDim, isStatic } from "../dim.js";
import { isEspalierError } from "../errors.js";
import type { Graph } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import type { Node } from "../graph/node.js";
import { topologicalOrder } from "../graph/order.js";
import type { Value } from "../graph/value.js";
import { type Limits, resolveLimits } from "../limits.js";
import { OP_DEFINITIONS } from "../ops/all.js";
import { createOpRegistry, type OpRegistry } from "../ops/definition.js";
import { FactTable } from "./fact-table.js";
import type { Facts, TypeFact } from "./facts.js";
import { isUnknown } from "./unknown.js";

export interface InferOptions {
  /** Sizes of symbolic dimensions by name. */
  readonly bindings?: ReadonlyMap<string, number> | Readonly<Record<string, number>>;
  /** The operators to understand; all that are built in by default. */
  readonly registry?: OpRegistry;
  readonly limits?: Partial<Limits>;
}

/**
 * Types, shapes and small contents of all values of a model.
 * @throws EspalierError `CYCLE`
 */
export function inferFacts(model: Model, options: InferOptions = {}): Facts {
  const { bindings = {}, registry = createOpRegistry(OP_DEFINITIONS) } = options;
  const bound = bindings instanceof Map ? bindings : new Map(Object.entries(bindings));
  const table = new FactTable(model, resolveLimits(options.limits));
  const declared = (value: Value): TypeFact => declaredFact(value, bound);

  // A node with subgraphs is met twice: before them, to give their inputs types, and after them.
  const entered = new Set<Node>();
  const pending: Node[] = [];
  const enter = (graph: Graph): void => {
    for (const input of graph.inputs) table.set(input, declared(input));
    pending.push(...topologicalOrder(graph).reverse());
  };
  enter(model.graph);
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const { subgraphs } = node;
    if (subgraphs.length > 0 && !entered.has(node)) {
      entered.add(node);
      pending.push(node);
      for (const subgraph of subgraphs) enter(subgraph);
      for (const [value, fact] of bodyInputs(node, registry, table)) {
        table.set(value, reconcile(fact, declared(value)));
      }
      continue;
    }
    const facts = outputFacts(node, registry, table);
    for (const [i, output] of node.outputs.entries()) {
      if (output !== null) table.set(output, reconcile(facts[i] ?? null, declared(output)));
    }
  }
  return table;
}

function outputFacts(node: Node, registry: OpRegistry, facts: Facts): readonly (TypeFact | null)[] {
  const definition = registry.find(node);
  if (definition === null) return [];
  return unlessRefused(() => definition.infer(definition.view(node, facts), facts, node)) ?? [];
}

function bodyInputs(node: Node, registry: OpRegistry, facts: Facts): Iterable<readonly [Value, TypeFact]> {
  const definition = registry.find(node);
  if (definition?.bodyInputs === undefined) return [];
  const inner = definition.bodyInputs.bind(definition);
  return unlessRefused(() => [...inner(definition.view(node, facts), facts)]) ?? [];
}

/** What a malformed node's outputs are is not known; that it is malformed, others report. */
function unlessRefused<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (isEspalierError(error)) return null;
    throw error;
  }
}

function declaredFact({ type }: Value, bindings: ReadonlyMap<string, number>): TypeFact {
  if (type?.kind !== "tensor") return { dataType: null, shape: null };
  const dataType = type.dataType === 0 ? null : type.dataType;
  return { dataType, shape: type.shape?.map((dim) => bindDim(dim, bindings)) ?? null };
}

/** What was inferred, and where that says nothing, what the file declares. */
function reconcile(inferred: TypeFact | null, declared: TypeFact): TypeFact {
  if (inferred === null) return declared;
  const dataType = inferred.dataType ?? declared.dataType;
  if (inferred.shape === null) return { ...inferred, dataType, shape: declared.shape };
  const other = declared.shape;
  if (other?.length !== inferred.shape.length) return { ...inferred, dataType };
  const shape = inferred.shape.map((dim, axis) => {
    const twin = other[axis];
    return twin !== undefined && isUnknown(dim) && (isStatic(twin) || !isUnknown(twin)) ? twin : dim;
  });
  return { ...inferred, dataType, shape };
}
