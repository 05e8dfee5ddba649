// Declared types of values: TypeProto to ValueType. Only tensors are modelled; sequences, maps, optionals and
// sparse tensors pass through.

import { checkedNumber } from "../checked.js";
import { type Dim, symbol } from "../dim.js";
import { quoteName } from "../errors.js";
import type { ValueType } from "../graph/value.js";
import type { TensorShapeProto_Dimension as Dimension, TypeProto } from "./onnx_pb.js";
import type { ReadContext } from "./read-context.js";

/** The message of a type whose shape says more than its dimensions: denotations, fields of later versions. */
export interface TypeResidue {
  readonly proto: TypeProto;
  /** Dimensions as they were read: those that are still the same are written as they were. */
  readonly shape: readonly Dim[];
}

/** The type that `proto` declares for the value called `name`; null when it declares nothing. */
export function readType(proto: TypeProto | undefined, name: string, context: ReadContext): ValueType | null {
  if (proto === undefined) return null;
  if (proto.value.case !== "tensorType") return { kind: "opaque", residue: proto };
  const { elemType: dataType, shape: declared } = proto.value.value;
  const shape = declared?.dim.map((dim, axis) => readDim(dim, name, axis, context)) ?? null;
  if (!saysMore(proto)) return { kind: "tensor", dataType, shape };
  const residue: TypeResidue = { proto, shape: shape ?? [] };
  return { kind: "tensor", dataType, shape, residue };
}

function readDim(dim: Dimension, name: string, axis: number, context: ReadContext): Dim {
  const { value } = dim;
  if (isPlainSize(dim)) return checkedNumber(value.value as bigint, `shape of ${quoteName(name)}`);
  if (isPlainSymbol(dim)) return symbol(value.value as string);
  return context.symbols.fresh(name, axis);
}

/** Exporters write -1 for "unknown"; ONNX Runtime takes every negative size so. */
function isPlainSize({ value }: Dimension): boolean {
  return value.case === "dimValue" && value.value >= 0n;
}

/** A symbol called "3" would be taken for the size 3. */
function isPlainSymbol({ value }: Dimension): boolean {
  return value.case === "dimParam" && value.value !== "" && !/^[-+]?\d+$/.test(value.value);
}

function saysMore(proto: TypeProto): boolean {
  if (proto.denotation !== "" || proto.$unknown !== undefined) return true;
  if (proto.value.case !== "tensorType") return false;
  const { shape, $unknown } = proto.value.value;
  if ($unknown !== undefined || shape?.$unknown !== undefined) return true;
  return shape?.dim.some(dimSaysMore) ?? false;
}

function dimSaysMore(dim: Dimension): boolean {
  if (dim.denotation !== "" || dim.$unknown !== undefined) return true;
  return dim.value.case !== undefined && !isPlainSize(dim) && !isPlainSymbol(dim);
}
