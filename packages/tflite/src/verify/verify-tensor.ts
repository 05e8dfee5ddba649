// One tensor: its shape, and a buffer that is empty or exactly as long as type, shape and sparsity ask for.

import { checkedMultiply, checkedProduct, enforceLimit, type Limits } from "@espalier/ir";
import { refusal } from "../location.js";
import type { TfliteBuffer, TfliteTensor } from "../model.js";
import { bitsOfTensorType } from "../schema/tensor-type.js";
import { verifyIndex } from "./verify-index.js";
import { verifyQuantization } from "./verify-quantization.js";
import { verifySparsity } from "./verify-sparsity.js";
import { verifyStrings } from "./verify-strings.js";

/**
 * @param strings  buffers found to hold so many strings, so that none is walked again for each tensor that shares it
 * @throws EspalierError `TENSOR_SIZE`, `OVERFLOW`, `LIMIT_EXCEEDED`, `INDEX_RANGE`, `AMBIGUOUS`, `UNSUPPORTED`,
 * `NONFINITE`, `MALFORMED`
 */
export function verifyTensor(
  tensor: TfliteTensor,
  buffers: readonly TfliteBuffer[],
  strings: Map<number, number>,
  limits: Limits,
  where: string,
): void {
  const elements = verifyShape(tensor, limits, where);
  verifyIndex(tensor.buffer, buffers.length, "buffer", `${where}.buffer`);
  if (tensor.quantization !== null) verifyQuantization(tensor, tensor.quantization, `${where}.quantization`);
  const stored =
    tensor.sparsity === null ? elements : verifySparsity(tensor, tensor.sparsity, `${where}.sparsity`);
  const { data } = buffers[tensor.buffer] as TfliteBuffer;
  if (data.byteLength === 0) {
    if (tensor.sparsity === null || stored === 0) return;
    throw refusal(
      "TENSOR_SIZE",
      "A sparse tensor has no data",
      `${where}.buffer`,
      `${stored} elements`,
      "no bytes",
    );
  }
  if (tensor.isVariable)
    throw refusal(
      "UNSUPPORTED",
      "A variable holds data, which runtimes refuse",
      `${where}.buffer`,
      "an empty buffer",
      `${data.byteLength} bytes`,
    );
  if (tensor.type !== "STRING") verifyBytes(tensor, stored, data, where);
  else if (strings.get(tensor.buffer) !== stored) {
    verifyStrings(data, stored, `${where}.buffer`);
    strings.set(tensor.buffer, stored);
  }
}

/** Number of elements. */
function verifyShape({ shape, shapeSignature }: TfliteTensor, limits: Limits, where: string): number {
  enforceLimit(limits, "rank", shape.length, `${where}.shape`);
  for (const [i, size] of shape.entries())
    if (!Number.isInteger(size) || size < 0)
      throw refusal("TENSOR_SIZE", "A size is negative", `${where}.shape[${i}]`, "at least 0", String(size));
  const elements = checkedProduct(shape, `${where}.shape`);
  if (shapeSignature.length === 0) return elements;
  if (shapeSignature.length !== shape.length)
    throw refusal(
      "AMBIGUOUS",
      "The two shapes of a tensor have different ranks",
      `${where}.shapeSignature`,
      `${shape.length} sizes`,
      String(shapeSignature.length),
    );
  for (const [i, size] of shapeSignature.entries())
    if (size !== -1 && size !== shape[i])
      throw refusal(
        "AMBIGUOUS",
        "The two shapes of a tensor contradict each other",
        `${where}.shapeSignature[${i}]`,
        `-1 or ${shape[i]}`,
        String(size),
      );
  return elements;
}

function verifyBytes({ type }: TfliteTensor, stored: number, data: Uint8Array, where: string): void {
  const bits = bitsOfTensorType(type);
  const expected = bits === null ? 0 : Math.ceil(checkedMultiply(stored, bits, `${where}.shape`) / 8);
  if (data.byteLength !== expected)
    throw refusal(
      "TENSOR_SIZE",
      "A buffer does not have the size of its tensor",
      `${where}.buffer`,
      `${expected} bytes for ${stored} elements of ${type}`,
      `${data.byteLength} bytes`,
    );
}
