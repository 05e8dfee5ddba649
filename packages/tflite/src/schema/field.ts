// How the schema is written down here: a table is a list of fields, a field is [slot, name, kind, default or detail].
// Reading and writing both follow the lists, so a field that is read is also written. Slots are those of the public
// schema (tensorflow/compiler/mlir/lite/schema/schema.fbs); a union takes its slot (type) and the next one (value).

import type { ENUMS, EnumName } from "./enums.js";

/** One number in the table itself. `subgraph` and `subgraph:uint` are indices of subgraphs, stored as int and uint. */
export type ScalarKind = "bool" | "byte" | "int" | "uint" | "long" | "float" | "subgraph" | "subgraph:uint";

/** `bytes` are views on the file; what ends in `?` is left out of a file where it is empty. */
export type VectorKind =
  | "bytes?"
  | "bool[]?"
  | "int[]"
  | "int[]?"
  | "int32[]"
  | "uint16[]"
  | "long[]?"
  | "float[]?";

/** `string?` is left out of a file where it is empty; `text?` too, and may be longer than a name. */
export type TextKind = "string" | "string?" | "text?";

/**
 * `table` (or null) and `tables` name a table; `union` (or null) names a union. `absent` is a field that this
 * version knows and refuses: the detail says how it is stored.
 */
export type NestedKind = "table" | "tables" | "union" | "absent";

export type FieldKind = ScalarKind | VectorKind | TextKind | NestedKind | EnumName;
export type Field = readonly [
  slot: number,
  name: string,
  kind: FieldKind,
  detail?: number | boolean | string,
];
export type Table = readonly Field[];

interface ValueOfKind {
  readonly bool: boolean;
  readonly byte: number;
  readonly int: number;
  readonly uint: number;
  readonly long: bigint;
  readonly float: number;
  readonly subgraph: number;
  readonly "subgraph:uint": number;
  readonly "bytes?": Uint8Array;
  readonly "bool[]?": readonly boolean[];
  readonly "int[]": readonly number[];
  readonly "int[]?": readonly number[];
  readonly "int32[]": Int32Array;
  readonly "uint16[]": Uint16Array;
  readonly "long[]?": readonly number[];
  readonly "float[]?": Float32Array;
  readonly string: string;
  readonly "string?": string;
  readonly "text?": string;
}

type ValueOf<K> = K extends EnumName
  ? (typeof ENUMS)[K][number]
  : K extends keyof ValueOfKind
    ? ValueOfKind[K]
    : never;

/** The fields of a table as an object in memory. */
export type FieldsOf<T extends Table> = { readonly [F in T[number] as F[1]]: ValueOf<F[2]> };

/** Bytes of a scalar; enumerations take one. */
export const SCALAR_BYTES: Readonly<Record<ScalarKind, 1 | 4 | 8>> = {
  bool: 1,
  byte: 1,
  int: 4,
  uint: 4,
  long: 8,
  float: 4,
  subgraph: 4,
  "subgraph:uint": 4,
};

/** Bytes of an element. */
export const ELEMENT_BYTES: Readonly<Record<VectorKind, 1 | 2 | 4 | 8>> = {
  "bytes?": 1,
  "bool[]?": 1,
  "int[]": 4,
  "int[]?": 4,
  "int32[]": 4,
  "uint16[]": 2,
  "long[]?": 8,
  "float[]?": 4,
};

export function isScalarKind(kind: FieldKind): kind is ScalarKind {
  return kind in SCALAR_BYTES;
}

export function isVectorKind(kind: FieldKind): kind is VectorKind {
  return kind in ELEMENT_BYTES;
}

export function isTextKind(kind: FieldKind): kind is TextKind {
  return kind === "string" || kind === "string?" || kind === "text?";
}
