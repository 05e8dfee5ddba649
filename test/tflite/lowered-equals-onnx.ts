// Small ONNX graphs, lowered to TFLite and run by both runtimes. Many cases lie side by side in one file, each with inputs
// and outputs of its own, since opening an interpreter takes longer than running it.

import {
  compareOutput,
  type Feeds,
  type OutputAgreement,
  type RuntimeTensor,
  type Session,
  seededRandom,
} from "@espalier/core";
import {
  type Attribute,
  concatChunks,
  DataType,
  type DataTypeCode,
  floatAttribute,
  floatsAttribute,
  floatTensor,
  GraphBuilder,
  int64Tensor,
  intAttribute,
  intsAttribute,
  type Model,
  stringAttribute,
  type Tensor,
  tensorAttribute,
  type Value,
  writeModel,
} from "@espalier/ir";
import { nodeRuntime } from "@espalier/runtime-node";
import { nodeTfliteRuntime, type TfliteEngineName } from "@espalier/runtime-tflite/node";
import { type ExportTfliteOptions, exportTflite, toFileOrder, toOnnxOrder } from "@espalier/tflite";
import { expect } from "vitest";

/** Builds one graph; what it returns are the outputs. */
export type BuildCase = (net: CaseNet) => Value | readonly Value[];
export type LoweringCases = Readonly<Record<string, BuildCase>>;

type Written =
  | number
  | string
  | readonly number[]
  | { readonly floats: readonly number[] }
  | { readonly float: number }
  | { readonly tensor: Tensor };

/** Attributes of a node as plain values. */
export type Attributes = Readonly<Record<string, Written>>;

/** Seeded inputs and weights of one case on the builder that all share. */
export class CaseNet {
  readonly #builder: GraphBuilder;
  readonly #feeds: Record<string, RuntimeTensor>;
  readonly #random: ReturnType<typeof seededRandom>;

  constructor(builder: GraphBuilder, feeds: Record<string, RuntimeTensor>, name: string) {
    this.#builder = builder;
    this.#feeds = feeds;
    this.#random = seededRandom(7, name);
  }

