// RuntimeTensor ↔ the Tensor of onnxruntime-common. Data is handed over without a copy.

import type { RuntimeTensor } from "@espalier/core";
import { elementTypeOfCode, elementTypeOfName } from "@espalier/core/engine";
import type { Tensor } from "onnxruntime-common";
import type { OnnxRuntime } from "./onnxruntime.js";

/** Tensors that are fed again and again, as the weights of a training step are, are wrapped once. */
const wrapped = new WeakMap<RuntimeTensor, Tensor>();

/** @throws Error when the element type is unknown or the data does not fit type and dimensions */
export function toOrtTensor(ort: OnnxRuntime, name: string, tensor: RuntimeTensor): Tensor {
  const known = wrapped.get(tensor);
  if (known !== undefined) return known;
  const type = elementTypeOfCode(tensor.dataType);
  if (type === undefined) throw new Error(`input "${name}": no tensors of element type ${tensor.dataType}`);
  // The cast: one constructor for every pair of type name and array; it checks the pair and the length.
  const made = new ort.Tensor(type.name as "float32", tensor.data as Float32Array, [...tensor.dims]);
  wrapped.set(tensor, made);
  return made;
}

/** @throws Error when the element type has no place in JavaScript */
export function fromOrtTensor(name: string, tensor: Tensor): RuntimeTensor {
  const type = elementTypeOfName(tensor.type);
  if (type === undefined) throw new Error(`output "${name}": no tensors of element type ${tensor.type}`);
  return { dataType: type.code, dims: tensor.dims, data: plainData(tensor) };
}

/** Newer Node gives float16 as Float16Array: the same memory as bits. */
function plainData(tensor: Tensor): RuntimeTensor["data"] {
  const { data } = tensor;
  if (tensor.type !== "float16" || data instanceof Uint16Array) return data as RuntimeTensor["data"];
  const view = data as unknown as ArrayBufferView;
  return new Uint16Array(view.buffer, view.byteOffset, view.byteLength / 2);
}
