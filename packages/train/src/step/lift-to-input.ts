// Turns a stored tensor into an input of the graph, under the same name: what was fixed is fed.

import { type Graph, type Tensor, Value } from "@espalier/ir";

/** @returns the input; `value` itself where it was an initialiser */
export function liftToInput(graph: Graph, value: Value, tensor: Tensor): Value {
  const type = { kind: "tensor", dataType: tensor.dataType, shape: tensor.dims } as const;
  const { producer } = value;
  if (producer === null) {
    graph.initializers.delete(value);
    value.initializer = null;
    value.type = type;
    if (!graph.inputs.includes(value)) graph.inputs.push(value);
    return value;
  }
  const input = new Value(value.name, type);
  graph.replaceUses(value, input);
  graph.remove([producer]);
  graph.inputs.push(input);
  return input;
}