  /** A float input with values N(0, 1), or what `draw` makes of such. */
  input(dims: readonly number[], draw: (normal: number) => number = (normal) => normal): Value {
    const value = this.#builder.input("x", dims);
    const data = Float32Array.from({ length: count(dims) }, () => draw(this.#random.normal()));
    this.#feeds[value.name] = { dataType: DataType.FLOAT, dims, data };
    return value;
  }

  /** An input of 64-bit integers in [low, high]. */
  integers(dims: readonly number[], low: number, high: number): Value {
    const value = this.#builder.input("i", dims, DataType.INT64);
    const data = BigInt64Array.from({ length: count(dims) }, () => BigInt(this.#random.integer(low, high)));
    this.#feeds[value.name] = { dataType: DataType.INT64, dims, data };
    return value;
  }

  weight(dims: readonly number[], draw: (normal: number) => number = (normal) => 0.5 * normal): Value {
    const data = Float32Array.from({ length: count(dims) }, () => draw(this.#random.normal()));
    return this.#builder.weight("w", floatTensor(dims, data));
  }

  constant(tensor: Tensor): Value {
    return this.#builder.weight("c", tensor);
  }

  /** A stored vector of these numbers. */
  weightOf(values: readonly number[]): Value {
    return this.#builder.weight("c", floatTensor([values.length], values));
  }

  ints(values: readonly number[], dims: readonly number[] = [values.length]): Value {
    return this.#builder.weight("c", int64Tensor(dims, values));
  }

  /** Attributes as plain values: whole numbers are ints, lists are lists of ints. */
  op(opType: string, inputs: readonly (Value | null)[], attributes: Attributes = {}): Value {
    return this.ops(opType, inputs, 1, attributes)[0] as Value;
  }

  ops(
    opType: string,
    inputs: readonly (Value | null)[],
    outputs: number,
    attributes: Attributes = {},
    domain = "",
  ): Value[] {
    const written = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [name, attribute(value)]),
    );
    return this.#builder.ops(opType, inputs, { attributes: written, outputs, domain });
  }
}

function attribute(value: Written): Attribute {
  if (typeof value === "number") return intAttribute(value);
  if (typeof value === "string") return stringAttribute(value);
  if ("floats" in value) return floatsAttribute(value.floats);
  if ("tensor" in value) return tensorAttribute(value.tensor);
  if ("float" in value) return floatAttribute(value.float);
  return intsAttribute(value);
}

function count(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1);
}

/** All cases as one model, with what is fed and which outputs belong to which case. */
export function buildCases(
  cases: LoweringCases,
  opset = 17,
  types: Readonly<Record<string, DataTypeCode>> = {},
): { readonly model: Model; readonly feeds: Feeds; readonly owners: ReadonlyMap<string, string> } {
  const builder = new GraphBuilder();
  const feeds: Record<string, RuntimeTensor> = {};
  const owners = new Map<string, string>();
  for (const [name, build] of Object.entries(cases)) {
    const built = build(new CaseNet(builder, feeds, name));
    for (const value of Array.isArray(built) ? (built as readonly Value[]) : [built as Value]) {
      builder.output(value, undefined, types[name] ?? DataType.FLOAT);
      owners.set(value.name, name);
    }
  }
  return { model: builder.model(opset), feeds, owners };
}

export interface Comparison extends ExportTfliteOptions {
  readonly opset?: number;
  /** Element types of outputs that are no floats, by case. */
  readonly types?: Readonly<Record<string, DataTypeCode>>;
  /** Largest maxRel of an output. */
  readonly tolerance?: number;
  readonly engine?: TfliteEngineName;
}

/** Fails for each case whose outputs are not ONNX Runtime's. */
export async function expectLoweredEqual(cases: LoweringCases, comparison: Comparison = {}): Promise<void> {
  const { opset = 17, types = {}, tolerance = 1e-5, engine = "litert", ...options } = comparison;
  const { model, feeds, owners } = buildCases(cases, opset, types);
  const agreements = await compareRuntimes(model, feeds, options, engine);
  const wrong = agreements
    .filter(({ maxRel }) => !(maxRel <= tolerance))
    .map(({ name, maxRel }) => `${owners.get(name)}: ${maxRel}`);
  expect(wrong).toEqual([]);
  expect(agreements.length).toBe(owners.size);
}

/** Runs a model by ONNX Runtime and, lowered, by an interpreter of TFLite. */
export async function compareRuntimes(
  model: Model,
  feeds: Feeds,
  options: ExportTfliteOptions = {},
  engine: TfliteEngineName = "litert",
): Promise<OutputAgreement[]> {
  return (await compareEngines(model, feeds, options, [engine]))[0] ?? [];
}

/** The same for several interpreters, one after the other. */
export async function compareEngines(
  model: Model,
  feeds: Feeds,
  options: ExportTfliteOptions,
  engines: readonly TfliteEngineName[],
): Promise<OutputAgreement[][]> {
  const { bytes, io, refused } = exportTflite(model, options);
  expect(refused).toEqual([]);
  const fed = Object.fromEntries(
    io.inputs.map((port) => [port.name, toFileOrder(port, feeds[port.name] as RuntimeTensor)]),
  );
  const opening = nodeRuntime().load(concatChunks(writeModel(model).chunks));
  const expected = await runOnce(opening, feeds);
  const compared: OutputAgreement[][] = [];
  for (const engine of engines) {
    const loading = nodeTfliteRuntime({ engine }).load(bytes as Uint8Array, { timeoutMs: 120_000 });
    const given = await runOnce(loading, fed);
    const agreements = io.outputs.map((port) => {
      const actual = toOnnxOrder(port, given[port.name] as RuntimeTensor);
      return compareOutput(port.name, asType(expected[port.name] as RuntimeTensor, actual.dataType), actual);
    });
    compared.push(agreements);
  }
  return compared;
}

async function runOnce(loading: Promise<Session>, feeds: Feeds): Promise<Record<string, RuntimeTensor>> {
  const session = await loading;
  try {
    return await session.run(feeds);
  } finally {
    await session.dispose();
  }
}

/** 64-bit integers are 32-bit ones in the file. */
function asType(tensor: RuntimeTensor, dataType: DataTypeCode): RuntimeTensor {
  if (dataType !== DataType.INT32 || !(tensor.data instanceof BigInt64Array)) return tensor;
  return { dataType, dims: tensor.dims, data: Int32Array.from(tensor.data, Number) };
}
