// Which inputs are images: those of rank 4 that reach an operator on images through operators that take any layout.

import type { Model, Value } from "@espalier/ir";
import type { LoweringRegistry } from "../lower/lowering.js";

export function imageInputs(
  model: Model,
  inputs: readonly Value[],
  rankOf: (value: Value) => number,
  registry: LoweringRegistry,
): ReadonlySet<Value> {
  const outputs = new Set(model.graph.outputs);
  const isImage = (input: Value): boolean => {
    const seen = new Set<Value>([input]);
    const pending = [input];
    for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
      if (outputs.has(value) && value === input) return false;
      for (const consumer of value.consumers) {
        const lowering = registry.find(consumer);
        if (lowering?.layouts === "channels-last" && consumer.input(0) === value) return true;
        if (lowering?.layouts !== "any" || lowering.reorders === true) continue;
        for (const output of consumer.outputs)
          if (output !== null && !seen.has(output) && rankOf(output) === 4) {
            seen.add(output);
            pending.push(output);
          }
      }
    }
    return false;
  };
  return new Set(inputs.filter((input) => rankOf(input) === 4 && isImage(input)));
}
