// ValueType to TypeProto.

import { create } from "@bufbuild/protobuf";
import { type Dim, dimText, equalDims } from "../dim.js";
import type { ValueType } from "../graph/value.js";
import {
  type TensorShapeProto_Dimension as Dimension,
  TensorShapeProto_DimensionSchema as DimensionSchema,
  type TensorShapeProto,
  TensorShapeProtoSchema,
  type TypeProto,
  TypeProto_TensorSchema,
  TypeProtoSchema,
} from "./onnx_pb.js";
import type { TypeResidue } from "./read-type.js";

/** @param absentDims  symbols that stand for dimensions the source left out */
export function writeType(type: ValueType, absentDims: ReadonlySet<string>): TypeProto {
  if (type.kind === "opaque") return type.residue as TypeProto;
  const residue = type.residue as TypeResidue | undefined;
  const source = residue?.proto.value.case === "tensorType" ? residue.proto.value.value : undefined;
  const tensor = create(TypeProto_TensorSchema, { elemType: type.dataType });
  if (type.shape !== null) tensor.shape = writeShape(type.shape, residue, source?.shape, absentDims);
  if (source?.$unknown !== undefined) tensor.$unknown = source.$unknown;
  const proto = create(TypeProtoSchema, { value: { case: "tensorType", value: tensor } });
  if (residue === undefined) return proto;
  if (residue.proto.denotation !== "") proto.denotation = residue.proto.denotation;
  if (residue.proto.$unknown !== undefined) proto.$unknown = residue.proto.$unknown;
  return proto;
}

function writeShape(
  dims: readonly Dim[],
  residue: TypeResidue | undefined,
  source: TensorShapeProto | undefined,
  absentDims: ReadonlySet<string>,
): TensorShapeProto {
  const old = residue?.shape.length === dims.length ? (source?.dim ?? []) : [];
  const shape = create(TensorShapeProtoSchema);
  if (source?.$unknown !== undefined) shape.$unknown = source.$unknown;
  shape.dim = dims.map((dim, axis) => {
    const before = old[axis];
    if (before !== undefined && equalDims(dim, residue?.shape[axis] as Dim)) return before;
    return writeDim(dim, before, absentDims);
  });
  return shape;
}

function writeDim(dim: Dim, before: Dimension | undefined, absentDims: ReadonlySet<string>): Dimension {
  const proto = create(DimensionSchema);
  const text = dimText(dim);
  if (typeof dim === "number") proto.value = { case: "dimValue", value: BigInt(dim) };
  else if (!absentDims.has(text)) proto.value = { case: "dimParam", value: text };
  if (before !== undefined && before.denotation !== "") proto.denotation = before.denotation;
  return proto;
}
