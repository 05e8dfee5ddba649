// A session of a TFLite file as the ONNX model that it was written from would have it: the same names, order of axes and
// element types.

import type { Feeds, RuntimeTensor, Session } from "@espalier/core";
import { DataType, type DataTypeCode, EspalierError, isEspalierError, numberToFloat16 } from "@espalier/ir";
import { toFileOrder, toOnnxOrder } from "../export/interface-order.js";
import type { TensorInterface, TfliteInterface } from "../export/io.js";

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
 * @throws EspalierError `RUN_FAILED` for another shape or type, and for an integer beyond 32 bits
 */
export function toFile(inputs: readonly TensorInterface[], feeds: Feeds): Feeds {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, tensor]) => {
      const port = inputs.find((one) => one.name === name);
      return [name, port === undefined ? tensor : fitted(port, tensor)];
    }),
  );
}

/** To a runtime all that does not fit is one error. */
function fitted(port: TensorInterface, tensor: RuntimeTensor): RuntimeTensor {
  try {
    return toFileOrder(port, tensor);
  } catch (error) {
    if (!isEspalierError(error)) throw error;
    const { context, message } = error;
    throw new EspalierError("RUN_FAILED", message, context, { cause: error });
  }
}

/** Numbers are exact in the file's type, so they are in ONNX's, which has more bits, or half of them for float16. */
function fromFile(port: TensorInterface, tensor: RuntimeTensor): RuntimeTensor {
  const placed = toOnnxOrder(port, tensor);
  const dataType = onnxCode(port.onnxType);
  if (dataType === placed.dataType) return placed;
  const make = OTHER_TYPES[dataType];
  if (make !== undefined) return { ...placed, dataType, data: make(placed.data) };
  throw new EspalierError("UNSUPPORTED", "An output of this type is not made from the file's", {
    value: port.name,
    found: port.onnxType,
  });
}

const OTHER_TYPES: Readonly<Record<DataTypeCode, (data: ArrayLike<number>) => RuntimeTensor["data"]>> = {
  [DataType.DOUBLE]: (data) => Float64Array.from(data),
  [DataType.FLOAT16]: (data) => Uint16Array.from(data, numberToFloat16),
  [DataType.INT64]: (data) => BigInt64Array.from(Array.from(data, BigInt)),
  [DataType.BOOL]: (data) => Uint8Array.from(data),
};

function onnxCode(name: string): DataTypeCode {
  const codes: Readonly<Record<string, DataTypeCode>> = DataType;
  return codes[name.toUpperCase()] ?? DataType.UNDEFINED;
}
