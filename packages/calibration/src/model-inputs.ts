// What a model wants of its inputs, and how many items one run may take.

import type { Subject } from "@espalier/core";
import { EspalierError, isStatic, quoteName } from "@espalier/ir";

export interface WantedInput {
  readonly name: string;
  readonly dataType: number;
  /** null for a dimension that may have any size. */
  readonly dims: readonly (number | null)[];
}

export interface WantedInputs {
  readonly inputs: readonly WantedInput[];
  /** Items in one run. */
  readonly batch: number;
}

/** Items in one run of a model whose batch is open. */
const OPEN_BATCH = 16;

/** @throws EspalierError `INVALID_OPTION` for inputs of unknown rank, or without a batch axis in front */
export function wantedInputs({ model, facts, boundFacts }: Subject): WantedInputs {
  const inputs = model.graph.inputs
    .filter(({ initializer }) => initializer === null)
    .map((value) => {
      const [shape, dataType] = [boundFacts.shape(value), facts.dataType(value)];
      if (shape === null || dataType === null || shape.length === 0)
        throw new EspalierError("INVALID_OPTION", "Calibration inputs cannot be made for this model", {
          where: `input ${quoteName(value.name)}`,
          expected: "a tensor of known rank with the batch in front",
          found: shape === null ? "an unknown shape" : `${shape.length} dimensions`,
        });
      return { name: value.name, dataType, dims: shape.map((dim) => (isStatic(dim) ? dim : null)), value };
    });
  const leading = [...inputs.map(({ value }) => value), ...model.graph.outputs].map(
    (value) => facts.shape(value)?.[0],
  );
  // Where the first axis of everything is open it is the batch, and one run may take several items.
  const open = leading.every((dim) => dim !== undefined && !isStatic(dim));
  return {
    inputs: inputs.map(({ value: _, ...rest }) => rest),
    batch: open ? OPEN_BATCH : (inputs[0]?.dims[0] ?? 1),
  };
}

/** The one input of a model that takes one. @throws EspalierError `INVALID_OPTION` */
export function onlyInput({ inputs }: WantedInputs, what: string): WantedInput {
  const [input, ...others] = inputs;
  if (input !== undefined && others.length === 0) return input;
  throw new EspalierError("INVALID_OPTION", `${what} feed a model with one input`, {
    where: "--calibration",
    expected: "one input",
    found: inputs.map(({ name }) => quoteName(name)).join(", "),
    unblock: "Give a folder with one .npy file for each input, named after it.",
  });
}
