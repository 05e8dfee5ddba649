// TensorProto to Tensor: views on the file, nothing copied or unpacked. Here a tensor's data is held against its
// element type and dimensions; what two readers could understand differently is refused.

import { checkedNumber, checkedProduct } from "../checked.js";
import { DataType, dataTypeName } from "../data-type.js";
import { EspalierError, quoteName } from "../errors.js";
import { enforceLimit } from "../limits.js";
import { rawByteLength, Tensor, type TensorStorage } from "../tensor.js";
import { type TensorProto, TensorProtoSchema } from "./onnx_pb.js";
import type { ReadContext } from "./read-context.js";
import { readMetadata } from "./read-metadata.js";
import { isSet, residueOf } from "./residue.js";
import { concatBytes, countItems, decodeTyped, itemsOf, TYPED_FIELDS, typedFieldOf } from "./typed-data.js";

/** @param name  for messages: the value the tensor belongs to */
export function readTensor(proto: TensorProto, name: string, context: ReadContext): Tensor {
  context.tick();
  const { dataType } = proto;
  if (dataType === DataType.UNDEFINED) {
    throw new EspalierError("MALFORMED", "A tensor has no element type", { value: name });
  }
  if (proto.segment !== undefined) {
    throw new EspalierError("UNSUPPORTED", "A tensor is stored in segments", { value: name });
  }
  const dims = readDims(proto, name);
  return new Tensor({
    dataType,
    dims,
    storage: readStorage(proto, dims, name, context),
    name: proto.name,
    docString: proto.docString,
    metadataProps: readMetadata(proto.metadataProps, `tensor ${quoteName(name)}`),
    residue: residueOf(TensorProtoSchema, proto),
  });
}

function readDims(proto: TensorProto, name: string): number[] {
  const where = `dimensions of ${quoteName(name)}`;
  const dims = proto.dims.map((dim) => checkedNumber(dim, where));
  const negative = dims.find((dim) => dim < 0);
  if (negative !== undefined) {
    throw new EspalierError("TENSOR_SIZE", "A tensor has a negative dimension", {
      value: name,
      found: String(negative),
    });
  }
  checkedProduct(dims, where);
  return dims;
}

function readStorage(
  proto: TensorProto,
  dims: readonly number[],
  name: string,
  context: ReadContext,
): TensorStorage {
  const { dataType } = proto;
  const expected = rawByteLength(dataType, dims);
  if (expected !== null) enforceLimit(context.limits, "tensorBytes", expected, quoteName(name));
  const fields = dataFields(proto);
  const external = isExternal(proto, name);
  if (fields.length + (external ? 1 : 0) > 1) {
    throw new EspalierError("AMBIGUOUS", "A tensor holds its data more than once", {
      value: name,
      found: [...fields, ...(external ? ["external_data"] : [])].join(" and "),
    });
  }
  if (external) return context.ranges(name).claim(proto, expected, name);
  if (dataType === DataType.STRING) return readStrings(proto, dims, name, fields);
  if (fields[0] === "string_data") throw wrongField(proto, name, "string_data");
  if (fields.length === 0 || fields[0] === "raw_data") return readRaw(proto, expected, dims, name);
  return readTyped(proto, dims, name);
}

/** The data fields that are set, by their ONNX names. */
function dataFields(proto: TensorProto): string[] {
  const fields = TYPED_FIELDS.filter(({ name }) => proto[name].some((run) => run.byteLength > 0));
  const names = fields.map(({ label }) => label);
  if (isSet(proto, "rawData")) names.push("raw_data");
  if (proto.stringData.length > 0) names.push("string_data");
  return names;
}

function isExternal(proto: TensorProto, name: string): boolean {
  if (proto.dataLocation === 1) return true;
  if (proto.dataLocation !== 0 || proto.externalData.length > 0) {
    throw new EspalierError("AMBIGUOUS", "It is unclear whether a tensor lies in another file", {
      value: name,
      found: `data_location ${proto.dataLocation} with ${proto.externalData.length} entries of external_data`,
    });
  }
  return false;
}

function readRaw(
  proto: TensorProto,
  expected: number | null,
  dims: readonly number[],
  name: string,
): TensorStorage {
  const bytes = proto.rawData;
  if (expected !== null && bytes.byteLength !== expected) {
    throw wrongSize(
      name,
      `${expected} bytes for ${dataTypeName(proto.dataType)}[${dims.join(", ")}]`,
      bytes.byteLength,
    );
  }
  return { kind: "raw", bytes };
}

function readTyped(proto: TensorProto, dims: readonly number[], name: string): TensorStorage {
  const { dataType } = proto;
  const found = TYPED_FIELDS.find((field) => proto[field.name].some((run) => run.byteLength > 0));
  if (found === undefined) throw new Error("no typed data");
  const chunks = proto[found.name];
  const field = typedFieldOf(dataType);
  const items = countItems(found, proto, name);
  if (field === null) {
    return { kind: "typed", field: found.number, chunks, decode: () => concatBytes(chunks) };
  }
  if (field !== found) throw wrongField(proto, name, found.label);
  const expected = itemsOf(dataType, checkedProduct(dims, "tensor dimensions"));
  if (items !== expected) {
    throw wrongSize(name, `${expected} numbers for ${dataTypeName(dataType)}[${dims.join(", ")}]`, items);
  }
  return { kind: "typed", field: field.number, chunks, decode: () => decodeTyped(field, chunks, dataType) };
}

function readStrings(
  proto: TensorProto,
  dims: readonly number[],
  name: string,
  fields: readonly string[],
): TensorStorage {
  if (fields.length > 0 && fields[0] !== "string_data") throw wrongField(proto, name, fields[0] ?? "");
  const expected = checkedProduct(dims, "tensor dimensions");
  if (proto.stringData.length !== expected) {
    throw wrongSize(name, `${expected} strings for [${dims.join(", ")}]`, proto.stringData.length);
  }
  return { kind: "strings", strings: proto.stringData };
}

function wrongSize(value: string, expected: string, found: number): EspalierError {
  return new EspalierError("TENSOR_SIZE", "A tensor's data has the wrong length", {
    value,
    expected,
    found: String(found),
  });
}

function wrongField(proto: TensorProto, value: string, field: string): EspalierError {
  const expected =
    proto.dataType === DataType.STRING ? "string_data" : `raw_data or ${typedFieldOf(proto.dataType)?.label}`;
  return new EspalierError("AMBIGUOUS", "A tensor's data lies in a field of another element type", {
    value,
    expected: `${expected} for ${dataTypeName(proto.dataType)}`,
    found: field,
  });
}
