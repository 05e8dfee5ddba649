// Brings a model of an older opset into the form of a newer one, operator by operator, so that what is appended to it may
// be written in the newer one. Each definition knows how its own operator changed.

import { DataType } from "../data-type.js";
import { EspalierError } from "../errors.js";
import { type ClonedModel, cloneModel } from "../graph/clone.js";
import { type Graph, graphsWithin } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { FreshNames } from "../graph/names.js";
import type { Node } from "../graph/node.js";
import { sortTopologically } from "../graph/order.js";
import { Value } from "../graph/value.js";
import { OP_DEFINITIONS } from "../ops/all.js";
import { createOpRegistry, type OpRegistry } from "../ops/definition.js";
import type { Facts } from "../shape/facts.js";
import { inferFacts } from "../shape/infer.js";
import { floatTensor, int64Tensor, rawTensor, type Tensor } from "../tensor.js";
import { numberToFloat16 } from "../tensor-values.js";
import type { RaiseForm } from "./raise-form.js";

/** Before it, operands were aligned by an attribute. */
const OLDEST = 7;
/** What the definitions write. */
const NEWEST = 17;
const IR_VERSION = 8;

export interface RaiseOptions {
  /** The operators to understand; all that are built in by default. */
  readonly registry?: OpRegistry;
}

/**
 * A copy of the model in opset `target` of ONNX, at most 17, or in its own where that is as new. Operators of other
 * domains stay as they are.
 *
 * @returns the copy, and which of its values stands for which of the model's
 * @throws EspalierError `UNSUPPORTED_VERSION` for models older than opset 7, and for nodes in a form that the newer opset
 *   has no equal of
 */
export function raiseOpset(source: Model, target: number, options: RaiseOptions = {}): RaisedModel {
  const { registry = createOpRegistry(OP_DEFINITIONS) } = options;
  if (target > NEWEST) throw new Error(`raising ends at opset ${NEWEST}`);
  const cloned = cloneModel(source);
  const { model } = cloned;
  const opset = model.opset("");
  if (opset >= target) return cloned;
  if (opset < OLDEST)
    throw new EspalierError("UNSUPPORTED_VERSION", "The network's opset is too old to be raised", {
      expected: `opset ${OLDEST} or newer`,
      found: `opset ${opset}`,
      unblock: "Export it again with a newer opset.",
    });
  const facts = inferFacts(model, { registry });
  const names = new FreshNames(model.graph);
  const replaced = new Map<Value, Value>();
  for (const graph of [...graphsWithin(model.graph)]) {
    for (const node of [...graph.nodes]) raiseNode(node, graph, facts, registry, names, replaced);
    sortTopologically(graph);
  }
  model.opsets.set("", target);
  model.irVersion = Math.max(model.irVersion, IR_VERSION);
  const values = new Map(
    [...cloned.values].map(([original, copy]) => [original, replaced.get(copy) ?? copy] as const),
  );
  return { model, values, nodes: cloned.nodes };
}

/** Nodes that were written anew as others stand for nodes of no graph. */
export type RaisedModel = ClonedModel;

function raiseNode(
  node: Node,
  graph: Graph,
  facts: Facts,
  registry: OpRegistry,
  names: FreshNames,
  replaced: Map<Value, Value>,
): void {
  const definition = registry.find(node);
  if (definition?.raise === undefined) return;
  const stored = (label: string, tensor: Tensor): Value =>
    graph.addInitializer(names.fresh(`${node.output(0)?.name}/${label}`), tensor);
  const gone: [Value, Value][] = [];
  const form: RaiseForm = {
    opset: facts.opset(""),
    dataType: (value) => facts.dataType(value),
    ints: (values) =>
      stored(
        "integers",
        typeof values === "number" ? int64Tensor([], [values]) : int64Tensor([values.length], values),
      ),
    float: (value, dataType = DataType.FLOAT) => stored("number", scalar(value, dataType)),
    floats: (values, dims = [values.length]) => stored("numbers", floatTensor(dims, values)),
    op: (opType, inputs, attributes = {}) => {
      const output = new Value(names.fresh(`${node.output(0)?.name}/${opType.toLowerCase()}`));
      graph.addNode({ opType, inputs, outputs: [output], name: output.name, attributes });
      return output;
    },
    replace: (output, replacement) => {
      graph.replaceUses(output, replacement);
      gone.push([output, replacement]);
    },
    refuse: (found) => {
      throw new EspalierError("UNSUPPORTED_VERSION", "A node cannot be written in a newer opset", {
        ...{ node: node.name, opType: node.opType, opset: facts.opset(""), found },
        unblock: "Export the network again with a newer opset.",
      });
    },
  };
  definition.raise(definition.view(node, facts), node, form);
  if (gone.length === 0) return;
  graph.remove([node]);
  for (const [old, value] of gone) {
    replaced.set(old, value);
    value.name = old.name;
    value.type ??= old.type;
  }
}

function scalar(value: number, dataType: number | null): Tensor {
  switch (dataType) {
    case DataType.FLOAT16:
      return rawTensor(DataType.FLOAT16, [], new Uint8Array(Uint16Array.of(numberToFloat16(value)).buffer));
    case DataType.DOUBLE:
      return rawTensor(DataType.DOUBLE, [], new Uint8Array(Float64Array.of(value).buffer));
    default:
      return floatTensor([], [value]);
  }
}
