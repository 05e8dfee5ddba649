// Sums over the rows of a contraction, batch by batch, on the runtime: one ONNX graph lays input and target out as
// rows and forms the sums of one batch, in float64 where the runtime has it. Batches are added here in float64, in
// order, so the same inputs give the same sums.

import {
  DataType,
  type DataTypeCode,
  GraphBuilder,
  intAttribute,
  type Model,
  type Value,
} from "@espalier/ir";
import { modelBytes } from "../parity/parity.js";
import { seededRandom } from "../random/random.js";
import type { Feeds, Runtime, RuntimeTensor } from "../runtime.js";
import type { Contraction } from "./contraction.js";

/** What the contraction should give: nodes that compute it from further inputs. */
export interface Wanted {
  /** Input name → one tensor a batch. */
  readonly feeds: Readonly<Record<string, readonly RuntimeTensor[]>>;
  /** Adds the nodes; has the form of the contraction's output. */
  build(builder: GraphBuilder, inputs: Readonly<Record<string, Value>>): Value;
}

export interface SumOptions {
  readonly runtime: Runtime;
  readonly threads?: number;
  /** Rows used of all there are, drawn evenly from the batches with `seed`: neighbouring positions say the same. */
  readonly maxRows?: number;
  readonly seed?: number;
}

/** Rows of the input, [blocks, columns, rows], and of the target, [blocks, outputs, rows], in the precision of sums. */
export interface RowParts {
  readonly builder: GraphBuilder;
  readonly x: Value;
  readonly wanted: Value | null;
  readonly precision: DataTypeCode;
}

/** Adds to `sums` what `build` gives under the same names for each batch. @returns the number of rows */
export async function sumRows(
  contraction: Contraction,
  x: readonly RuntimeTensor[],
  target: Wanted | null,
  { runtime, threads, maxRows = Number.POSITIVE_INFINITY, seed = 0 }: SumOptions,
  sums: Readonly<Record<string, Float64Array>>,
  build: (parts: RowParts) => Readonly<Record<string, Value>>,
): Promise<number> {
  const random = seededRandom(seed, contraction.y.name);
  const rowsOf = x.map(({ dims }) => contraction.rows(dims));
  const share = Math.floor(maxRows / Math.max(1, x.length));
  const sampled = rowsOf.some((count) => share < count);
  const chosen = rowsOf.map((count) => random.sample(count, sampled ? Math.min(share, count) : 0));
  const feeds = { x, ...target?.feeds, ...(sampled ? { chosen: chosen.map(indices) } : {}) };
  const precision = runtime.capabilities.float64 ? DataType.DOUBLE : DataType.FLOAT;
  const model = sumModel(contraction, feeds, target, precision, build);
  const session = await runtime.load(modelBytes(model), {
    spinning: false,
    ...(threads === undefined ? {} : { threads }),
  });
  let rows = 0;
  try {
    for (let i = 0; i < x.length; i++) {
      const batch: Feeds = Object.fromEntries(
        Object.entries(feeds).map(([name, tensors]) => [name, tensors[i] as RuntimeTensor]),
      );
      const result = await session.run(batch);
      rows += Math.min(share, rowsOf[i] as number);
      for (const [name, sum] of Object.entries(sums)) addInto(sum, result[`sum_${name}`]);
    }
  } finally {
    await session.dispose();
  }
  return rows;
}

function sumModel(
  contraction: Contraction,
  feeds: Readonly<Record<string, readonly RuntimeTensor[]>>,
  target: Wanted | null,
  precision: DataTypeCode,
  build: (parts: RowParts) => Readonly<Record<string, Value>>,
): Model {
  const builder = new GraphBuilder();
  const inputs: Record<string, Value> = {};
  for (const [name, [first]] of Object.entries(feeds)) {
    const rank = first?.dims.length ?? 0;
    const shape = Array.from({ length: rank }, (_, axis) => `${name}_${axis}`);
    const input = builder.input(name, shape, first?.dataType);
    // Not every kernel takes what is narrower or wider than float32.
    const plain = first?.dataType === DataType.FLOAT || first?.dataType === DataType.INT64;
    inputs[name] = plain ? input : castTo(builder, input, DataType.FLOAT);
  }
  const { chosen } = inputs;
  const take = (all: Value): Value =>
    castTo(
      builder,
      chosen === undefined
        ? all
        : builder.op("Gather", [all, chosen], { attributes: { axis: intAttribute(2) } }),
      precision,
    );
  const x = take(contraction.unfold(builder, inputs.x as Value));
  const wanted = target && take(contraction.outputRows(builder, target.build(builder, inputs)));
  for (const [name, value] of Object.entries(build({ builder, x, wanted, precision })))
    builder.output(value, `sum_${name}`, precision);
  return builder.model();
}

/** Σ over the rows. */
export function rowSum(builder: GraphBuilder, value: Value): Value {
  return builder.op("ReduceSum", [value, builder.ints("axes", [2])], {
    attributes: { keepdims: intAttribute(0) },
  });
}

/** Σ of squares over the rows. */
export function rowSquares(builder: GraphBuilder, value: Value): Value {
  return rowSum(builder, builder.op("Mul", [value, value]));
}

export function castTo(builder: GraphBuilder, value: Value, to: DataTypeCode): Value {
  return builder.op("Cast", [value], { attributes: { to: intAttribute(to) } });
}

function indices(positions: readonly number[]): RuntimeTensor {
  return {
    dataType: DataType.INT64,
    dims: [positions.length],
    data: BigInt64Array.from(positions, BigInt),
  };
}

function addInto(sum: Float64Array, tensor: RuntimeTensor | undefined): void {
  if (tensor === undefined) return;
  const data = tensor.data as Float64Array;
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (data[i] as number);
}
