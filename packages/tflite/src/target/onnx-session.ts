// A session of a TFLite file as the ONNX model that it was written from would have it: the same names, order of axes and
// element types.

import type { Feeds, RuntimeTensor, Session } from "@espalier/core";
import { DataType, type DataTypeCode, EspalierError, float16ToNumber, numberToFloat16 } from "@espalier/ir";
import type { TensorInterface, TfliteInterface } from "../export/io.js";
import { transposed } from "../graph/rearrange.js";
import { transposition } from "../layout/layout.js";
import type { TensorType } from "../schema/enums.js";

/** `session` of the file, asked and answering in ONNX's order. */
export function onnxSession(session: Session, { inputs, outputs }: TfliteInterface): Session {
  const ports = (list: readonly TensorInterface[]): Session["inputs"] =>
    list.map(({ name, onnxShape, onnxType }) => ({ name, dataType: onnxCode(onnxType), shape: onnxShape }));
  return {
    inputs: ports(inputs),
    outputs: ports(outputs),
    run: async (feeds, fetches) => {
      const ran = await session.run(toFile(inputs, feeds), fetches);
      return Object.fromEntries(
        outputs.flatMap((port) => {
          const tensor = ran[port.name];
          return tensor === undefined ? [] : [[port.name, fromFile(port, tensor)]];
        }),
      );
    },
    get alive() {
      return session.alive ?? true;
    },
    dispose: () => session.dispose(),
  };
}

/**
 * ONNX's tensors as the file takes them. What the file has no input for is passed on as it is: the interpreter refuses it.
 *
 * @throws EspalierError `RUN_FAILED` for another shape, and for an integer beyond 32 bits
 */
export function toFile(inputs: readonly TensorInterface[], feeds: Feeds): Feeds {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, tensor]) => {
      const port = inputs.find((one) => one.name === name);
      return [name, port === undefined ? tensor : placed(port, tensor)];
    }),
  );
}

function placed(
  { name, onnxShape, permutation, type }: TensorInterface,
  tensor: RuntimeTensor,
): RuntimeTensor {
  if (tensor.dims.join() !== onnxShape.join()) {
    throw new EspalierError("RUN_FAILED", "What is fed does not fit the model", {
      value: name,
      expected: `shape [${onnxShape}], the one that the file was made for`,
      found: `[${tensor.dims}]`,
      unblock: "Export the model for this shape, with --dim.",
    });
  }
  const dims = permutation.map((axis) => onnxShape[axis] as number);
  const data = converted(tensor.data, tensor.dataType, fileCode(type), name);
  return { dataType: fileCode(type), dims, data: transposed(data as Float32Array, onnxShape, permutation) };
}

function fromFile(
  { name, onnxShape, onnxType, permutation, type }: TensorInterface,
  tensor: RuntimeTensor,
): RuntimeTensor {
  const back = transposition(
    permutation,
    onnxShape.map((_, axis) => axis),
  );
  const data = transposed(tensor.data as Float32Array, tensor.dims, back);
  const dataType = onnxCode(onnxType);
  return { dataType, dims: onnxShape, data: converted(data, fileCode(type), dataType, name) };
}

/** Element types that have another name in TFLite, or that a network of ONNX has and its file has not. */
const CODES: Readonly<Partial<Record<TensorType, DataTypeCode>>> = {
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

function fileCode(type: TensorType): DataTypeCode {
  return CODES[type] ?? DataType.UNDEFINED;
}

function onnxCode(name: string): DataTypeCode {
  const codes: Readonly<Record<string, DataTypeCode>> = DataType;
  return codes[name.toUpperCase()] ?? DataType.UNDEFINED;
}

/** Elements of one type as another's. */
function converted(
  data: RuntimeTensor["data"],
  from: DataTypeCode,
  to: DataTypeCode,
  name: string,
): RuntimeTensor["data"] {
  if (from === to) return data;
  const number =
    from === DataType.FLOAT16
      ? (value: unknown) => float16ToNumber(value as number)
      : (value: unknown) => Number(value);
  const numbers = Array.from(data as ArrayLike<number | bigint>, number);
  switch (to) {
    case DataType.FLOAT:
      return Float32Array.from(numbers);
    case DataType.DOUBLE:
      return Float64Array.from(numbers);
    case DataType.FLOAT16:
      return Uint16Array.from(numbers, numberToFloat16);
    case DataType.INT64:
      return BigInt64Array.from(numbers, BigInt);
    case DataType.INT32:
      return Int32Array.from(numbers, (value) => int32(value, name));
    default:
      throw new EspalierError("UNSUPPORTED", "Elements of this type are not converted", { value: name });
  }
}

function int32(value: number, name: string): number {
  if (Math.trunc(value) === value && Math.abs(value) <= 0x7fffffff) return value;
  throw new EspalierError("RUN_FAILED", "An integer does not fit into the 32 bits that it has in TFLite", {
    value: name,
    expected: "below 2³¹",
    found: String(value),
  });
}
