// One operator of a file as a file of its own: what it reads is fed, constants stay. An interpreter that says nothing of
// its kernels, on a phone too, still says what a file takes.

import { type Feeds, type RuntimeTensor, seededRandom } from "@espalier/core";
import { DataType, type DataTypeCode } from "@espalier/ir";
import type { Operator, SubGraph, TfliteBuffer, TfliteModel, TfliteTensor } from "../model.js";
import type { BuiltinOperator } from "../schema/builtin-operator.js";
import type { TensorType } from "../schema/enums.js";
import { writeTflite } from "../write-tflite.js";

export interface SingleOperator {
  readonly builtin: BuiltinOperator;
  /** Equal for operators that do the same work: kind, options, shapes, and the elements of small constants. */
  readonly key: string;
  /** Its first result. */
  readonly result: { readonly name: string; readonly shape: readonly number[] };
  /** Written when asked for: of operators that do the same work one is enough. */
  file(): Uint8Array;
  /** Something legal to feed that file. */
  feeds(): Feeds;
}

/** Constants with more bytes are weights: their elements change no operator's work. */
const LARGEST_SETTING_BYTES = 64;
/** Random numbers that inputs repeat. */
const DRAWN = 4096;

/** The operators of the main graph of a file without others, in the order of execution. */
export function singleOperators(model: TfliteModel): SingleOperator[] {
  const [main] = model.subgraphs as [SubGraph];
  return main.operators.map((operator) => {
    const builtin = model.operatorCodes[operator.opcodeIndex]?.builtinCode ?? "CUSTOM";
    const { name, shape } = main.tensors[operator.outputs[0] ?? -1] as TfliteTensor;
    return {
      builtin,
      key: keyOf(model, main, operator, builtin),
      result: { name, shape },
      file: () => writeTflite(alone(model, main, operator)),
      feeds: () => feedsOf(main, fedTo(model, main, operator)),
    };
  });
}

function keyOf(
  { buffers }: TfliteModel,
  { tensors }: SubGraph,
  { inputs, outputs, builtinOptions }: Operator,
  builtin: BuiltinOperator,
): string {
  const described = (at: number): unknown => {
    const tensor = tensors[at];
    if (tensor === undefined) return null;
    const data = dataOf(buffers, tensor);
    const large = data.length > LARGEST_SETTING_BYTES;
    return [tensor.type, tensor.shape, large ? "weights" : [...data].join(" ")];
  };
  return JSON.stringify(
    [builtin, builtinOptions, inputs.map(described), outputs.map(described)],
    (_, value) => (typeof value === "bigint" ? String(value) : value),
  );
}

/** Tensors that the operator reads and the file does not hold, each once. */
function fedTo({ buffers }: TfliteModel, { tensors }: SubGraph, { inputs }: Operator): number[] {
  return [...new Set(inputs)].filter((at) => {
    const tensor = tensors[at];
    return tensor !== undefined && dataOf(buffers, tensor).length === 0;
  });
}

function alone(model: TfliteModel, main: SubGraph, operator: Operator): TfliteModel {
  const used = [...new Set([...operator.inputs, ...operator.outputs])].filter((at) => at >= 0);
  const place = (at: number): number => (at < 0 ? at : used.indexOf(at));
  const buffers: TfliteBuffer[] = [{ data: new Uint8Array(0) }];
  const tensors = used.map((at): TfliteTensor => {
    const tensor = main.tensors[at] as TfliteTensor;
    const data = dataOf(model.buffers, tensor);
    return { ...tensor, name: nameOf(at), buffer: data.length === 0 ? 0 : buffers.push({ data }) - 1 };
  });
  const [inputs, outputs] = [operator.inputs.map(place), operator.outputs.map(place)];
  const code = model.operatorCodes[operator.opcodeIndex];
  return {
    ...model,
    operatorCodes: code === undefined ? [] : [code],
    subgraphs: [
      {
        ...{ ...main, tensors, outputs },
        inputs: fedTo(model, main, operator).map(place),
        operators: [{ ...operator, opcodeIndex: 0, inputs, outputs }],
      },
    ],
    ...{ buffers, metadata: [], metadataBuffer: [], signatureDefs: [] },
  };
}

/** Names of that file alone: in the network two tensors may have one. */
function nameOf(at: number): string {
  return `t${at}`;
}

function dataOf(buffers: readonly TfliteBuffer[], { buffer }: TfliteTensor): Uint8Array {
  return buffers[buffer]?.data ?? new Uint8Array(0);
}

type Zeros = readonly [code: DataTypeCode, zeros: (length: number) => RuntimeTensor["data"]];

const ZEROS: Partial<Record<TensorType, Zeros>> = {
  INT32: [DataType.INT32, (length) => new Int32Array(length)],
  INT64: [DataType.INT64, (length) => new BigInt64Array(length)],
  INT16: [DataType.INT16, (length) => new Int16Array(length)],
  INT8: [DataType.INT8, (length) => new Int8Array(length)],
  UINT8: [DataType.UINT8, (length) => new Uint8Array(length)],
  BOOL: [DataType.BOOL, (length) => new Uint8Array(length)],
  FLOAT16: [DataType.FLOAT16, (length) => new Uint16Array(length)],
};

/** Floats N(0, 1), so that nothing underflows; everything else 0, which is a legal index and amount. */
function feedsOf({ tensors }: SubGraph, places: readonly number[]): Feeds {
  const random = seededRandom(1, "single operator");
  const drawn = Float32Array.from({ length: DRAWN }, () => random.normal());
  return Object.fromEntries(
    places.map((at): [string, RuntimeTensor] => {
      const { type, shape: dims } = tensors[at] as TfliteTensor;
      const length = dims.reduce((product, size) => product * size, 1);
      const [dataType, zeros] = ZEROS[type] ?? [DataType.FLOAT, null];
      const data = zeros?.(length) ?? Float32Array.from({ length }, (_, i) => drawn[i % DRAWN] as number);
      return [nameOf(at), { dataType, dims, data }];
    }),
  );
}
