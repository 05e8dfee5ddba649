// Cuts a part out of a model: from values that are at hand to values that are wanted. A long network is then
// run piece by piece, and nothing is computed twice.

import { cloneModel, type DataTypeCode, type Model, Value } from "@espalier/ir";
import { removeDead } from "../surgery/remove-dead.js";

/**
 * A model of its own with `inputs` given and `outputs` computed; names stay. `model` is not touched, tensor
 * bytes are shared.
 */
export function extractModel(
  model: Model,
  inputs: ReadonlyMap<Value, DataTypeCode>,
  outputs: ReadonlyMap<Value, DataTypeCode | null>,
): Model {
  const { model: part, values } = cloneModel(model);
  const { graph } = part;
  const wanted = [...outputs].map(([value, dataType]) => {
    const copy = values.get(value) as Value;
    if (dataType !== null) copy.type = { kind: "tensor", dataType, shape: null };
    return copy;
  });
  graph.outputs.splice(0, graph.outputs.length, ...wanted);
  graph.inputs.splice(0, graph.inputs.length);
  for (const [value, dataType] of inputs) {
    const given = new Value(value.name, { kind: "tensor", dataType, shape: null });
    const old = values.get(value) as Value;
    graph.replaceUses(old, given);
    graph.inputs.push(given);
  }
  removeDead(graph);
  return part;
}
