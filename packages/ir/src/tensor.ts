// A tensor of the model: element type, dimensions, and its bytes wherever they lie. Bytes are views on
// the file until something changes them; external data is read on first use. A tensor never changes:
// surgery makes new ones.

import { checkedMultiply, checkedProduct } from "./checked.js";
import { bitsPerElement, DataType, type DataTypeCode, dataTypeName } from "./data-type.js";
import { EspalierError } from "./errors.js";

/** Where a tensor's elements lie. */
export type TensorStorage =
  /** Little-endian, row-major, packed (two int4 a byte, low nibble first). May be an unaligned view. */
  | { readonly kind: "raw"; readonly bytes: Uint8Array }
  /** A field of its own in the protobuf message (`int32_data` ...): kept as found, decoded on demand. */
  | {
      readonly kind: "typed";
      readonly field: number;
      readonly chunks: readonly Uint8Array[];
      readonly decode: () => Uint8Array;
    }
  /** In another file; `read` gives exactly `byteLength` bytes or throws `EXTERNAL_*`. */
  | {
      readonly kind: "external";
      readonly location: string;
      readonly byteLength: number;
      readonly read: () => Uint8Array;
    }
  /** UTF-8 strings, one per element. */
  | { readonly kind: "strings"; readonly strings: readonly Uint8Array[] };

export interface TensorInit {
  readonly dataType: DataTypeCode;
  readonly dims: readonly number[];
  readonly storage: TensorStorage;
  readonly name?: string;
  readonly docString?: string;
  readonly metadataProps?: ReadonlyMap<string, string>;
  /** Whatever else its message held; written back as it was. */
  readonly residue?: unknown;
}

export class Tensor {
  readonly dataType: DataTypeCode;
  readonly dims: readonly number[];
  readonly storage: TensorStorage;
  /** Name inside its message; for initialisers the name of the value counts. */
  readonly name: string;
  readonly docString: string;
  readonly metadataProps: ReadonlyMap<string, string>;
  readonly residue: unknown;
  #bytes: Uint8Array | null = null;

  constructor(init: TensorInit) {
    this.dataType = init.dataType;
    this.dims = init.dims;
    this.storage = init.storage;
    this.name = init.name ?? "";
    this.docString = init.docString ?? "";
    this.metadataProps = init.metadataProps ?? new Map();
    this.residue = init.residue;
  }

  /** Number of elements: the product of the dimensions, 1 for a scalar. */
  get size(): number {
    return checkedProduct(this.dims, "tensor dimensions");
  }

  /** Bytes of the elements in raw form; for strings and unknown types what their storage holds. */
  get byteLength(): number {
    const { storage } = this;
    if (storage.kind === "raw") return storage.bytes.byteLength;
    if (storage.kind === "external") return storage.byteLength;
    if (storage.kind === "strings") return storage.strings.reduce((sum, s) => sum + s.byteLength, 0);
    return rawByteLength(this.dataType, this.dims) ?? this.bytes().byteLength;
  }

  /**
   * Elements as raw little-endian bytes. May be an unaligned view on the file: do not write to it.
   * @throws EspalierError `UNSUPPORTED` for strings; `EXTERNAL_*` when external data cannot be read
   */
  bytes(): Uint8Array {
    switch (this.storage.kind) {
      case "raw":
        return this.storage.bytes;
      case "external":
        return this.storage.read();
      case "typed":
        this.#bytes ??= this.storage.decode();
        return this.#bytes;
      case "strings":
        throw new EspalierError("UNSUPPORTED", "Strings have no raw bytes", { value: this.name });
    }
  }
}

/** Bytes of `dims` elements of `type` in raw form, sub-byte types packed; null for types without a fixed width. */
export function rawByteLength(type: DataTypeCode, dims: readonly number[]): number | null {
  const bits = bitsPerElement(type);
  if (bits === null) return null;
  const size = checkedProduct(dims, "tensor dimensions");
  return bits >= 8
    ? checkedMultiply(size, bits / 8, "tensor bytes")
    : Math.ceil(checkedMultiply(size, bits, "tensor bytes") / 8);
}

/** A tensor on raw bytes; checks that their length fits. */
export function rawTensor(
  dataType: DataTypeCode,
  dims: readonly number[],
  bytes: Uint8Array,
  name = "",
): Tensor {
  const expected = rawByteLength(dataType, dims);
  if (expected !== null && expected !== bytes.byteLength) {
    throw new EspalierError("TENSOR_SIZE", "A tensor's data has the wrong length", {
      value: name,
      expected: `${expected} bytes for ${dataTypeName(dataType)}[${dims.join(", ")}]`,
      found: `${bytes.byteLength} bytes`,
    });
  }
  return new Tensor({ dataType, dims, storage: { kind: "raw", bytes }, name });
}

/** A float32 tensor; `values` is copied when it does not own a whole buffer. */
export function floatTensor(dims: readonly number[], values: ArrayLike<number>, name = ""): Tensor {
  return rawTensor(DataType.FLOAT, dims, bytesOf(Float32Array.from(values)), name);
}

/** An int64 tensor from numbers or bigints. */
export function int64Tensor(dims: readonly number[], values: Iterable<number | bigint>, name = ""): Tensor {
  return rawTensor(DataType.INT64, dims, bytesOf(BigInt64Array.from(values, BigInt)), name);
}

/** A bool tensor, one byte an element. */
export function boolTensor(dims: readonly number[], values: readonly boolean[], name = ""): Tensor {
  return rawTensor(DataType.BOOL, dims, Uint8Array.from(values, Number), name);
}

function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
