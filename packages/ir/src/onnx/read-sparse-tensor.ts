// Sparse initialisers: passed through, but their two tensors are checked and may lie in external data.

import { EspalierError } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { type SparseTensorProto, SparseTensorProtoSchema } from "./onnx_pb.js";
import type { ReadContext } from "./read-context.js";
import { readTensor } from "./read-tensor.js";
import { residueOf } from "./residue.js";

/** What `Value.sparseInitializer` holds. */
export interface SparseTensorRecord {
  readonly values: Tensor;
  readonly indices: Tensor;
  readonly dims: readonly bigint[];
  readonly residue: unknown;
}

export function readSparseTensor(
  proto: SparseTensorProto,
  name: string,
  context: ReadContext,
): SparseTensorRecord {
  const { values, indices, dims } = proto;
  if (values === undefined || indices === undefined) {
    throw new EspalierError("MALFORMED", "A sparse tensor has no values or no indices", { value: name });
  }
  return {
    values: readTensor(values, name, context),
    indices: readTensor(indices, name, context),
    dims,
    residue: residueOf(SparseTensorProtoSchema, proto),
  };
}
