// Initialisers, Constant nodes and what follows from shapes alone, as constants of a TFLite graph.

import { isEspalierError, type Value } from "@espalier/ir";
import { elementsFor, type GraphTensor, graphTensor, numbersOfTensor } from "../graph/graph-tensor.js";
import { elementCount } from "../layout/layout.js";
import type { LowerContext } from "./lower-context.js";

/** null for a value that is computed or fed. @throws Refused */
export function storedTensor(value: Value, ctx: LowerContext): GraphTensor | null {
  const { facts } = ctx;
  const stored = facts.constant(value) !== null;
  const contents = stored ? null : facts.contents(value);
  if (!stored && !contents?.every((element) => typeof element === "number")) return null;
  const type = ctx.type(value);
  const shape = ctx.shape(value);
  const numbers = stored ? elementsOf(value, type === "FLOAT32", ctx) : (contents as readonly number[]);
  if (numbers.length !== elementCount(shape)) return null;
  if (type === "INT32") requireInt32(value, numbers, ctx);
  const elements = elementsFor(type, numbers);
  return elements === null ? null : graphTensor(type, shape, elements, value.name);
}

function elementsOf(value: Value, floating: boolean, ctx: LowerContext): ArrayLike<number> {
  try {
    return numbersOfTensor(ctx.facts.constant(value) as Parameters<typeof numbersOfTensor>[0], floating);
  } catch (error) {
    if (!isEspalierError(error)) throw error;
    return ctx.refuse("MISSING_WEIGHTS", error.message, "Hand over the files that the model names.");
  }
}

function requireInt32(value: Value, numbers: ArrayLike<number>, ctx: LowerContext): void {
  for (let i = 0; i < numbers.length; i++) {
    const element = numbers[i] as number;
    if (element < -(2 ** 31) || element >= 2 ** 31)
      ctx.refuse(
        "OUT_OF_RANGE",
        `${JSON.stringify(value.name)} holds ${element}`,
        "Store a number of 32 bits there.",
      );
  }
}
