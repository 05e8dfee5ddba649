// Second moments of what a contraction reads, and its product with what it should give: all that least squares
// needs to know of the data. One ONNX graph forms them per batch, in float64 where the runtime has it; batches
// are summed here in float64, in order, so the same inputs give the same sums.

import {
  DataType,
  type DataTypeCode,
  GraphBuilder,
  intAttribute,
  intsAttribute,
  type Value,
} from "@espalier/ir";
import { modelBytes } from "../parity/parity.js";
import { seededRandom } from "../random/random.js";
import type { Feeds, Runtime, RuntimeTensor } from "../runtime.js";
import type { Contraction } from "./contraction.js";

/** Sums over all rows of all batches; every array is row-major and begins with the block. */
export interface GramSums {
  readonly blocks: number;
  readonly columns: number;
  readonly outputs: number;
  rows: number;
  /** Σ x xᵀ, [blocks, columns, columns]. */
  readonly xx: Float64Array;
  /** Σ x, [blocks, columns]. */
  readonly x: Float64Array;
  /** Σ x tᵀ, [blocks, columns, outputs]; null without a target. */
  readonly xt: Float64Array | null;
  /** Σ t and Σ t², [blocks, outputs]. */
  readonly t: Float64Array | null;
  readonly tt: Float64Array | null;
}

/** What the contraction should give: nodes that compute it from further inputs. */
export interface Wanted {
  /** Input name → one tensor a batch. */
  readonly feeds: Readonly<Record<string, readonly RuntimeTensor[]>>;
  /** Adds the nodes; has the form of the contraction's output. */
  build(builder: GraphBuilder, inputs: Readonly<Record<string, Value>>): Value;
}

export interface GramOptions {
  readonly runtime: Runtime;
  readonly threads?: number;
  /** Rows used of all there are, drawn evenly from the batches with `seed`: neighbouring positions say the same. */
  readonly maxRows?: number;
  readonly seed?: number;
}

/** Sums for a contraction whose input is `x`, batch by batch, on the runtime. */
export async function gramSums(
  contraction: Contraction,
  x: readonly RuntimeTensor[],
  target: Wanted | null,
  { runtime, threads, maxRows = Number.POSITIVE_INFINITY, seed = 0 }: GramOptions,
): Promise<GramSums> {
  const { blocks, columns, outputs } = contraction;
  const exact = runtime.capabilities.float64;
  const random = seededRandom(seed, contraction.y.name);
  const rowsOf = x.map(({ dims }) => contraction.rows(dims));
  const share = Math.floor(maxRows / Math.max(1, x.length));
  const sampled = rowsOf.some((count) => share < count);
  const chosen = rowsOf.map((count) => random.sample(count, sampled ? Math.min(share, count) : 0));
  const feeds = { x, ...target?.feeds, ...(sampled ? { chosen: chosen.map(indices) } : {}) };
  const model = gramModel(contraction, feeds, target, exact ? DataType.DOUBLE : DataType.FLOAT);
  const zeros = (size: number): Float64Array => new Float64Array(blocks * size);
  const sums: GramSums = {
    blocks,
    columns,
    outputs,
    rows: 0,
    xx: zeros(columns * columns),
    x: zeros(columns),
    xt: target && zeros(columns * outputs),
    t: target && zeros(outputs),
    tt: target && zeros(outputs),
  };
  const session = await runtime.load(modelBytes(model), {
    spinning: false,
    ...(threads === undefined ? {} : { threads }),
  });
  try {
    for (let i = 0; i < x.length; i++) {
      const batch: Feeds = Object.fromEntries(
        Object.entries(feeds).map(([name, tensors]) => [name, tensors[i] as RuntimeTensor]),
      );
      const result = await session.run(batch);
      sums.rows += Math.min(share, rowsOf[i] as number);
      for (const name of ["xx", "x", "xt", "t", "tt"] as const)
        addInto(sums[name], result[name === "x" ? "x_sum" : name]);
    }
  } finally {
    await session.dispose();
  }
  return sums;
}

function gramModel(
  contraction: Contraction,
  feeds: Readonly<Record<string, readonly RuntimeTensor[]>>,
  target: Wanted | null,
  precision: DataTypeCode,
): ReturnType<GraphBuilder["model"]> {
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
  const rows = take(contraction.unfold(builder, inputs.x as Value));
  const sum = (value: Value): Value =>
    builder.op("ReduceSum", [value, builder.ints("axes", [2])], {
      attributes: { keepdims: intAttribute(0) },
    });
  const transposed = builder.op("Transpose", [rows], { attributes: { perm: intsAttribute([0, 2, 1]) } });
  builder.output(builder.op("MatMul", [rows, transposed]), "xx", precision);
  builder.output(sum(rows), "x_sum", precision);
  if (target !== null) {
    const wanted = take(contraction.outputRows(builder, target.build(builder, inputs)));
    const across = builder.op("Transpose", [wanted], { attributes: { perm: intsAttribute([0, 2, 1]) } });
    builder.output(builder.op("MatMul", [rows, across]), "xt", precision);
    builder.output(sum(wanted), "t", precision);
    builder.output(sum(builder.op("Mul", [wanted, wanted])), "tt", precision);
  }
  return builder.model();
}

function indices(positions: readonly number[]): RuntimeTensor {
  return {
    dataType: DataType.INT64,
    dims: [positions.length],
    data: BigInt64Array.from(positions, BigInt),
  };
}

function castTo(builder: GraphBuilder, value: Value, to: DataTypeCode): Value {
  return builder.op("Cast", [value], { attributes: { to: intAttribute(to) } });
}

function addInto(sum: Float64Array | null, tensor: RuntimeTensor | undefined): void {
  if (sum === null || tensor === undefined) return;
  const data = tensor.data as Float64Array;
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (data[i] as number);
}
