// Every operator that full int8 makes compute in int8, taken out of a quantised network as a file of its own, with int8
// inputs and outputs. make_int8_golden.py says what TensorFlow's reference kernels make of them.

import { createHash } from "node:crypto";
import { type Feeds, seededRandom, type TfliteRuntime } from "@espalier/core";
import {
  DataType,
  floatAttribute,
  floatTensor,
  GraphBuilder,
  int64Tensor,
  intAttribute,
  intsAttribute,
  type Model,
  stringAttribute,
  type Value,
} from "@espalier/ir";
import {
  exportFullInt8,
  type OperatorCode,
  readTflite,
  type SubGraph,
  type TfliteModel,
  type TfliteTensor,
  writeTflite,
} from "@espalier/tflite";

const SHAPE = [1, 4, 6, 6];

export interface OperatorFile {
  /** "CONV_2D 2" */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** One network with all of them side by side. */
export function operatorNetwork(): Model {
  const random = seededRandom(11, "int8 operators");
  const graph = new GraphBuilder();
  const weight = (dims: readonly number[]): Value => {
    const count = dims.reduce((a, b) => a * b, 1);
    return graph.weight(
      "w",
      floatTensor(
        dims,
        Float32Array.from({ length: count }, () => 0.5 * random.normal()),
      ),
    );
  };
  const ints = (...values: readonly number[]): Value =>
    graph.weight("n", int64Tensor([values.length], values.map(BigInt)));
  const [x, z] = [graph.input("x", SHAPE), graph.input("z", SHAPE)];
  const kernel = { kernel_shape: intsAttribute([2, 2]), strides: intsAttribute([2, 2]) };
  const pads = { pads: intsAttribute([1, 1, 1, 1]) };
  const image = {
    mode: stringAttribute("linear"),
    coordinate_transformation_mode: stringAttribute("half_pixel"),
  };
  const scales = graph.weight("s", floatTensor([4], [1, 1, 2, 2]));
  const conv = graph.op("Conv", [x, weight([5, 4, 3, 3]), weight([5])], { attributes: pads });
  const outputs: Value[] = [
    graph.op("Relu", [conv]),
    graph.op("Conv", [x, weight([6, 4, 3, 3])], { attributes: { ...pads, strides: intsAttribute([2, 2]) } }),
    graph.op("Conv", [x, weight([4, 1, 3, 3]), weight([4])], {
      attributes: { ...pads, group: intAttribute(4) },
    }),
    graph.op("Relu", [graph.op("Add", [x, z])]),
    graph.op("Add", [x, weight([1, 4, 1, 1])]),
    graph.op("Sub", [x, z]),
    graph.op("Mul", [x, z]),
    graph.op("Max", [x, z]),
    graph.op("Min", [x, z]),
    graph.op("MaxPool", [x], { attributes: kernel }),
    graph.op("AveragePool", [x], { attributes: kernel }),
    graph.op("GlobalAveragePool", [x]),
    graph.op("Concat", [x, z], { attributes: { axis: intAttribute(1) } }),
    graph.op("Slice", [x, ints(1), ints(5), ints(2), ints(2)]),
    graph.op("Transpose", [x], { attributes: { perm: intsAttribute([0, 2, 1, 3]) } }),
    graph.op("Resize", [x, graph.weight("r", floatTensor([0], [])), scales], { attributes: image }),
    graph.op("Sigmoid", [x]),
    graph.op("Tanh", [x]),
    graph.op("LeakyRelu", [x], { attributes: { alpha: floatAttribute(0.1) } }),
    graph.op("Gemm", [graph.op("Flatten", [x]), weight([144, 7]), weight([7])]),
    graph.op("Softmax", [graph.op("Reshape", [z, ints(1, 144)])]),
  ];
  for (const [i, output] of outputs.entries()) graph.output(output, `y${i}`);
  return graph.model();
}

export function operatorInputs(count: number): Feeds[] {
  const random = seededRandom(12, "int8 operators");
  const tensor = () => ({
    dataType: DataType.FLOAT,
    dims: SHAPE,
    data: Float32Array.from({ length: 144 }, () => 2 * random.normal()),
  });
  return Array.from({ length: count }, () => ({ x: tensor(), z: tensor() }));
}

/** The network quantised, and its operators. */
export async function operatorFiles(runtime: TfliteRuntime): Promise<readonly OperatorFile[]> {
  const { bytes } = await exportFullInt8(operatorNetwork(), {
    runtime,
    inputs: operatorInputs(8),
  });
  if (bytes === null) throw new Error("the network of operators was refused");
  return operatorsOf(bytes);
}

/** Every operator of a file that writes int8, as a file of its own that holds nothing else. */
export function operatorsOf(bytes: Uint8Array): readonly OperatorFile[] {
  const model = readTflite(bytes);
  const [main] = model.subgraphs as [SubGraph];
  const counts = new Map<string, number>();
  return main.operators.flatMap((operator) => {
    const code = model.operatorCodes[operator.opcodeIndex] as OperatorCode;
    const used = [...new Set([...operator.inputs, ...operator.outputs])].filter((index) => index >= 0);
    const tensors = used.map((index) => main.tensors[index] as TfliteTensor);
    const placeOf = (index: number) => (index < 0 ? -1 : used.indexOf(index));
    const inputs = [...new Set(operator.inputs.map(placeOf))].filter(
      (i) => i >= 0 && tensors[i]?.buffer === 0,
    );
    const outputs = operator.outputs.map(placeOf);
    if (inputs.length === 0 || [...inputs, ...outputs].some((i) => tensors[i]?.type !== "INT8")) return [];
    const alone: TfliteModel = {
      ...model,
      operatorCodes: [code],
      subgraphs: [
        {
          ...main,
          tensors: tensors.map((tensor, i) => ({
            ...tensor,
            name: `t${i}`,
            buffer: tensor.buffer === 0 ? 0 : i + 1,
          })),
          operators: [{ ...operator, opcodeIndex: 0, inputs: operator.inputs.map(placeOf), outputs }],
          inputs,
          outputs,
        },
      ],
      buffers: [
        { data: new Uint8Array(0) },
        ...tensors.map(({ buffer }) => ({ data: model.buffers[buffer]?.data ?? new Uint8Array(0) })),
      ],
      metadata: [],
      signatureDefs: [],
    };
    const file = writeTflite(alone);
    const sha256 = createHash("sha256").update(file).digest("hex");
    const count = (counts.get(code.builtinCode) ?? 0) + 1;
    counts.set(code.builtinCode, count);
    return [{ name: `${code.builtinCode} ${count}`, bytes: file, sha256 }];
  });
}
