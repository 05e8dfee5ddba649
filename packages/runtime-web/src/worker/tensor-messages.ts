// Tensors in messages ↔ the Tensor of onnxruntime-common, inside the worker.

import type { Tensor } from "onnxruntime-common";
import type { MessageArray, TensorHeader } from "./messages.js";
import type { OnnxRuntime } from "./onnxruntime.js";

/** @throws Error when the data does not fit type and dimensions */
export function toOrtTensors(
  ort: OnnxRuntime,
  headers: readonly TensorHeader[],
  arrays: readonly MessageArray[],
): Record<string, Tensor> {
  let next = 0;
  return Object.fromEntries(
    headers.map(({ name, type, dims, strings }) => {
      const data = strings ?? arrays[next++];
      // The cast: one constructor for every pair of type name and array; it checks the pair and the length.
      return [name, new ort.Tensor(type as "float32", data as Float32Array, [...dims])];
    }),
  );
}

/** @throws Error when the outputs together take more than `maxBytes` */
export function fromOrtTensors(
  tensors: Readonly<Record<string, Tensor>>,
  maxBytes: number,
): { readonly tensors: readonly TensorHeader[]; readonly arrays: readonly MessageArray[] } {
  const headers: TensorHeader[] = [];
  const arrays: MessageArray[] = [];
  let bytes = 0;
  for (const [name, tensor] of Object.entries(tensors)) {
    const header = { name, type: tensor.type, dims: tensor.dims };
    if (tensor.type === "string") {
      headers.push({ ...header, strings: tensor.data as string[] });
      continue;
    }
    const array = plainArray(tensor);
    bytes += array.byteLength;
    if (bytes > maxBytes) throw new Error(`out of memory: the outputs take more than ${maxBytes} bytes`);
    headers.push(header);
    arrays.push(array);
  }
  return { tensors: headers, arrays };
}

/** Newer browsers give float16 as Float16Array: the same memory as bits. */
function plainArray(tensor: Tensor): MessageArray {
  const data = tensor.data as MessageArray;
  if (tensor.type !== "float16" || data instanceof Uint16Array) return data;
  return new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2);
}
