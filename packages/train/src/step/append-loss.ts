// The front of every training graph: what a batch is fed as, and the loss of what the network makes of it.

import { DataType, type DataTypeCode, type Facts, inferFacts, type Model, type Value } from "@espalier/ir";
import { staticShape } from "../differentiate/static-shape.js";
import type { Arithmetic } from "../graph/arithmetic.js";
import type { Loss, LossValues } from "../losses/loss.js";

export interface FedPort {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dataType: DataTypeCode;
  /** What it holds are labels below this number; null where it holds something else. */
  readonly classes: number | null;
}

export interface AppendedLoss extends LossValues {
  /** Inputs of the network, labels: what a batch brings. */
  readonly batch: readonly FedPort[];
  /** Of the graph with the loss. */
  readonly facts: Facts;
}

/** The inputs of a network that are data: all but those with a stored value. */
export function dataInputs({ graph }: Model): Value[] {
  return graph.inputs.filter(({ initializer }) => initializer === null);
}

/**
 * Appends the loss to a graph in the form in which it trains.
 *
 * @param inputs what of the graph's inputs a batch brings
 * @throws EspalierError `SIZE_UNKNOWN`
 */
export function appendLoss(
  model: Model,
  inputs: readonly Value[],
  {
    make,
    loss,
    bindings,
  }: {
    readonly make: Arithmetic;
    readonly loss: Loss;
    readonly bindings: Readonly<Record<string, number>>;
  },
): AppendedLoss {
  const forward = inferFacts(model, { bindings });
  const shape = (value: Value): readonly number[] => staticShape(forward, value);
  const batch: FedPort[] = inputs.map((input) => {
    const dims = shape(input);
    const dataType = forward.dataType(input) ?? DataType.FLOAT;
    // Sizes that the runtime knows let it plan its memory once.
    input.type = { kind: "tensor", dataType, shape: dims };
    return { name: input.name, dims, dataType, classes: null };
  });
  const values = loss.append({
    ...{ make, shape, outputs: [...model.graph.outputs] },
    input: (name, dims, dataType, classes) => {
      const input = make.builder.input(name, dims, dataType);
      batch.push({ name: input.name, dims, dataType, classes: classes ?? null });
      return input;
    },
  });
  return { ...values, batch, facts: inferFacts(model, { bindings }) };
}
