// Imports a checkpoint of llama2.c, version 0: seven int32 and float32 weights one behind the other, no names.
//
// Format: karpathy/llama2.c, `export.py` (`legacy_export`), MIT licence. Rotary tables that the file holds are not used:
// they follow from the header.

import { invalidCheckpoint } from "@espalier/core";
import {
  checkedMultiply,
  checkedProduct,
  DataType,
  EspalierError,
  floatTensor,
  type Model,
  rawTensor,
  readFloats,
  type Tensor,
} from "@espalier/ir";
import { buildLlama, checkLlama, type LlamaConfig, LONGEST_LLAMA } from "../networks/llama.js";
import { transposeMatrix } from "./transpose-matrix.js";

export interface ImportedLlama {
  readonly config: LlamaConfig;
  /** As {@link llama} builds it, with the checkpoint's weights. */
  readonly model: Model;
}

/**
 * @param bytes the whole file
 * @throws EspalierError `TRUNCATED` (shorter than its header asks for), `AMBIGUOUS` (longer), `INVALID_CHECKPOINT` (a
 *   header that makes no sense), `LIMIT_EXCEEDED` (more layers or longer sequences than can be built), `UNSUPPORTED_FORMAT`
 *   (versions 1 and 2, and other formats told by their first bytes)
 */
export function importLlama2c(bytes: Uint8Array): ImportedLlama {
  const config = readHeader(bytes);
  const parts = layoutOf(config);
  const wanted = parts.reduce(
    (sum, { dims }) => sum + checkedMultiply(checkedProduct(dims, "checkpoint"), 4, "checkpoint"),
    HEADER_BYTES,
  );
  if (bytes.byteLength < wanted) {
    throw new EspalierError("TRUNCATED", "The checkpoint is shorter than its header says", {
      expected: `${wanted} bytes`,
      found: `${bytes.byteLength} bytes`,
    });
  }
  if (bytes.byteLength > wanted) {
    throw new EspalierError("AMBIGUOUS", "Bytes behind the last weight belong to nothing", {
      expected: `${wanted} bytes`,
      found: `${bytes.byteLength} bytes`,
    });
  }
  return { config, model: buildLlama(config, weightsOf(bytes, config, parts)) };
}

const HEADER_BYTES = 28;
const MOST_LAYERS = 1024;
/** "ak42": the first bytes of versions 1 and 2. */
const VERSIONED = 0x616b3432;

function readHeader(bytes: Uint8Array): LlamaConfig {
  if (bytes.byteLength < HEADER_BYTES) {
    throw new EspalierError("TRUNCATED", "The checkpoint ends within its header", {
      expected: `${HEADER_BYTES} bytes`,
      found: `${bytes.byteLength} bytes`,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) === VERSIONED) {
    throw new EspalierError("UNSUPPORTED_FORMAT", "This is a llama2.c checkpoint of a later version", {
      expected: "version 0",
      found: `version ${view.getInt32(4, true)}`,
      unblock: "Write it anew with export.py --version 0.",
    });
  }
  const [dim, hiddenDim, layers, heads, kvHeads, signedVocabulary, maxLength] = Array.from(
    { length: 7 },
    (_, i) => view.getInt32(4 * i, true),
  ) as [number, number, number, number, number, number, number];
  const config = {
    ...{ dim, hiddenDim, layers, heads, kvHeads, maxLength },
    vocabulary: Math.abs(signedVocabulary),
    tied: signedVocabulary > 0,
  };
  for (const [limit, met, most] of [
    ["layers", layers, MOST_LAYERS],
    ["maxLength", maxLength, LONGEST_LLAMA],
  ] as const) {
    if (met > most) {
      throw new EspalierError("LIMIT_EXCEEDED", "The checkpoint asks for more than can be built", {
        limit,
        where: "header",
        expected: `at most ${most}`,
        found: String(met),
        unblock: "Is this a llama2.c checkpoint of version 0?",
      });
    }
  }
  try {
    checkLlama(config);
  } catch (cause) {
    const { context } = cause as EspalierError;
    throw new EspalierError("INVALID_CHECKPOINT", "The header makes no sense", context, { cause });
  }
  return config;
}

/** One stretch of the file: the same parameter of all layers, or one parameter. */
interface Part {
  /** With `*` for the layer; null for what is not used. */
  readonly name: string | null;
  /** The layer first, where there is one. Linear layers [outputs, inputs]. */
  readonly dims: readonly number[];
  readonly linear: boolean;
}

function layoutOf(config: LlamaConfig): Part[] {
  const { dim, hiddenDim, layers, heads, kvHeads, vocabulary, maxLength, tied } = config;
  const size = dim / heads;
  const part = (name: string | null, ...dims: number[]): Part => ({ name, dims, linear: false });
  const linear = (name: string, ...dims: number[]): Part => ({ name, dims, linear: true });
  return [
    part("tok_embeddings.weight", vocabulary, dim),
    part("layers.*.attention_norm.weight", layers, dim),
    linear("layers.*.attention.wq.weight", layers, dim, dim),
    linear("layers.*.attention.wk.weight", layers, kvHeads * size, dim),
    linear("layers.*.attention.wv.weight", layers, kvHeads * size, dim),
    linear("layers.*.attention.wo.weight", layers, dim, dim),
    part("layers.*.ffn_norm.weight", layers, dim),
    linear("layers.*.feed_forward.w1.weight", layers, hiddenDim, dim),
    linear("layers.*.feed_forward.w2.weight", layers, dim, hiddenDim),
    linear("layers.*.feed_forward.w3.weight", layers, hiddenDim, dim),
    part("norm.weight", dim),
    part(null, maxLength, size / 2),
    part(null, maxLength, size / 2),
    ...(tied ? [] : [linear("output.weight", vocabulary, dim)]),
  ];
}

function weightsOf(
  bytes: Uint8Array,
  config: LlamaConfig,
  parts: readonly Part[],
): (name: string, dims: readonly number[]) => Tensor {
  const found = new Map<string, Tensor>();
  let offset = HEADER_BYTES;
  for (const { name, dims, linear } of parts) {
    const perLayer = name?.includes("*") ?? false;
    const own = perLayer ? dims.slice(1) : dims;
    const length = 4 * checkedProduct(own, "checkpoint");
    for (let layer = 0; layer < (perLayer ? config.layers : 1); layer++) {
      const end = offset + length;
      if (name !== null) {
        const full = name.replace("*", String(layer));
        const tensor = rawTensor(DataType.FLOAT, own, bytes.subarray(offset, end), full);
        found.set(full, linear ? turned(tensor) : tensor);
      }
      offset = end;
    }
  }
  return (name) => {
    const tensor = found.get(name);
    if (tensor === undefined) throw invalidCheckpoint("The checkpoint lacks a parameter", { value: name });
    return tensor;
  };
}

/** [outputs, inputs] → [inputs, outputs] */
function turned(tensor: Tensor): Tensor {
  const values = transposeMatrix(readFloats(tensor), tensor.dims);
  return floatTensor([...tensor.dims].reverse(), values, tensor.name);
}
