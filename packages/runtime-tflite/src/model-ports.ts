// Inputs and outputs of a verified file: what callers name, and where the interpreters find it. Interpreters list them
// in orders of their own, so the file is what counts.

import type { RuntimeTensor, Session } from "@espalier/core";
import { DataType, type DataTypeCode, EspalierError, quoteName } from "@espalier/ir";
import { bitsOfTensorType, type SubGraph, type TensorType, type TfliteModel } from "@espalier/tflite";

/** One input or output. Plain data: it travels to where the model runs. */
export interface Port {
  readonly name: string;
  /** Index of the tensor in the main graph. */
  readonly tensor: number;
  readonly type: TensorType;
  readonly dataType: DataTypeCode;
  readonly dims: readonly number[];
}

export interface ModelPorts {
  /** Key of the signature that has the names; null where they are those of the tensors. */
  readonly signature: string | null;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** The element types that a RuntimeTensor holds in the same bytes as TFLite does. */
const DATA_TYPES: Partial<Record<TensorType, DataTypeCode>> = {
  FLOAT32: DataType.FLOAT,
  FLOAT16: DataType.FLOAT16,
  FLOAT64: DataType.DOUBLE,
  INT8: DataType.INT8,
  UINT8: DataType.UINT8,
  INT16: DataType.INT16,
  UINT16: DataType.UINT16,
  INT32: DataType.INT32,
  UINT32: DataType.UINT32,
  INT64: DataType.INT64,
  UINT64: DataType.UINT64,
  BOOL: DataType.BOOL,
};

/**
 * What the main graph of a file takes and gives.
 *
 * @throws EspalierError `UNSUPPORTED` for an element type that tensors of ours do not have, `DUPLICATE` where two
 *   tensors without a signature have one name
 */
export function portsOf({ subgraphs, signatureDefs }: TfliteModel): ModelPorts {
  const [main] = subgraphs;
  if (main === undefined) throw new EspalierError("MALFORMED", "The file has no graph");
  const signature = signatureDefs.find(({ subgraphIndex }) => subgraphIndex === 0);
  if (signature === undefined) {
    const named = (indices: readonly number[]) =>
      indices.map((tensorIndex) => ({ name: main.tensors[tensorIndex]?.name ?? "", tensorIndex }));
    return {
      signature: null,
      inputs: ports(main, named(main.inputs), "inputs"),
      outputs: ports(main, named(main.outputs), "outputs"),
    };
  }
  return {
    signature: signature.signatureKey,
    inputs: ports(main, signature.inputs, "inputs"),
    outputs: ports(main, signature.outputs, "outputs"),
  };
}

/** As a Session lists them. */
export function sessionPorts(list: readonly Port[]): Session["inputs"] {
  return list.map(({ name, dataType, dims }) => ({ name, dataType, shape: dims }));
}

/**
 * The tensors to feed, in the order of the ports.
 *
 * @throws EspalierError `RUN_FAILED` where one is missing, unknown, or of another type or shape
 */
export function orderFeeds(
  inputs: readonly Port[],
  feeds: Readonly<Record<string, RuntimeTensor>>,
): readonly RuntimeTensor[] {
  const known = new Set(inputs.map(({ name }) => name));
  for (const name of Object.keys(feeds)) if (!known.has(name)) throw unfit(name, "no feed", "a feed");
  return inputs.map(({ name, dataType, dims }) => {
    const tensor = Object.hasOwn(feeds, name) ? feeds[name] : undefined;
    const expected = `type ${dataType}, shape [${dims}]`;
    if (tensor === undefined) throw unfit(name, expected, "no feed");
    const fits = tensor.dataType === dataType && String(tensor.dims) === String(dims);
    const count = dims.reduce((product, size) => product * size, 1);
    if (fits && tensor.data.length === count) return tensor;
    throw unfit(name, expected, `type ${tensor.dataType}, shape [${tensor.dims}]`);
  });
}

function unfit(name: string, expected: string, found: string): EspalierError {
  return new EspalierError("RUN_FAILED", "What is fed does not fit the model", {
    value: name,
    expected,
    found,
  });
}

function ports(
  main: SubGraph,
  list: readonly { readonly name: string; readonly tensorIndex: number }[],
  where: string,
): Port[] {
  const names = new Set<string>();
  return list.map(({ name, tensorIndex }) => {
    const tensor = main.tensors[tensorIndex];
    if (tensor === undefined) throw new EspalierError("INDEX_RANGE", "A port is no tensor", { where });
    if (names.has(name)) {
      throw new EspalierError("DUPLICATE", `Two tensors are called ${quoteName(name)}`, {
        where,
        unblock: "Give the file a signature, or its tensors names of their own.",
      });
    }
    names.add(name);
    const dataType = DATA_TYPES[tensor.type];
    if (dataType === undefined || bitsOfTensorType(tensor.type) === null) {
      throw new EspalierError("UNSUPPORTED", `Tensors of type ${tensor.type} are not fed or fetched`, {
        value: name,
      });
    }
    return { name, tensor: tensorIndex, type: tensor.type, dataType, dims: tensor.shape };
  });
}
