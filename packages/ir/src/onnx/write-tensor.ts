// Tensor to TensorProto. Bytes are handed on, not copied; what the source kept in a typed field stays in it.

import { create } from "@bufbuild/protobuf";
import type { Tensor } from "../tensor.js";
import { StringStringEntryProtoSchema, type TensorProto, TensorProtoSchema } from "./onnx_pb.js";
import { restoreResidue } from "./residue.js";
import { TYPED_FIELDS } from "./typed-data.js";
import type { WriteContext } from "./write-context.js";
import { writeMetadata } from "./write-metadata.js";

/** @param name  of the value when the tensor is an initialiser; else the tensor's own */
export function writeTensor(tensor: Tensor, name: string = tensor.name): TensorProto {
  const proto = writeHeader(tensor, name);
  const { storage } = tensor;
  switch (storage.kind) {
    case "strings":
      proto.stringData = [...storage.strings];
      break;
    case "typed": {
      const field = TYPED_FIELDS.find(({ number }) => number === storage.field);
      if (field === undefined) throw new Error(`TensorProto has no data field ${storage.field}`);
      proto[field.name] = [...storage.chunks];
      break;
    }
    case "raw":
    case "external":
      proto.rawData = tensor.bytes();
  }
  return proto;
}

/** Like {@link writeTensor}, but puts large tensors into the external file when there is one. */
export function writeInitializer(tensor: Tensor, name: string, context: WriteContext): TensorProto {
  const range = context.external?.place(tensor);
  if (context.external === null || range == null) return writeTensor(tensor, name);
  const proto = writeHeader(tensor, name);
  proto.dataLocation = 1;
  const entries = { location: context.external.fileName, offset: range.offset, length: range.length };
  proto.externalData = Object.entries(entries).map(([key, value]) =>
    create(StringStringEntryProtoSchema, { key, value: String(value) }),
  );
  return proto;
}

function writeHeader(tensor: Tensor, name: string): TensorProto {
  const proto = create(TensorProtoSchema, {
    dims: tensor.dims.map(BigInt),
    dataType: tensor.dataType,
    metadataProps: writeMetadata(tensor.metadataProps),
  });
  if (name !== "") proto.name = name;
  if (tensor.docString !== "") proto.docString = tensor.docString;
  restoreResidue(TensorProtoSchema, proto, tensor.residue);
  return proto;
}
