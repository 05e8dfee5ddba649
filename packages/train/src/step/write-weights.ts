// A copy of a network with other numbers in some of its stored tensors; everything else is as it was.

import {
  cloneModel,
  DataType,
  EspalierError,
  inferFacts,
  type Model,
  type Node,
  rawTensor,
  type Tensor,
  tensorAttribute,
  type Value,
} from "@espalier/ir";

/**
 * @param weights by the name of the stored value, row-major; copied
 * @throws EspalierError `UNDEFINED_VALUE` for a name that no stored tensor has, `TENSOR_SIZE` for another length
 */
export function writeWeights(model: Model, weights: ReadonlyMap<string, Float32Array>): Model {
  const copy = cloneModel(model).model;
  const facts = inferFacts(copy);
  const byName = new Map<string, Value>();
  for (const value of copy.graph.initializers) byName.set(value.name, value);
  for (const node of copy.graph.nodes)
    for (const output of node.outputs)
      if (output !== null && weights.has(output.name)) byName.set(output.name, output);
  for (const [name, numbers] of weights) {
    const value = byName.get(name);
    const old = value === undefined ? null : facts.constant(value);
    if (value === undefined || old === null)
      throw new EspalierError("UNDEFINED_VALUE", "The network stores no tensor of that name", {
        value: name,
      });
    if (numbers.length !== old.size)
      throw new EspalierError("TENSOR_SIZE", "The numbers do not fill the tensor", {
        value: name,
        expected: String(old.size),
        found: String(numbers.length),
      });
    const tensor = rawTensor(DataType.FLOAT, old.dims, new Uint8Array(numbers.slice().buffer), name);
    if (value.producer === null) value.initializer = tensor;
    else storeIn(value.producer, tensor);
  }
  return copy;
}

/** Into a Constant node, whichever of its attributes held the numbers: a second one would contradict. */
function storeIn({ attributes }: Node, tensor: Tensor): void {
  for (const name of [...attributes.keys()]) if (/^(value_|sparse_value)/.test(name)) attributes.delete(name);
  attributes.set("value", tensorAttribute(tensor));
}
