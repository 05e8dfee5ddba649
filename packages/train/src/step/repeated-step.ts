// Several steps in one call of the runtime: the step graph as the body of a Scan. What goes from step to step stays inside,
// instead of being copied into results after every step: on small networks that costs as much as the step itself.

import { modelBytes } from "@espalier/core";
import {
  bitsPerElement,
  DataType,
  Graph,
  GraphBuilder,
  intAttribute,
  isFloating,
  readModel,
  symbol,
  type Value,
  type ValueType,
} from "@espalier/ir";
import { elementCount } from "../graph/element-count.js";
import type { StepGraph } from "./step-graph.js";

/** The axis of the steps. */
const STEPS = symbol("steps");

/**
 * A graph that does as many steps as it is fed: what differs from step to step (batch, drawn, scalars) has the steps as its
 * first axis, and so have loss and correct; states and masks are those of a single step. Names are those of `step`.
 */
export function repeatedStep(step: StepGraph): Uint8Array {
  const model = readModel(step.bytes);
  const body = model.graph;
  const inner = new GraphBuilder(body);
  const outer = new GraphBuilder(new Graph("steps"));
  const portOf = (values: readonly Value[], name: string): Value => {
    const found = values.find((value) => value.name === name);
    if (found === undefined) throw new Error(`a step graph without ${name}`);
    return found;
  };
  const states = [...step.parameters, ...step.others];
  const stateInputs = states.map(({ input }) => portOf(body.inputs, input));
  const fedInputs = fedNames(step).map((name) => portOf(body.inputs, name));
  const masks = step.parameters.flatMap(({ mask }) => (mask === null ? [] : portOf(body.inputs, mask)));
  const results = [step.loss, ...(step.correct === null ? [] : [step.correct])];
  const outputs = [...states.map(({ output }) => output), ...results].map((name) =>
    portOf(body.outputs, name),
  );

  const names = [...stateInputs, ...fedInputs].map(({ name }) => name);
  // Masks are the same in every step: read from outside. No name inside may be one of those outside.
  for (const mask of masks) body.replaceUses(mask, outer.graph.addInput(mask.name, typeOf(mask)));
  for (const value of [...stateInputs, ...fedInputs, ...outputs])
    value.name = inner.fresh(`step/${value.name}`);
  body.inputs.splice(0, body.inputs.length, ...stateInputs, ...fedInputs);
  body.outputs.splice(0, body.outputs.length, ...outputs);

  const fed = [...stateInputs, ...fedInputs].map((value, i) => {
    const { dataType, shape } = typeOf(value);
    const steps = i < states.length ? [] : [STEPS];
    return outer.graph.addInput(names[i] as string, {
      ...{ kind: "tensor", dataType, shape: [...steps, ...(shape ?? [])] },
    });
  });
  const made = outer.ops("Scan", fed, {
    ...{ name: "steps", outputs: outputs.length },
    attributes: {
      body: { value: { kind: "graph", value: body } },
      num_scan_inputs: intAttribute(fedInputs.length),
    },
  });
  for (const [i, value] of made.entries()) {
    const name = states[i]?.output ?? results[i - states.length];
    outer.output(value, name, name === step.correct ? DataType.INT64 : DataType.FLOAT);
  }
  model.graph = outer.graph;
  return modelBytes(model);
}

/** Kernels sum from the first address on that is a multiple of this, in bytes: Eigen's packets. */
const ALIGNMENT = 16;

/**
 * Whether a step in a row sums as it does alone. Every step reads its slice of the batches in place; floats that began at
 * other addresses would be summed in another order, in a batch norm of the input itself for one.
 */
export function repeatsToTheBit({ batch }: Pick<StepGraph, "batch">): boolean {
  return batch.every(({ dims, dataType }) => {
    const bytes = (elementCount(dims) * (bitsPerElement(dataType) ?? 0)) / 8;
    return !isFloating(dataType) || bytes % ALIGNMENT === 0;
  });
}

/** Inputs that differ from step to step. */
function fedNames({ batch, drawn, scalars }: StepGraph): string[] {
  return [...batch.map(({ name }) => name), ...drawn.map(({ input }) => input), ...Object.values(scalars)];
}

function typeOf({ name, type }: Value): ValueType & { readonly kind: "tensor" } {
  if (type?.kind !== "tensor") throw new Error(`a step graph whose input ${name} is no tensor`);
  return type;
}
