// Fixes symbolic dimensions of a model's inputs. onnxruntime-node 1.30 takes `freeDimensionOverrides` and
// ignores it, so the model is written anew with the sizes in place; tensors are not copied before that.

import type { ModelBytes } from "@espalier/core";
import {
  bindDim,
  concatChunks,
  EspalierError,
  type ExternalData,
  quoteName,
  readModel,
  writeModel,
} from "@espalier/ir";

/** `model` with every symbolic dimension of its inputs that `freeDims` names replaced by its size. */
export function bindFreeDims(model: ModelBytes, freeDims: Readonly<Record<string, number>>): ModelBytes {
  const sizes = new Map(Object.entries(freeDims));
  if (sizes.size === 0) return model;
  const { external } = model;
  const graphModel = readModel(model.bytes, external === undefined ? {} : { external: inMemory(external) });
  for (const input of graphModel.graph.inputs) {
    if (input.type?.kind !== "tensor" || input.type.shape === null) continue;
    input.type = { ...input.type, shape: input.type.shape.map((dim) => bindDim(dim, sizes)) };
  }
  const written = writeModel(graphModel);
  return {
    bytes: concatChunks(written.chunks),
    external: Object.fromEntries(written.files.map(({ name, chunks }) => [name, concatChunks(chunks)])),
  };
}

function inMemory(files: Readonly<Record<string, Uint8Array>>): ExternalData {
  return {
    open(location) {
      const bytes = Object.hasOwn(files, location) ? files[location] : undefined;
      if (bytes === undefined) {
        throw new EspalierError("EXTERNAL_MISSING", "The file with the weights was not handed over", {
          where: quoteName(location),
        });
      }
      return {
        byteLength: bytes.byteLength,
        read: (offset, length) => bytes.subarray(offset, offset + length),
      };
    },
  };
}
