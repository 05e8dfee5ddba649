// Lets a network give values from its inside as further outputs.

import { cloneModel, EspalierError, type Model, type Value } from "@espalier/ir";

/**
 * A copy in which `names` are outputs, behind those it has.
 * @throws EspalierError `UNDEFINED_VALUE` for a name that no node of the main graph computes
 */
export function exposeValues(source: Model, names: readonly string[]): Model {
  const { model } = cloneModel(source);
  const computed = new Map<string, Value>();
  for (const node of model.graph.nodes)
    for (const output of node.outputs) if (output !== null) computed.set(output.name, output);
  for (const name of names) {
    const value = computed.get(name);
    if (value === undefined)
      throw new EspalierError("UNDEFINED_VALUE", "The network computes no value of that name", {
        value: name,
      });
    model.graph.outputs.push(value);
  }
  return model;
}
