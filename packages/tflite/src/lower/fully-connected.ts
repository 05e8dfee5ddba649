// A product with a stored matrix: FULLY_CONNECTED, whose weights are [outputs, inputs]. Behind a Flatten the columns lie as
// the image does, and the weights follow.

import type { Value } from "@espalier/ir";
import { floatConstant, type GraphTensor } from "../graph/graph-tensor.js";
import { transposed } from "../graph/rearrange.js";
import { elementCount, onnxOrder } from "../layout/layout.js";
import { makeOptions } from "../make-options.js";
import type { LowerContext, Placement } from "./lower-context.js";

/** The operand of a product: as it lies where its columns may lie in any order, else in ONNX's. */
export function readColumns(ctx: LowerContext, x: Value): Placement {
  const placed = ctx.placement(x);
  if (placed.scramble !== null) return placed;
  const layout = onnxOrder(ctx.shape(x).length);
  return { tensor: ctx.read(x, layout), layout, scramble: null };
}

/**
 * x·Wᵀ + b.
 * @param weights  [outputs, inputs]
 * @param bias  one for each output, or none
 */
export function fullyConnected(
  ctx: LowerContext,
  { tensor, scramble }: Placement,
  weights: ArrayLike<number>,
  outputs: number,
  bias: ArrayLike<number> | null,
  name: string,
): GraphTensor {
  const inputs = tensor.shape[tensor.shape.length - 1] as number;
  const rows = Float32Array.from(weights);
  const kernel = floatConstant(
    [outputs, inputs],
    scramble === null
      ? rows
      : transposed(rows, [outputs, ...scramble.sizes], [0, ...scramble.order.map((axis) => axis + 1)]),
  );
  kernel.name = name;
  const offsets = floatConstant([outputs], bias ?? new Float32Array(outputs));
  const lead = tensor.shape.slice(0, -1);
  const options = makeOptions("FullyConnectedOptions", { keepNumDims: tensor.shape.length !== 2 });
  // A vector is a matrix of one row.
  const matrix = lead.length === 0 ? ctx.reshape(tensor, [1, elementCount(tensor.shape)]) : tensor;
  const shape = [...(lead.length === 0 ? [1] : lead), outputs];
  const flat = matrix.shape.length === 2 ? makeOptions("FullyConnectedOptions") : options;
  const product = ctx.emit("FULLY_CONNECTED", [matrix, kernel, offsets], { shape }, flat);
  return lead.length === 0 ? ctx.reshape(product, [outputs]) : product;
}
