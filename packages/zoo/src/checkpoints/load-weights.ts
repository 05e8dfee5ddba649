// Puts the tensors of a checkpoint into a network of the same shape: by name, as PyTorch's `load_state_dict` does.

import { invalidCheckpoint } from "@espalier/core";
import {
  cloneModel,
  dataTypeName,
  floatTensor,
  isFloating,
  type Model,
  readFloats,
  type Tensor,
  type Value,
} from "@espalier/ir";
import { isParameterName, isStatisticName } from "../parameters.js";
import { transposeMatrix } from "./transpose-matrix.js";

export interface LoadWeightsOptions {
  /** The network's name of a tensor of the checkpoint; null leaves the tensor out. @default the same name */
  readonly rename?: (name: string) => string | null;
  /** Whether the checkpoint has this parameter of the network transposed; one that is no matrix stays as it is. @default none */
  readonly transpose?: (name: string) => boolean;
}

export interface LoadedWeights {
  /** A copy of the network that shares all bytes that did not change. */
  readonly model: Model;
  /** Parameters that now have the checkpoint's values. */
  readonly loaded: readonly string[];
  /** Parameters and running statistics of the network that the checkpoint does not have; they kept their values. */
  readonly missing: readonly string[];
  /** Tensors of the checkpoint, by its names, that the network has no place for. */
  readonly unexpected: readonly string[];
}

/**
 * Half-precision values are widened exactly, doubles rounded.
 *
 * @throws EspalierError `INVALID_CHECKPOINT` when a tensor has another shape than its parameter, holds no
 *   floating-point numbers, or when two tensors are for one parameter
 */
export function loadWeights(
  model: Model,
  tensors: ReadonlyMap<string, Tensor>,
  options: LoadWeightsOptions = {},
): LoadedWeights {
  const { rename = (name) => name, transpose = () => false } = options;
  const copy = cloneModel(model).model;
  const places = new Map<string, Value>();
  for (const value of copy.graph.initializers) {
    if (isParameterName(value.name) || isStatisticName(value.name)) places.set(value.name, value);
  }
  const loaded = new Map<string, string>();
  const unexpected: string[] = [];
  for (const [name, tensor] of tensors) {
    const target = rename(name);
    if (target === null) continue;
    const place = places.get(target);
    if (place === undefined) {
      unexpected.push(name);
      continue;
    }
    const other = loaded.get(target);
    if (other !== undefined) {
      throw invalidCheckpoint("Two tensors are for one parameter", {
        value: target,
        found: `${other}, ${name}`,
      });
    }
    loaded.set(target, name);
    place.initializer = fitted(name, tensor, place, transpose(target));
  }
  return {
    model: copy,
    loaded: [...loaded.keys()],
    missing: [...places.keys()].filter((name) => !loaded.has(name)),
    unexpected,
  };
}

function fitted(name: string, tensor: Tensor, place: Value, asked: boolean): Tensor {
  const transposed = asked && tensor.dims.length === 2;
  const expected = place.initializer?.dims ?? [];
  const dims = transposed ? [...tensor.dims].reverse() : tensor.dims;
  if (dims.length !== expected.length || dims.some((dim, axis) => dim !== expected[axis])) {
    throw invalidCheckpoint("A tensor has another shape than its parameter", {
      value: name,
      expected: `[${(transposed ? [...expected].reverse() : expected).join(", ")}] for ${place.name}`,
      found: `[${tensor.dims.join(", ")}]`,
    });
  }
  if (!isFloating(tensor.dataType)) {
    throw invalidCheckpoint("A parameter needs floating-point numbers", {
      value: name,
      found: dataTypeName(tensor.dataType),
    });
  }
  const values = readFloats(tensor);
  return floatTensor(expected, transposed ? transposeMatrix(values, tensor.dims) : values, place.name);
}
