// Operators whose operands are all constants are computed where the file is written. Only what exporters leave in front of
// weights: arithmetic on small tensors stays exact in float64 and is rounded once.

import { elementsFor, type GraphTensor, graphTensor } from "../graph/graph-tensor.js";
import type { GraphOperator } from "../graph/tflite-graph.js";
import { elementCount } from "../layout/layout.js";
import type { BuiltinOperator } from "../schema/builtin-operator.js";

const ARITHMETIC: Partial<Record<BuiltinOperator, (a: number, b: number) => number>> = {
  ADD: (a, b) => a + b,
  SUB: (a, b) => a - b,
  MUL: (a, b) => a * b,
  DIV: (a, b) => a / b,
  MAXIMUM: Math.max,
  MINIMUM: Math.min,
  POW: (a, b) => a ** b,
};

const ELEMENTWISE: Partial<Record<BuiltinOperator, (x: number) => number>> = {
  EXP: Math.exp,
  LOG: Math.log,
  SQRT: Math.sqrt,
  RSQRT: (x) => 1 / Math.sqrt(x),
  NEG: (x) => -x,
  ABS: Math.abs,
};

/** The result as a constant; null where it has to be computed each time. */
export function foldOperator({ builtin, inputs, outputs: [output] }: GraphOperator): GraphTensor | null {
  if (output === undefined || !inputs.every((input) => input?.constant)) return null;
  const [a, b] = inputs as GraphTensor[];
  const pair = ARITHMETIC[builtin];
  const single = ELEMENTWISE[builtin];
  if (a === undefined || (pair === undefined && single === undefined) || output.type === "BOOL") return null;
  if (output.type === "INT32" && builtin !== "ADD" && builtin !== "SUB" && builtin !== "MUL") return null;
  const count = elementCount(output.shape);
  const at = (tensor: GraphTensor): ((i: number) => number) => broadcastReader(tensor, output.shape);
  const left = at(a);
  const right = b === undefined ? null : at(b);
  const values = Array.from({ length: count }, (_, i) =>
    pair !== undefined && right !== null
      ? pair(left(i), right(i))
      : (single as (x: number) => number)(left(i)),
  );
  const elements = elementsFor(output.type, values);
  return elements === null ? null : graphTensor(output.type, output.shape, elements);
}

/** Element of a constant for each place of the shape that it is broadcast to. */
function broadcastReader({ shape, constant }: GraphTensor, to: readonly number[]): (i: number) => number {
  const lead = to.length - shape.length;
  const strides = new Array<number>(to.length).fill(0);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1) strides[axis + lead] = stride;
    stride *= shape[axis] as number;
  }
  return (i) => {
    let [rest, place] = [i, 0];
    for (let axis = to.length - 1; axis >= 0; axis--) {
      const size = to[axis] as number;
      place += (rest % size) * (strides[axis] as number);
      rest = Math.floor(rest / size);
    }
    return constant?.[place] as number;
  };
}
