// Masks of a plan, put on the weights of a model: elements become 0, nothing gets smaller.

import {
  bitsPerElement,
  cloneModel,
  EspalierError,
  type Model,
  quoteName,
  rawTensor,
  type Tensor,
  type Value,
} from "@espalier/ir";
import { storedTensor } from "../reconstruct/store-constant.js";
import { replaceConstant } from "../surgery/slice-model.js";
import type { MaskStep } from "./plan.js";
import type { PlanData } from "./plan-data.js";

/**
 * A copy of `model` in which masked elements are +0; `model` itself where there are no masks.
 *
 * @throws EspalierError `PLAN_MISMATCH` where a weight is missing or of other dimensions
 */
export function applyMasks(model: Model, steps: readonly MaskStep[], data: PlanData | null): Model {
  if (steps.length === 0) return model;
  const { model: masked } = cloneModel(model);
  const stored = storedByName(masked);
  for (const { tensor: name, dims } of steps) {
    const value = stored.get(name);
    const tensor = value === undefined ? null : storedTensor(value);
    const mask = data?.masks.get(name);
    if (value === undefined || tensor === null || mask === undefined)
      throw mismatch(name, "a stored weight", "none");
    if (tensor.dims.join() !== dims.join()) throw mismatch(name, dims.join(" × "), tensor.dims.join(" × "));
    replaceConstant(value, maskTensor(tensor, mask));
  }
  return masked;
}

/** A tensor whose masked elements have no bit set; elements of whole bytes alone. */
export function maskTensor(tensor: Tensor, mask: Uint8Array): Tensor {
  const bits = bitsPerElement(tensor.dataType);
  if (bits === null || bits < 8)
    throw new EspalierError("UNSUPPORTED", "Elements of this type cannot be masked", { value: tensor.name });
  const width = bits / 8;
  const bytes = tensor.bytes().slice();
  for (const [i, keep] of mask.entries()) if (keep === 0) bytes.fill(0, i * width, (i + 1) * width);
  return rawTensor(tensor.dataType, tensor.dims, bytes, tensor.name);
}

/** Constants of the main graph whose bytes lie in the model. */
export function storedByName(model: Model): ReadonlyMap<string, Value> {
  const values = [
    ...model.graph.initializers,
    ...[...model.graph.nodes].flatMap((node) => (node.inputs.length === 0 ? node.outputs : [])),
  ];
  return new Map(values.flatMap((value) => (value === null ? [] : [[value.name, value] as const])));
}

function mismatch(name: string, expected: string, found: string): EspalierError {
  return new EspalierError("PLAN_MISMATCH", `The plan's mask does not fit the weight ${quoteName(name)}`, {
    where: name,
    expected,
    found,
    unblock: "Apply a plan only to the model it was made for.",
  });
}
